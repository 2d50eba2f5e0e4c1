import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/winrm/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const FACTS: PersonaFacts = {
  hostname: 'BER-APP01',
  domain: 'corp.example',
  os: 'windows_server',
  distro: 'windows2022',
  archetype: 'windows-server',
  ip: '192.168.1.6',
  mac: '00:50:56:01:02:04',
  seed: '44'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')
export const OPTIONS: OptionValues = {users: ['alice:Winter-2024']}

export const winrmService = async (
  options: OptionValues = OPTIONS,
  facts: Partial<PersonaFacts> = {},
): Promise<Service> => createService(new Persona({...FACTS, ...facts}), options)

export interface Talk {
  readonly sent: Buffer[]
  readonly events: ServiceEvent[]
  readonly closed: () => boolean
  /** The answer as bytes. */
  send(bytes: Buffer): Buffer
}

/** A connection to 5985, or to the inside of 5986; random octets are those of the abuse suite. */
export function talk(service: Service, port = 5985): Talk {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('winrm is a protocol')
  let drawn = 0
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  const [sent, events]: [Buffer[], ServiceEvent[]] = [[], []]
  let closed = false
  return {
    sent,
    events,
    closed: () => closed,
    send(bytes) {
      sent.push(bytes)
      const actions = session.feed(bytes)
      events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      closed ||= actions.some(({type}) => type === 'close')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
  }
}

export function post(headers: readonly string[], body: Buffer | string = '', path = '/wsman'): Buffer {
  const bytes = Buffer.from(body)
  const lines = [`POST ${path} HTTP/1.1`, 'Host: 192.168.1.6:5985', ...headers, `Content-Length: ${bytes.length}`]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

export const header = (answer: Buffer, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\r$`, 'im').exec(answer.toString('latin1'))?.[1]

export function soap(
  action: string,
  body = '',
  resource = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd',
) {
  return (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="x" xmlns:w="y"><s:Header>' +
    `<a:Action s:mustUnderstand="true">http://schemas.example/${action}</a:Action><w:ResourceURI>${resource}</w:ResourceURI>` +
    `<a:MessageID>uuid:1234</a:MessageID></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  )
}

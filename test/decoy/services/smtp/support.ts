import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createMailService} from '../../../../src/decoy/services/smtp/server.ts'
import type {EventName, ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'mail01',
  domain: 'corp.example',
  ip: '127.0.0.1',
  seed: '55'.repeat(32),
}
export const WINDOWS: Partial<PersonaFacts> = {os: 'windows_server', distro: 'windows2022', hostname: 'EX01'}
export const PASSWORD = 'Winter-2024'
export const USERS = {users: [`alice:${PASSWORD}`]}
/** In winter, so that London has the time of Greenwich. */
export const NOW = Date.parse('2026-02-03T05:06:07.089Z')

export async function mailService(
  options: OptionValues = {},
  facts: Partial<PersonaFacts> = {},
  open = false,
): Promise<Service> {
  return createMailService(new Persona({...FACTS, ...facts}), options, {open})
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly greeting: string
  readonly events: ServiceEvent[]
  readonly actions: Action[]
  closed: boolean
  /** Sends one line, or several; what is replied. */
  say(line: string): string
  send(bytes: Buffer): string
  named(name: EventName): ServiceEvent[]
}

export interface DialOptions {
  readonly port?: number
  readonly peer?: string
  readonly limits?: Partial<Limits>
}

export function dial(service: Service, {port = 25, peer = '127.0.0.1', limits = {}}: DialOptions = {}): TestClient {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('smtp is a protocol')
  let drawn = 0
  const session = handler.session({
    peer: {ip: peer, port: 40_000},
    local: {ip: '127.0.0.1', port},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  const events: ServiceEvent[] = []
  const all: Action[] = []
  const secured = (): Action[] => session.secured?.(TLS) ?? []
  const take = (actions: readonly Action[]): string => {
    all.push(...actions)
    events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
    client.closed ||= actions.some(({type}) => type === 'close')
    if (actions.some(({type}) => type === 'upgrade')) take(secured())
    const parts = actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))
    return Buffer.concat(parts).toString('latin1')
  }
  const client = {
    session,
    greeting: '',
    events,
    actions: all,
    closed: false,
    say: (line: string) => take(session.feed(Buffer.from(line.endsWith('\n') ? line : `${line}\r\n`, 'latin1'))),
    send: (bytes: Buffer) => take(session.feed(bytes)),
    named: (name: EventName) => events.filter(({event}) => event === name),
  }
  if (handler.tls !== undefined) take(secured())
  client.greeting = take(session.open())
  return client
}

const TLS = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  alpn: null,
  serverName: null,
  ja3: '',
  ja4: '',
  certificate: Buffer.alloc(0),
}

export const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

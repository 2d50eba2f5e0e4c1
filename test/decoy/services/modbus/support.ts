import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/modbus/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  hostname: 'plc07',
  domain: null,
  os: 'embedded',
  distro: 'embedded',
  archetype: 'industrial-control',
  ip: '192.168.1.5',
  mac: '00:1b:1b:01:02:03',
  seed: '33'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}

export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** A request of transaction 0x0102 to unit 1. */
export function adu(pdu: string, unit = 1): Buffer {
  const body = bytes(pdu)
  return Buffer.concat([Buffer.from([1, 2, 0, 0, 0, body.length + 1, unit]), body])
}

export async function modbusService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  readonly actions: Action[]
  closed: boolean
  /** What is answered to a PDU: that of the reply, in hexadecimal. */
  ask(pdu: string, unit?: number): string
  send(input: Buffer): Buffer
}

export function connect(service: Service, now: () => number = () => NOW): TestClient {
  const handler = service.tcp?.(502)
  if (handler?.kind !== 'protocol') throw new TypeError('modbus is a protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port: 502},
    limits: DEFAULT_LIMITS,
    now,
    random: (size) => Buffer.alloc(size, 7),
  })
  const client: TestClient = {
    session,
    events: [],
    actions: [],
    closed: false,
    send: (input) => {
      const actions = session.feed(input)
      client.actions.push(...actions)
      client.events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      client.closed ||= actions.some(({type}) => type === 'close')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
    ask: (pdu, unit = 1) => client.send(adu(pdu, unit)).subarray(7).toString('hex'),
  }
  return client
}

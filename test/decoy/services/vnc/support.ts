import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/vnc/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'FRONTDESK-2',
  seed: '22'.repeat(32),
}

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export async function vncService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly greeting: Buffer
  readonly events: ServiceEvent[]
  closed: boolean
  send(bytes: Buffer | string): Buffer
}

/** Challenges are sixteen octets of 7. */
export function dial(service: Service, {now = NOW, ip = '192.168.1.77', limits = {}}: DialOptions = {}): TestClient {
  const handler = service.tcp?.(5900)
  if (handler?.kind !== 'protocol') throw new TypeError('vnc is a protocol')
  const session = handler.session({
    peer: {ip, port: 40_000},
    local: {ip: FACTS.ip, port: 5900},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => now,
    random: (size) => Buffer.alloc(size, 7),
  })
  const events: ServiceEvent[] = []
  const take = (actions: readonly Action[]): Buffer => {
    events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
    client.closed ||= actions.some(({type}) => type === 'close')
    return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
  }
  const client = {
    session,
    greeting: Buffer.alloc(0),
    events,
    closed: false,
    send: (bytes: Buffer | string) =>
      take(session.feed(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)),
  }
  client.greeting = Buffer.from(take(session.open()))
  return client
}

export interface DialOptions {
  readonly now?: number
  readonly ip?: string
  readonly limits?: Partial<Limits>
}

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {MEMCACHED_PORT} from '../../../../src/decoy/services/memcached/definition.ts'
import {createService} from '../../../../src/decoy/services/memcached/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'cache01',
}

export async function memcachedService(
  options: OptionValues = {},
  facts: Partial<PersonaFacts> = {},
): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  /** Feeds latin1 text; what was written in reply, and whether the connection was closed. */
  send(input: string): {readonly text: string; readonly closed: boolean}
}

export function connect(service: Service, limits: Partial<Limits> = {}, now: () => number = () => NOW): TestClient {
  const connection: Connection = {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port: MEMCACHED_PORT},
    limits: {...DEFAULT_LIMITS, ...limits},
    now,
    random: (size) => Buffer.alloc(size, 7),
  }
  const handler = service.tcp?.(MEMCACHED_PORT)
  if (handler?.kind !== 'protocol') throw new TypeError('memcached is a protocol')
  const session = handler.session(connection)
  const events: ServiceEvent[] = []
  session.open()
  return {
    session,
    events,
    send: (input) => {
      const actions = session.feed(Buffer.from(input, 'latin1'))
      events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      return {text: written(actions), closed: actions.some(({type}) => type === 'close')}
    },
  }
}

export function written(actions: readonly Action[]): string {
  return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))).toString('latin1')
}

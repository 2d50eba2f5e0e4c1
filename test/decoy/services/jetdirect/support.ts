import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/jetdirect/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const FACTS: PersonaFacts = {
  hostname: 'NPI010203',
  domain: 'corp.example',
  os: 'embedded',
  distro: 'embedded',
  archetype: 'printer',
  ip: '192.168.1.5',
  mac: '00:1f:29:01:02:03',
  seed: '44'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export async function jetDirectService(
  options: OptionValues = {},
  facts: Partial<PersonaFacts> = {},
): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface Dialogue {
  readonly session: ProtocolSession
  /** Without the contents. */
  readonly events: ServiceEvent[]
  readonly captures: ServiceEvent[]
  /** Sends it; what is answered. */
  say(text: string | Buffer): string
  hangUp(): string
}

export function dial(service: Service, limits: Partial<Limits> = {}): Dialogue {
  const handler = service.tcp?.(9100)
  if (handler?.kind !== 'protocol') throw new TypeError('jetdirect is a protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port: 9100},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, 7),
  })
  const events: ServiceEvent[] = []
  const captures: ServiceEvent[] = []
  const take = (actions: readonly Action[]): string => {
    const reported = actions.flatMap((action) => (action.type === 'event' ? [action.event] : []))
    events.push(...reported.filter(({event}) => event !== 'capture'))
    captures.push(...reported.filter(({event}) => event === 'capture'))
    const parts = actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))
    return Buffer.concat(parts).toString('latin1')
  }
  return {
    session,
    events,
    captures,
    say: (text) => take(session.feed(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)),
    hangUp: () => take(session.end()),
  }
}

export const UEL = '\x1b%-12345X'

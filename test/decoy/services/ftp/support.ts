import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/ftp/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'files01',
  domain: 'corp.example',
  ip: '127.0.0.1',
  seed: '44'.repeat(32),
}
export const WINDOWS: Partial<PersonaFacts> = {os: 'windows_server', distro: 'windows2022', hostname: 'FS-02'}
export const USERS = {users: ['deploy:Summer2024', 'root:toor']}
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export async function ftpService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly greeting: string
  readonly events: ServiceEvent[]
  readonly actions: Action[]
  closed: boolean
  /** Sends one line; what is replied. */
  say(line: string): string
}

export function dial(service: Service, limits: Partial<Limits> = {}): TestClient {
  const handler = service.tcp?.(21)
  if (handler?.kind !== 'protocol') throw new TypeError('ftp is a protocol')
  const session = handler.session({
    peer: {ip: '127.0.0.1', port: 40_000},
    local: {ip: '127.0.0.1', port: 21},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, 7),
  })
  const events: ServiceEvent[] = []
  const all: Action[] = []
  const take = (actions: readonly Action[]): string => {
    all.push(...actions)
    events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
    client.closed ||= actions.some(({type}) => type === 'close')
    const parts = actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))
    return Buffer.concat(parts).toString('latin1')
  }
  const client = {
    session,
    greeting: '',
    events,
    actions: all,
    closed: false,
    say: (line: string) => take(session.feed(Buffer.from(`${line}\r\n`, 'latin1'))),
  }
  client.greeting = take(session.open())
  return client
}

export function signIn(client: TestClient, user = 'deploy', password = 'Summer2024'): string {
  client.say(`USER ${user}`)
  return client.say(`PASS ${password}`)
}

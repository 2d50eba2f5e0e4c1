import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/ldap/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const CONTROLLER: PersonaFacts = {
  hostname: 'BER-DC01',
  domain: 'corp.example',
  os: 'windows_server',
  distro: 'windows2022',
  archetype: 'domain-controller',
  ip: '192.168.1.5',
  mac: '00:50:56:01:02:03',
  seed: '22'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
  fleet: {seed: '33'.repeat(32), site: 'ber', controller: 'BER-DC01'},
}

export const LINUX: PersonaFacts = {
  ...CONTROLLER,
  hostname: 'ldap01',
  os: 'linux',
  distro: 'debian',
  archetype: null,
}

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')
export const HONEY = {name: 'helpdesk', password: 'Winter-2024'} as const
export const OPTIONS: OptionValues = {controller: true, users: [`${HONEY.name}:${HONEY.password}`]}

export async function ldapService(
  options: OptionValues = OPTIONS,
  facts: Partial<PersonaFacts> = {},
): Promise<Service> {
  return createService(new Persona({...CONTROLLER, ...facts}), options)
}

export interface TestClient {
  readonly events: ServiceEvent[]
  readonly actions: Action[]
  closed: boolean
  send(bytes: Buffer): Buffer
}

export interface DialOptions {
  readonly port?: number
  readonly limits?: Partial<Limits>
}

export function dial(service: Service, {port = 389, limits = {}}: DialOptions = {}): TestClient {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('ldap is a protocol')
  let drawn = 0
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: CONTROLLER.ip, port},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  const client: TestClient = {
    events: [],
    actions: [],
    closed: false,
    send(bytes) {
      const actions = session.feed(bytes)
      client.actions.push(...actions)
      client.events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      client.closed ||= actions.some(({type}) => type === 'close')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
  }
  client.actions.push(...session.open())
  return client
}

/** Parts of a fleet for tests of engines. */
import type {DeckyRequest, Install} from '../../src/engines/engine.ts'
import type {Decky, DeckyService, FleetNetwork} from '../../src/fleet/decky.ts'

export const INSTALL: Install = {
  id: '0123456789abcdef0123456789abcdef',
  secret: Buffer.alloc(32, 7),
  since: '2026-01-02T03:04:05.000Z',
}

export function service(name: string, port: number, options: DeckyService['options'] = {}): DeckyService {
  return {name, ports: [{port, protocol: 'tcp'}], options}
}

export function decky(overrides: Partial<Decky> = {}): Decky {
  return {
    name: 'web-01',
    ip: '10.78.0.11',
    mac: '00:50:56:00:00:11',
    hostname: 'WEB01',
    os: 'linux',
    distro: 'debian',
    archetype: null,
    host: 'local',
    services: [service('ssh', 22)],
    customServices: [],
    mutateInterval: null,
    ...overrides,
  }
}

/** The hash stands for the decky's whole configuration; tests choose it. */
export function request(overrides: Partial<Decky> = {}, configHash = 'a'.repeat(64), generation = 1): DeckyRequest {
  return {decky: decky(overrides), domain: 'corp.example', configHash, generation}
}

export function network(overrides: Partial<FleetNetwork> = {}): FleetNetwork {
  return {driver: 'macvlan', interface: 'lan0', subnet: '10.78.0.0/24', gateway: '10.78.0.1', ...overrides}
}

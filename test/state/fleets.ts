/** Fleets for tests; used by child processes too, so it knows nothing of the test runner. */
import type {Decky, Fleet} from '../../src/fleet/decky.ts'
import type {CommitRequest} from '../../src/state/records.ts'

export const AT = '2025-03-01T12:00:00.000Z'

export function aDecky(number: number, changes: Partial<Decky> = {}): Decky {
  const nn = String(number).padStart(4, '0')
  return {
    name: `web-${nn}`,
    ip: `10.1.${number >> 8}.${number & 255}`,
    mac: `00:50:56:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`,
    hostname: `WEB${nn}`,
    os: 'linux',
    distro: 'debian',
    archetype: null,
    host: 'local',
    services: [{name: 'ssh', ports: [{port: 22, protocol: 'tcp'}], options: {banner: 'SSH-2.0-OpenSSH_9.2p1'}}],
    customServices: [],
    mutateInterval: null,
    ...changes,
  }
}

export function aFleet(size: number, changes: Partial<Fleet> = {}): Fleet {
  return {
    engine: 'docker',
    network: {driver: 'macvlan', interface: 'eth0', subnet: '10.1.0.0/16', gateway: '10.1.255.254'},
    domain: 'corp.example',
    logFile: null,
    portOffset: 0,
    deckies: Array.from({length: size}, (_, index) => aDecky(index + 1)),
    ...changes,
  }
}

/** A deployment that submits the whole fleet with one `create` row for each decky. */
export function aCommit(fleet: Fleet | null, changes: Partial<CommitRequest> = {}): CommitRequest {
  const deckies = fleet?.deckies ?? []
  return {
    at: AT,
    kind: 'deploy',
    user: 'root',
    fileName: 'fleet.ini',
    fileHash: 'f00d',
    fileText: '[web]\n',
    flags: {replaceFleet: false},
    fleet,
    configHashes: new Map(deckies.map(({name}) => [name, `hash of ${name}`])),
    rows: deckies.map(({name, host}) => ({decky: name, host, operation: 'create'})),
    submitted: deckies.map(({name}) => name),
    ...changes,
  }
}

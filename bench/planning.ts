import {randomBytes} from 'node:crypto'

import {CATALOG} from '../src/catalog/index.ts'
import {configHash} from '../src/fleet/config-hash.ts'
import type {Fleet} from '../src/fleet/decky.ts'
import {parseAddress, parseSubnet} from '../src/fleet/ipv4.ts'
import {mergeFleet} from '../src/fleet/merge.ts'
import {planFleet} from '../src/fleet/plan-fleet.ts'
import {resolveDeckies} from '../src/fleet/resolve.ts'
import type {FleetSpec} from '../src/fleet/spec.ts'

import {median, type Result, timed} from './measure.ts'

const SUBNET = parseSubnet('10.8.0.0/16')
const ROUNDS = 5

/** Resolving, merging, hashing and planning: time per decky of a large fleet beside that of a small one. */
export async function benchPlanning(): Promise<Result[]> {
  await planning(1000)
  const small = await perDecky(1000)
  const large = await perDecky(60_000)
  return [
    {name: 'plan 60,000 deckies, each', peer: 'plan 1,000, each', ours: large, theirs: small, unit: 'µs', goal: 2},
  ]
}

async function perDecky(count: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(() => planning(count)))
  return (median(times) * 1000) / count
}

async function planning(count: number): Promise<void> {
  if (!SUBNET.ok) throw new Error('the subnet of the benchmark is none')
  const place = {file: 'bench.ini', line: 1, column: 1, snippet: ''}
  const spec: FleetSpec = {
    file: 'bench.ini',
    general: {exclude: []},
    deckies: Array.from({length: count}, (_, index) => ({
      name: `decky-${index}`,
      place,
      services: ['ssh', 'http'],
      options: {},
      customServices: [],
    })),
  }
  const submitted = resolveDeckies(spec, {
    catalog: CATALOG,
    secret: randomBytes(32),
    reservations: {
      subnet: SUBNET.subnet,
      gateway: parseAddress('10.8.0.1') as number,
      host: new Set([parseAddress('10.8.0.2') as number]),
      exclude: [{first: parseAddress('10.8.1.0') as number, last: parseAddress('10.8.1.255') as number}],
    },
    existing: new Map(),
    staying: [],
  })
  const network = {driver: 'macvlan', interface: 'eth0', subnet: '10.8.0.0/16', gateway: '10.8.0.1'} as const
  const fleet: Fleet = mergeFleet({
    current: null,
    submitted,
    frame: {engine: 'docker', network, domain: null, logFile: null, portOffset: 0},
    replaceFleet: true,
    unfinished: new Set(),
    limit: 65_000,
  })
  const hashes = new Map(
    fleet.deckies.map((decky) => [
      decky.name,
      configHash({decky, domain: null, network, portOffset: 0, runtimeId: 'bench'}),
    ]),
  )
  const observed = {network: null, surplusNetworks: [], imagePresent: false, instances: []}
  const plan = planFleet({desired: fleet, hashes, observed, previous: new Map(), scope: new Set(hashes.keys())})
  if (plan.changes.length !== count) throw new Error(`planned ${plan.changes.length} deckies`)
}

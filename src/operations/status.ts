import {type DeckyProbe, type Engine, EngineError, type ServiceProbe} from '../engines/engine.ts'
import type {Decky, Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Observation, ObservedInstance} from '../fleet/observation.ts'
import {readSetting} from '../state/settings.ts'
import type {StoredFleet} from '../state/store.ts'
import {hashOf} from './compare.ts'
import type {Deps} from './deps.ts'
import {unknownDeckies} from './teardown.ts'

/** `unknown`: the engine could not be asked, which never means that the decky is gone. */
export type DeckyState = 'running' | 'degraded' | 'stopped' | 'restarting' | 'paused' | 'missing' | 'unknown'

export interface Drift {
  readonly field: string
  readonly desired: string
  readonly observed: string
}

export interface DeckyStatus {
  readonly name: string
  readonly ip: string
  readonly mac: string
  readonly hostname: string
  readonly os: string
  readonly host: string
  readonly state: DeckyState
  readonly services: readonly {
    readonly name: string
    readonly port: number
    readonly protocol: string
    readonly state: ServiceProbe['state'] | 'unknown'
  }[]
  readonly drift: readonly Drift[]
}

export interface FleetStatus {
  readonly fleet: StoredFleet
  readonly deckies: readonly DeckyStatus[]
  /** Instances with our label that no decky of the fleet accounts for. */
  readonly leftovers: readonly string[]
  /** Why the engine could not be asked; null: it answered. */
  readonly engineError: DecnetError | EngineError | null
}

/** Desired beside observed. Null: there is no fleet. Reads only, except for a look inside each running decky. */
export async function fleetStatus(
  deps: Deps,
  options: {readonly deckies: readonly string[]; readonly signal: AbortSignal; readonly parallel: number | undefined},
): Promise<FleetStatus | null> {
  const store = deps.readState()
  if (store === null) return null
  try {
    const stored = store.fleet()
    if (stored === null) return null
    const wanted = select(stored.fleet, options.deckies)
    const engine = await deps.createEngine({
      name: stored.fleet.engine,
      install: store.install(),
      evidence: {store: () => 0},
      image: readSetting(store, 'image'),
      parallel: options.parallel ?? readSetting(store, 'parallel'),
    })
    try {
      return await observeFleet(engine, stored, wanted, options.signal)
    } finally {
      await engine.close()
    }
  } finally {
    store.close()
  }
}

function select(fleet: Fleet, names: readonly string[]): readonly Decky[] {
  if (names.length === 0) return fleet.deckies
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  const known = new Set(fleet.deckies.map(({name}) => name.toLowerCase()))
  const unknown = names.filter((name) => !known.has(name.toLowerCase()))
  if (unknown.length > 0) throw unknownDeckies(unknown)
  return fleet.deckies.filter(({name}) => wanted.has(name.toLowerCase()))
}

async function observeFleet(
  engine: Engine,
  stored: StoredFleet,
  wanted: readonly Decky[],
  signal: AbortSignal,
): Promise<FleetStatus> {
  let looked: {observation: Observation; probes: ReadonlyMap<string, DeckyProbe>}
  try {
    looked = await look(engine, wanted, signal)
  } catch (error) {
    if (signal.aborted || !isEngineFailure(error)) throw error
    return {fleet: stored, deckies: wanted.map(unknownStatus), leftovers: [], engineError: error}
  }
  const {observation, probes} = looked
  const instances = ownInstances(observation)
  const names = new Set(stored.fleet.deckies.map(({name}) => name))
  return {
    fleet: stored,
    deckies: wanted.map((decky) => {
      const all = observation.instances.filter((instance) => instance.decky === decky.name)
      const hash = hashOf(decky, stored.fleet, engine)
      return statusOf(decky, instances.get(decky.name), probes.get(decky.name), hash, all)
    }),
    leftovers: [...new Set(observation.instances.map(({decky}) => decky))]
      .filter((name) => !names.has(name))
      .toSorted(),
    engineError: null,
  }
}

async function look(engine: Engine, wanted: readonly Decky[], signal: AbortSignal) {
  const observation = await engine.observe(signal)
  const instances = ownInstances(observation)
  const running = wanted.filter(({name}) => instances.get(name)?.state === 'running').map(({name}) => name)
  const probes = new Map((await engine.probe(running, signal)).map((probe) => [probe.decky, probe]))
  return {observation, probes}
}

/** An engine that refuses to answer, or answers too late, says as little about the deckies as one that is gone. */
function isEngineFailure(error: unknown): error is DecnetError | EngineError {
  return error instanceof EngineError || (error instanceof DecnetError && error.code !== 'INTERNAL')
}

function ownInstances(observation: Observation): ReadonlyMap<string, ObservedInstance> {
  const instances = new Map<string, ObservedInstance>()
  for (const instance of observation.instances) {
    if (instance.customService === null)
      instances.set(instance.decky, preferred(instances.get(instance.decky), instance))
  }
  return instances
}

/** Of two instances with one name the running one counts. */
function preferred(known: ObservedInstance | undefined, other: ObservedInstance): ObservedInstance {
  return known?.state === 'running' ? known : other
}

function unknownStatus(decky: Decky): DeckyStatus {
  return {...identity(decky), state: 'unknown', services: services(decky, undefined), drift: []}
}

function identity({name, ip, mac, hostname, os, host}: Decky) {
  return {name, ip, mac, hostname, os, host}
}

function services(decky: Decky, probe: DeckyProbe | undefined): DeckyStatus['services'] {
  return decky.services.flatMap(({name, ports}) =>
    ports.map(({port, protocol}) => {
      const found = probe?.services.find((service) => service.port === port && service.protocol === protocol)
      return {name, port, protocol, state: found?.state ?? 'unknown'}
    }),
  )
}

/** Pure: what one decky is, beside what it should be. `all`: whatever else carries its name is in there too. */
export function statusOf(
  decky: Decky,
  instance: ObservedInstance | undefined,
  probe: DeckyProbe | undefined,
  hash: string,
  all: readonly ObservedInstance[] = [],
): DeckyStatus {
  if (instance === undefined) {
    const drift = [{field: 'instance', desired: 'running', observed: 'missing'}]
    return {...identity(decky), state: 'missing', services: services(decky, undefined), drift}
  }
  const seen = services(decky, probe)
  const drift = [...instanceDrift(decky, instance, hash), ...probeDrift(decky, probe), ...companionDrift(decky, all)]
  return {...identity(decky), state: stateOf(instance, seen, drift), services: seen, drift}
}

/** Fields of the drift under which a decky that runs cannot be reached as it should be. */
const IMPAIRING = /^(ip|mac|service)\b/

function stateOf(instance: ObservedInstance, seen: DeckyStatus['services'], drift: readonly Drift[]): DeckyState {
  switch (instance.state) {
    case 'running':
      if (drift.some(({field}) => IMPAIRING.test(field))) return 'degraded'
      return seen.every(({state}) => state === 'answering') ? 'running' : 'degraded'
    case 'restarting':
    case 'paused':
      return instance.state
    default:
      return 'stopped'
  }
}

function instanceDrift(decky: Decky, instance: ObservedInstance, hash: string): Drift[] {
  const drift: Drift[] = []
  const compare = (field: string, desired: string, observed: string | null) => {
    if (desired !== observed) drift.push({field, desired, observed: observed ?? 'none'})
  }
  compare('state', 'running', instance.state)
  compare('config', hash.slice(0, 12), instance.configHash.slice(0, 12))
  // An instance that does not run has no address on some Engine versions; its state says enough.
  if (instance.state === 'running' || instance.ip !== null) compare('ip', decky.ip, instance.ip)
  if (instance.state === 'running' || instance.mac !== null) compare('mac', decky.mac, instance.mac)
  for (const deviation of instance.deviations)
    drift.push({field: 'hardening', desired: 'as created', observed: deviation})
  return drift
}

function probeDrift(decky: Decky, probe: DeckyProbe | undefined): Drift[] {
  if (probe === undefined) return []
  if (probe.error !== null) return [{field: 'probe', desired: 'answers', observed: probe.error}]
  const drift: Drift[] = []
  if (probe.ip !== decky.ip) drift.push({field: 'ip inside', desired: decky.ip, observed: probe.ip ?? 'none'})
  if (probe.mac !== decky.mac) drift.push({field: 'mac inside', desired: decky.mac, observed: probe.mac ?? 'none'})
  for (const {name, port, state} of probe.services) {
    if (state !== 'answering') drift.push({field: `service ${name}/${port}`, desired: 'answering', observed: state})
  }
  return drift
}

/** The decky's custom services, each an instance of its own, and instances that it has too many. */
function companionDrift(decky: Decky, all: readonly ObservedInstance[]): Drift[] {
  const drift: Drift[] = []
  const own = all.filter(({customService}) => customService === null).length
  if (own > 1) drift.push({field: 'instances', desired: '1', observed: String(own)})
  for (const {name} of decky.customServices) {
    const states = all.filter(({customService}) => customService === name).map(({state}) => state)
    if (all.length > 0 && !states.includes('running')) {
      drift.push({field: `service ${name}`, desired: 'running', observed: states[0] ?? 'missing'})
    }
  }
  return drift
}

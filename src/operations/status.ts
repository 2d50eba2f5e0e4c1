import type {DeckyProbe, Engine, EngineError} from '../engines/engine.ts'
import type {Decky, Fleet} from '../fleet/decky.ts'
import type {DecnetError} from '../fleet/errors.ts'
import type {Observation, ObservedInstance} from '../fleet/observation.ts'
import type {EngineName} from '../fleet/spec.ts'
import {readSetting} from '../state/settings.ts'
import type {StoredFleet} from '../state/store.ts'
import {hashOf} from './compare.ts'
import {type DeckyStatus, statusOf, unknownStatus} from './decky-status.ts'
import type {Deps} from './deps.ts'
import {isEngineFailure} from './engines.ts'
import {unknownDeckies} from './teardown.ts'

export type {DeckyState, DeckyStatus, Drift} from './decky-status.ts'

export interface FleetStatus {
  readonly fleet: StoredFleet
  readonly deckies: readonly DeckyStatus[]
  /** Instances with our label that no decky of the fleet accounts for. */
  readonly leftovers: readonly string[]
  /** Other engines, on which deckies of an earlier fleet may be left. */
  readonly formerEngines: readonly EngineName[]
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
      portOffset: stored.fleet.portOffset,
    })
    try {
      const formerEngines = store.engines().filter((name) => name !== stored.fleet.engine)
      return {...(await observeFleet(engine, stored, wanted, options.signal)), formerEngines}
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
): Promise<Omit<FleetStatus, 'formerEngines'>> {
  let looked: {observation: Observation; probes: ReadonlyMap<string, DeckyProbe>}
  try {
    looked = await look(engine, wanted, signal)
  } catch (error) {
    if (signal.aborted || !isEngineFailure(error)) throw error
    return {
      fleet: stored,
      deckies: wanted.map((decky) => unknownStatus(decky, stored.fleet)),
      leftovers: [],
      engineError: error,
    }
  }
  const {observation, probes} = looked
  const instances = ownInstances(observation)
  const names = new Set(stored.fleet.deckies.map(({name}) => name))
  return {
    fleet: stored,
    deckies: wanted.map((decky) => {
      const all = observation.instances.filter((instance) => instance.decky === decky.name)
      const hash = hashOf(decky, stored.fleet, engine)
      const look = {instance: instances.get(decky.name), probe: probes.get(decky.name), hash, all}
      return statusOf(decky, stored.fleet, look)
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

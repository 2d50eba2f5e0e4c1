import {type Engine, EngineError} from '../engines/engine.ts'
import {configHash} from '../fleet/config-hash.ts'
import type {Decky, Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import {type Farewell, withFarewells} from '../fleet/farewell.ts'
import type {Observation} from '../fleet/observation.ts'
import type {Plan} from '../fleet/plan.ts'
import {planFleet} from '../fleet/plan-fleet.ts'
import type {EngineName} from '../fleet/spec.ts'
import {type Engines, isEngineFailure, withAdvice} from './engines.ts'
import type {Intent, Mutation, Snapshot} from './mutation.ts'

/** A fleet as it is to be, compared with what runs. */
export interface ComparedFleet {
  readonly plan: Plan
  /** Config hash of every decky of the fleet, by name. */
  readonly hashes: ReadonlyMap<string, string>
  /** Engines on which the plan leaves nothing of ours. */
  readonly vacated: readonly EngineName[]
}

export interface CompareOptions {
  readonly signal: AbortSignal
  /** Told what is put off. */
  readonly notice: (message: string) => void
}

/**
 * Observes each engine once and plans. Throws STATE_UNREADABLE when an engine runs a newer fleet than the state knows.
 */
export async function compareFleet(
  engines: Engines,
  intent: Intent,
  mutation: Mutation,
  snapshot: Snapshot,
  options: CompareOptions,
): Promise<ComparedFleet> {
  const {fleet} = mutation
  const {signal} = options
  const empty = fleet.deckies.length === 0
  const needed = !empty || snapshot.engines.includes(fleet.engine)
  const own = needed ? await compareOwn(engines, intent, mutation, snapshot, signal) : NOTHING
  const farewells = await observeFormer(engines, fleet, snapshot, options)
  const left = farewells.map(({engine}) => engine)
  return {
    plan: withFarewells(own.plan, farewells),
    hashes: own.hashes,
    vacated: empty && needed ? [fleet.engine, ...left] : left,
  }
}

type OwnPlan = Pick<ComparedFleet, 'plan' | 'hashes'>

/** There is no fleet, and no engine can hold anything of one: none is asked. */
const NOTHING: OwnPlan = {plan: {operations: [], changes: []}, hashes: new Map()}

async function compareOwn(
  engines: Engines,
  intent: Intent,
  {fleet, scope}: Mutation,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<OwnPlan> {
  const {engine, observed} = await observeOwn(engines, intent, fleet, snapshot, signal)
  const unhealthy = await intent.examine?.(engine, fleet, observed, signal)
  const hashes = new Map(fleet.deckies.map((decky) => [decky.name, hashOf(decky, fleet, engine)]))
  const previous = fleetOn(fleet.engine, snapshot)
  const plan = planFleet({
    desired: fleet.deckies.length === 0 ? null : fleet,
    hashes,
    observed,
    previous: new Map(previous?.deckies.map((decky) => [decky.name, decky])),
    scope,
    ...(unhealthy === undefined ? {} : {unhealthy}),
    ...(previous !== null && previous.portOffset !== fleet.portOffset
      ? {sharedCause: `the port offset changed from ${previous.portOffset} to ${fleet.portOffset}`}
      : {}),
  })
  return {plan: {...plan, engine: fleet.engine}, hashes}
}

/** The committed fleet where it is on this engine: what another one has says nothing of what runs here. */
function fleetOn(engine: EngineName, {stored}: Snapshot): Fleet | null {
  return stored?.fleet.engine === engine ? stored.fleet : null
}

async function observeOwn(
  engines: Engines,
  intent: Intent,
  fleet: Fleet,
  {stored, generation}: Snapshot,
  signal: AbortSignal,
): Promise<{engine: Engine; observed: Observation}> {
  try {
    const engine = await engines.make(fleet.engine)
    const observed = await engine.observe(signal)
    refuseStaleState(observed, generation)
    return {engine, observed}
  } catch (error) {
    const first = intent.kind === 'deploy' && stored === null && fleet.engine === 'docker'
    if (!first || !isUnavailable(error)) throw error
    throw withAdvice(error, 'or play the fleet on this machine alone, without Docker: --engine embedded')
  }
}

function isUnavailable(error: unknown): error is DecnetError | EngineError {
  if (error instanceof EngineError) return error.fault === 'unavailable'
  return error instanceof DecnetError && error.code === 'ENGINE_UNAVAILABLE'
}

/**
 * What is left on engines that the fleet is not on. A command that takes the last of the fleet off an engine does not
 * begin where that engine cannot be asked: it would promise a removal that it cannot keep, and the deckies would play on
 * beside the new ones. Leftovers of earlier commands are put off instead: they must not keep a fleet on a healthy engine
 * from being changed.
 */
async function observeFormer(
  engines: Engines,
  fleet: Fleet,
  snapshot: Snapshot,
  {signal, notice}: CompareOptions,
): Promise<Farewell[]> {
  const farewells: Farewell[] = []
  const destination = fleet.deckies.length === 0 ? null : fleet.engine
  for (const name of snapshot.engines.filter((each) => each !== fleet.engine)) {
    const previous = fleetOn(name, snapshot)?.deckies ?? []
    try {
      const observed = await (await engines.make(name)).observe(signal)
      refuseStaleState(observed, snapshot.generation)
      farewells.push({engine: name, observed, previous, destination})
    } catch (error) {
      if (signal.aborted || !isEngineFailure(error) || isStale(error)) throw error
      if (previous.length > 0 || destination === null) throw withAdvice(error, LEAVING)
      notice(`what an earlier fleet may have left on the ${name} engine stays: ${error.message}`)
    }
  }
  return farewells
}

const LEAVING =
  'nothing was begun: what this fleet has there must be removed first; where that engine is gone for good, begin anew with another --state-dir'

/** The config hash of one decky of a fleet on an engine. */
export function hashOf(decky: Decky, fleet: Fleet, engine: Pick<Engine, 'runtimeId'>): string {
  const {domain, network, portOffset} = fleet
  return configHash({decky, domain, network, portOffset, runtimeId: engine.runtimeId})
}

function isStale(error: unknown): boolean {
  return error instanceof DecnetError && error.code === 'STATE_UNREADABLE'
}

/**
 * A state older than what it describes (restored from a backup, copied from elsewhere) must not act: it would take
 * newer deckies for leftovers and remove them.
 */
function refuseStaleState(observation: Observation, generation: number): void {
  const newest = observation.instances.reduce((most, instance) => Math.max(most, instance.generation), 0)
  if (newest <= generation) return
  throw new DecnetError(
    'STATE_UNREADABLE',
    `the state is older than the fleet that runs (generation ${generation}, the engine has ${newest})`,
    {hint: 'restore the newest state, or remove the deckies by hand and start over with an empty state directory'},
  )
}

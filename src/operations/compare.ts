import type {Engine} from '../engines/engine.ts'
import {configHash} from '../fleet/config-hash.ts'
import type {Decky, Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Observation} from '../fleet/observation.ts'
import type {Plan} from '../fleet/plan.ts'
import {planFleet} from '../fleet/plan-fleet.ts'

import type {Mutation, Snapshot} from './mutation.ts'

/** A fleet as it is to be, compared with what runs. */
export interface ComparedFleet {
  readonly plan: Plan
  /** Config hash of every decky of the fleet, by name. */
  readonly hashes: ReadonlyMap<string, string>
}

/** Observes the engine once and plans. Throws STATE_UNREADABLE when the engine runs a newer fleet than the state knows. */
export async function compareFleet(
  engine: Engine,
  {fleet, scope, unhealthy}: Mutation,
  {stored, generation}: Snapshot,
  signal: AbortSignal,
): Promise<ComparedFleet> {
  const observed = await engine.observe(signal)
  refuseStaleState(observed, generation)
  const hashes = new Map(fleet.deckies.map((decky) => [decky.name, hashOf(decky, fleet, engine)]))
  const plan = planFleet({
    desired: fleet.deckies.length === 0 ? null : fleet,
    hashes,
    observed,
    previous: new Map(stored?.fleet.deckies.map((decky) => [decky.name, decky])),
    scope,
    ...(unhealthy === undefined ? {} : {unhealthy}),
  })
  return {plan, hashes}
}

/** The config hash of one decky of a fleet on an engine. */
export function hashOf(decky: Decky, fleet: Fleet, engine: Pick<Engine, 'runtimeId'>): string {
  return configHash({decky, domain: fleet.domain, network: fleet.network, runtimeId: engine.runtimeId})
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

/** A plan that takes along what is left on engines that the fleet is not on any more. */
import type {Decky} from './decky.ts'
import type {Observation} from './observation.ts'
import type {DeckyChange, Operation, Plan} from './plan.ts'
import {planFleet} from './plan-fleet.ts'
import type {EngineName} from './spec.ts'

/** An engine on which nothing of ours is to remain. */
export interface Farewell {
  readonly engine: EngineName
  readonly observed: Observation
  /** The deckies of the fleet that was on it until now; empty: what it holds was left over before. */
  readonly previous: readonly Decky[]
  /** Where the fleet is now, completing "the fleet moves to …"; null: there is no fleet any more. */
  readonly destination: EngineName | null
}

/**
 * The plan with everything removed from the engines that are left. A decky that moves is removed there before it is
 * created here, so that it never plays twice, and counts as replaced.
 */
export function withFarewells(plan: Plan, farewells: readonly Farewell[]): Plan {
  return farewells.reduce(join, plan)
}

function join(plan: Plan, farewell: Farewell): Plan {
  const removal = removalPlan(farewell)
  const removals = new Map(removal.operations.flatMap(({decky, id}) => (decky === null ? [] : [[decky, id] as const])))
  const operations = plan.operations.map((operation) => {
    const before = operation.decky === null ? undefined : removals.get(operation.decky)
    const waits = before !== undefined && operation.engine === undefined
    return waits ? {...operation, dependsOn: [...operation.dependsOn, before].toSorted()} : operation
  })
  return {...plan, operations: [...removal.operations, ...operations], changes: joinChanges(plan, removal)}
}

/** What empties one engine; its addresses and ids carry the engine's name. */
function removalPlan({engine, observed, previous, destination}: Farewell): Plan {
  const names = previous.map(({name}) => name)
  const {operations, changes} = planFleet({
    desired: null,
    hashes: new Map(),
    observed,
    previous: new Map(previous.map((decky) => [decky.name, decky])),
    scope: new Set(names),
  })
  const moving = destination === null ? undefined : `the fleet moves to the ${destination} engine`
  const held = new Set(names)
  const causeOf = (decky: string | null, cause: string) =>
    moving !== undefined && (decky === null || held.has(decky)) ? moving : `${cause}, on the ${engine} engine`
  const renamed = ({action, address}: Operation) => `${action} ${engine}/${address}`
  const ids = new Map(operations.map((operation) => [operation.id, renamed(operation)]))
  return {
    operations: operations.map((operation) => ({
      ...operation,
      id: renamed(operation),
      engine,
      address: `${engine}/${operation.address}`,
      cause: causeOf(operation.decky, operation.cause),
      dependsOn: operation.dependsOn.map((id) => ids.get(id) ?? id).toSorted(),
    })),
    changes: changes.map((change) => ({...change, cause: causeOf(change.decky, change.cause)})),
  }
}

function joinChanges(plan: Plan, removal: Plan): DeckyChange[] {
  const changes = new Map(plan.changes.map((change) => [change.decky, change]))
  for (const gone of removal.changes) {
    const own = changes.get(gone.decky)
    changes.set(gone.decky, own === undefined ? gone : joinChange(own, gone))
  }
  return [...changes.values()].toSorted((a, b) => (a.decky < b.decky ? -1 : 1))
}

function joinChange(own: DeckyChange, gone: DeckyChange): DeckyChange {
  const destructive = own.destructive || gone.destructive
  if (own.operation === 'remove') return {...own, destructive}
  return {decky: own.decky, operation: 'replace', cause: gone.cause, destructive}
}

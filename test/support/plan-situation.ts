/** Fleets, and engines that run something else: what plans are made of. */
import type {Decky, Fleet} from '../../src/fleet/decky.ts'
import type {Observation, ObservedInstance} from '../../src/fleet/observation.ts'
import {type Plan, planToText} from '../../src/fleet/plan.ts'
import {type PlanInput, planFleet} from '../../src/fleet/plan-fleet.ts'
import {decky, network} from './fleet-parts.ts'
import {hashOf, instancesOf, observedNetwork} from './plan-world.ts'

export const one = (n: number, changes: Partial<Decky> = {}): Decky =>
  decky({
    name: `web-0${n}`,
    ip: `10.78.0.${10 + n}`,
    mac: `00:50:56:00:00:${10 + n}`,
    hostname: `WEB0${n}`,
    ...changes,
  })
export const WEB1 = one(1)
export const WEB2 = one(2)
export const WEB3 = one(3)

export const fleetOf = (deckies: readonly Decky[]): Fleet => ({
  engine: 'docker',
  network: network(),
  domain: 'corp.example',
  logFile: null,
  portOffset: 0,
  deckies,
})

export interface Situation {
  readonly wanted: readonly Decky[]
  /** The deckies of the state; as wanted where absent. */
  readonly previous?: readonly Decky[]
  readonly observed?: Partial<Observation>
  /** As wanted and previous where absent. */
  readonly scope?: readonly string[]
  readonly unhealthy?: ReadonlyMap<string, string>
}

/** An engine with a network, an image and these instances. */
export const running = (instances: readonly ObservedInstance[], changes: Partial<Observation> = {}): Observation => ({
  network: observedNetwork({network: network()}),
  surplusNetworks: [],
  imagePresent: true,
  instances,
  ...changes,
})
export const EMPTY = running([], {network: null, imagePresent: false})

export function inputOf({wanted, previous = wanted, observed, scope, unhealthy}: Situation): PlanInput {
  return {
    desired: wanted.length === 0 ? null : fleetOf(wanted),
    hashes: new Map(wanted.map((each) => [each.name, hashOf(each)])),
    observed: {...running(previous.flatMap(instancesOf)), ...observed},
    previous: new Map(previous.map((each) => [each.name, each])),
    scope: new Set(scope ?? [...wanted, ...previous].map(({name}) => name)),
    ...(unhealthy === undefined ? {} : {unhealthy}),
  }
}

export const planOf = (situation: Situation): Plan => planFleet(inputOf(situation))
export const textOf = (situation: Situation): string => planToText(planOf(situation))
/** `id <- dependency, dependency` */
export const graphOf = (situation: Situation): string[] =>
  planOf(situation).operations.map(({id, dependsOn}) =>
    dependsOn.length === 0 ? id : `${id} <- ${dependsOn.join(', ')}`,
  )

/** A service of the operator's own. */
export const SCADA = {name: 'scada', image: 'scada:1', exec: [], ports: [], options: {}}

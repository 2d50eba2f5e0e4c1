import type {StoredFleet} from '../state/store.ts'

import type {Deps} from './deps.ts'
import {type DeploymentRequest, desiredFleet} from './desired-fleet.ts'
import type {Intent} from './mutation.ts'
import {wholeFleet} from './whole-fleet.ts'

/** The intent to deploy a fleet file, beside the fleet or in its place. */
export function deployIntent(deps: Deps, request: DeploymentRequest, file: NonNullable<Intent['file']>): Intent {
  const {spec, replaceFleet} = request
  return {
    kind: 'deploy',
    file,
    async build(snapshot) {
      const fleet = await desiredFleet(deps, request, snapshot)
      const submitted = spec.deckies.map(({name}) => name)
      return {
        fleet,
        scope: replaceFleet ? wholeFleet(fleet, snapshot.stored) : resubmitted(submitted, snapshot.stored),
        submitted,
        pinnedMacs: new Set(spec.deckies.filter(({mac}) => mac !== undefined).map(({name}) => name)),
        flags: {replaceFleet},
      }
    },
  }
}

/** The submitted names, and those of the fleet that they resume in another case. */
function resubmitted(submitted: readonly string[], stored: StoredFleet | null): ReadonlySet<string> {
  const wanted = new Set(submitted.map((name) => name.toLowerCase()))
  const resumed = stored?.fleet.deckies.map(({name}) => name).filter((name) => wanted.has(name.toLowerCase())) ?? []
  return new Set([...submitted, ...resumed])
}

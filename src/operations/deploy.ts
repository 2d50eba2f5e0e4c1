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
        scope: replaceFleet ? wholeFleet(fleet, snapshot.stored) : new Set(submitted),
        submitted,
        pinnedMacs: new Set(spec.deckies.filter(({mac}) => mac !== undefined).map(({name}) => name)),
        flags: {replaceFleet},
      }
    },
  }
}

import type {Decky, Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import {mergeFleet, refuseNameConflicts, stayingDeckies} from '../fleet/merge.ts'
import {LOCAL_HOST, resolveDeckies} from '../fleet/resolve.ts'
import type {EngineName, FleetSpec} from '../fleet/spec.ts'
import type {StoredFleet} from '../state/store.ts'

import type {Deps} from './deps.ts'
import type {Snapshot} from './mutation.ts'
import {type NetworkFlags, networkFacts} from './network-facts.ts'

/** What the user asks of a deployment, whether it is carried out or only planned. */
export interface DeploymentRequest extends NetworkFlags {
  readonly spec: FleetSpec
  readonly replaceFleet: boolean
  readonly engine?: EngineName | undefined
  readonly logFile?: string | undefined
}

/** The fleet that a fleet file leads to, given the state and the network facts. Asks no engine. */
export async function desiredFleet(
  deps: Deps,
  request: DeploymentRequest,
  {install, stored, settings}: Snapshot,
): Promise<Fleet> {
  const {spec, replaceFleet} = request
  const {general} = spec
  const current = stored?.fleet ?? null
  refuseUnknownHosts(spec)
  const unfinished = unfinishedNames(stored)
  const staying = replaceFleet ? [] : stayingDeckies({current, submitted: spec.deckies, unfinished})
  refuseNameConflicts(spec.deckies, staying)
  const {network, reservations} = await networkFacts({
    flags: request,
    general,
    current: current?.network ?? null,
    detect: () => deps.detectNetwork(),
    hostAddresses: () => deps.hostAddresses(),
  })
  const submitted = resolveDeckies(spec, {
    catalog: deps.catalog,
    secret: install.secret,
    reservations,
    existing: new Map(current?.deckies.map((decky): [string, Decky] => [decky.name.toLowerCase(), decky])),
    staying,
  })
  return mergeFleet({
    current,
    submitted,
    frame: {
      engine: request.engine ?? general.engine ?? current?.engine ?? 'docker',
      network,
      domain: general.domain ?? current?.domain ?? null,
      logFile: request.logFile ?? general.logFile ?? current?.logFile ?? null,
    },
    replaceFleet,
    unfinished,
    limit: settings['deployment-limit'],
  })
}

/** Deckies whose deployment did not end well: submitting them again resumes it. */
function unfinishedNames(stored: StoredFleet | null): ReadonlySet<string> {
  const unfinished = stored?.deckies.filter(({deploymentOutcome}) => deploymentOutcome !== 'succeeded') ?? []
  return new Set(unfinished.map(({decky}) => decky.name.toLowerCase()))
}

function refuseUnknownHosts(spec: FleetSpec): void {
  const pinned = spec.deckies.filter(({host}) => host !== undefined && host !== LOCAL_HOST)
  const [first] = pinned
  if (first === undefined) return
  throw new DecnetError(
    'FLEET_FILE_INVALID',
    `${first.name} is pinned to ${first.host}, which is not an enrolled host`,
    {
      hint: 'leave `host` out, or say `host = local`',
      diagnostics: pinned.map(({host, place}) => ({
        severity: 'error',
        code: 'unknown-host',
        summary: `no host ${host} is enrolled`,
        place,
      })),
    },
  )
}

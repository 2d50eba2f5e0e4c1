import type {Decky, Fleet} from '../fleet/decky.ts'
import {Diagnostics} from '../fleet/diagnostics.ts'
import {checkEngine} from '../fleet/engine-rules.ts'
import {DecnetError} from '../fleet/errors.ts'
import {mergeFleet, refuseEngineConflict, refuseNameConflicts, stayingDeckies} from '../fleet/merge.ts'
import {checkPortOffset} from '../fleet/port-offset.ts'
import {invalidFile} from '../fleet/read-spec.ts'
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
  readonly portOffset?: number | undefined
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
  const engine = request.engine ?? general.engine ?? current?.engine ?? 'docker'
  refuseContradictions(spec, engine)
  // What another engine has says nothing of this one.
  const same = current?.engine === engine ? current : null
  const unfinished = unfinishedNames(stored)
  const staying = replaceFleet ? [] : stayingDeckies({current, submitted: spec.deckies, unfinished})
  refuseNameConflicts(spec.deckies, staying)
  if (staying.length > 0) refuseEngineConflict(current, engine)
  const {network, reservations} = await networkFacts({
    engine,
    flags: request,
    general,
    current: same?.network ?? null,
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
  const portOffset = request.portOffset ?? same?.portOffset ?? 0
  checkPortOffset(portOffset, engine, submitted)
  return mergeFleet({
    current,
    submitted,
    frame: {
      engine,
      network,
      portOffset,
      domain: general.domain ?? current?.domain ?? null,
      logFile: request.logFile ?? general.logFile ?? current?.logFile ?? null,
    },
    replaceFleet,
    unfinished,
    limit: settings['deployment-limit'],
  })
}

/** The file was read before the state was, which may have chosen the engine. */
function refuseContradictions(spec: FleetSpec, engine: EngineName): void {
  const diagnostics = new Diagnostics()
  checkEngine(spec, engine, diagnostics)
  if (diagnostics.hasErrors) throw invalidFile(spec.file, diagnostics.errorCount, diagnostics.list)
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

/** The one way in which a command changes the fleet: lock, intent, plan, consent, commit, execution. */
import {randomBytes} from 'node:crypto'

import type {Engine, Install} from '../engines/engine.ts'
import type {Fleet} from '../fleet/decky.ts'
import type {LifecycleOutcome, LifecycleRow} from '../fleet/lifecycle.ts'
import type {Observation} from '../fleet/observation.ts'
import {isDestructive, type Plan} from '../fleet/plan.ts'
import type {EngineName} from '../fleet/spec.ts'
import {acquireLock} from '../state/lock.ts'
import {readSettings, SETTING_DEFAULTS, type SettingValues} from '../state/settings.ts'
import type {DeploymentKind, Store, StoredFleet} from '../state/store.ts'

import {publishDrift} from './bus.ts'
import {type ComparedFleet, compareFleet} from './compare.ts'
import type {Deps} from './deps.ts'
import {Engines} from './engines.ts'
import {preflight} from './preflight.ts'
import type {ProgressListener} from './progress.ts'
import {type RunOptions, rowsOf, runPlan} from './run-plan.ts'

/** What the state says when a command begins. */
export interface Snapshot {
  readonly install: Install
  readonly stored: StoredFleet | null
  readonly generation: number
  readonly settings: SettingValues
  /** Engines that may hold something of ours: the fleet's, and those of fleets whose removal is not confirmed. */
  readonly engines: readonly EngineName[]
  /** Names, in lower case, of deckies that a cut off or failed command was to remove: naming them again resumes it. */
  readonly unfinishedRemovals: ReadonlySet<string>
}

/** A change of the fleet, before it is compared with what runs. */
export interface Mutation {
  /** The fleet as it is to be. */
  readonly fleet: Fleet
  /** Names of deckies that may be acted upon. */
  readonly scope: ReadonlySet<string>
  /** Names that the user submitted: their deployment is this one from now on. */
  readonly submitted: readonly string[]
  /** Names whose MAC the fleet file fixes. */
  readonly pinnedMacs: ReadonlySet<string>
  /** For the record. */
  readonly flags: Readonly<Record<string, unknown>>
}

/** What a command wants, in two parts: what the state says to it, and what only a look at the engine tells. */
export interface Intent {
  readonly kind: DeploymentKind
  readonly file: {readonly name: string; readonly text: string; readonly sha256: string} | null
  build(snapshot: Snapshot): Mutation | Promise<Mutation>
  /** Why deckies that look right are to be restarted all the same, by name. */
  examine?(
    engine: Engine,
    fleet: Fleet,
    observed: Observation,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>
}

export interface PreviewOptions {
  /** Engine calls in flight at once; undefined: as the setting says. */
  readonly parallel: number | undefined
  readonly signal: AbortSignal
}

export interface MutationOptions extends Omit<RunOptions, 'parallel'>, PreviewOptions {
  readonly lockTimeoutMs: number
  /** Called once the plan is known, before anything is written; rejects to stop. */
  readonly confirm: (plan: Plan) => Promise<void>
}

export interface MutationSummary {
  readonly created: number
  readonly replaced: number
  readonly restarted: number
  readonly removed: number
  readonly unchanged: number
  readonly failed: number
}

export interface MutationResult {
  readonly deploymentId: number
  readonly plan: Plan
  readonly summary: MutationSummary
  readonly rows: readonly LifecycleRow[]
  readonly interrupted: boolean
  /** Failures of network and image operations. */
  readonly resourceErrors: readonly string[]
  /** The fleet as it is to be now. */
  readonly fleet: Fleet
}

/** Carries out an intent. What fails on the engine is in the result; what stops the command before that is thrown. */
export function mutate(deps: Deps, intent: Intent, options: MutationOptions): Promise<MutationResult> {
  return deps.tracer.span(intent.kind, {}, () => mutateLocked(deps, intent, options))
}

function mutateLocked(deps: Deps, intent: Intent, options: MutationOptions): Promise<MutationResult> {
  return withLock(deps, intent.kind, options, async (store) => {
    const snapshot = snapshotOf(store)
    const mutation = await intent.build(snapshot)
    const evidence = deps.openEvidence()
    try {
      const {parallel} = options
      const engines = new Engines(deps, snapshot, mutation.fleet, {evidence, parallel})
      try {
        const notice = (message: string) => options.progress({type: 'notice', message})
        const compared = await deps.tracer.span('plan', {'decnet.deckies': mutation.fleet.deckies.length}, () =>
          compareFleet(engines, intent, mutation, snapshot, {signal: options.signal, notice}),
        )
        return await carryOut(deps, store, engines, intent, mutation, compared, {
          ...options,
          parallel: parallel ?? snapshot.settings.parallel,
        })
      } finally {
        await engines.close()
      }
    } finally {
      evidence.close()
    }
  })
}

/** The plan of an intent: takes no lock, writes nothing, changes nothing on an engine. */
export async function preview(deps: Deps, intent: Intent, {parallel, signal}: PreviewOptions): Promise<Plan> {
  const snapshot = readSnapshot(deps)
  const mutation = await intent.build(snapshot)
  const engines = new Engines(deps, snapshot, mutation.fleet, {evidence: {store: () => 0}, parallel})
  try {
    return (await compareFleet(engines, intent, mutation, snapshot, {signal, notice: () => undefined})).plan
  } finally {
    await engines.close()
  }
}

async function carryOut(
  deps: Deps,
  store: Store,
  engines: Engines,
  intent: Intent,
  mutation: Mutation,
  {plan, hashes, vacated}: ComparedFleet,
  options: MutationOptions & RunOptions,
): Promise<MutationResult> {
  const startedAt = performance.now()
  for (const message of preflight(deps.surroundings, plan, mutation.fleet)) options.progress({type: 'notice', message})
  await options.confirm(plan)
  options.signal.throwIfAborted()
  options.progress({type: 'plan', plan})
  if (isDestructive(plan)) store.backup()
  const {fleet, flags, submitted, pinnedMacs} = mutation
  const committed = store.commit({
    at: deps.now().toISOString(),
    kind: intent.kind,
    user: deps.user,
    fileName: intent.file?.name ?? null,
    fileHash: intent.file?.sha256 ?? null,
    fileText: intent.file?.text ?? null,
    flags,
    fleet: fleet.deckies.length === 0 ? null : fleet,
    configHashes: hashes,
    rows: rowsOf(plan, fleet),
    submitted,
  })
  if (intent.kind === 'reconcile') {
    for (const change of plan.changes) publishDrift(deps.bus, change, deps.now().toISOString())
  }
  const result = await runPlan(deps, store, engines, {...committed, plan, fleet, pinnedMacs, vacated}, options)
  options.progress({type: 'done', durationMs: Math.round(performance.now() - startedAt)})
  return {deploymentId: committed.deploymentId, plan, fleet, summary: summarizeRows(result.rows), ...result}
}

/** Counts what became of each decky. */
export function summarizeRows(rows: readonly LifecycleRow[]): MutationSummary {
  const count = (outcome: LifecycleOutcome) => rows.filter((row) => row.outcome === outcome).length
  return {
    created: count('created'),
    replaced: count('replaced'),
    restarted: count('restarted'),
    removed: count('removed'),
    unchanged: count('unchanged'),
    failed: rows.filter(({status}) => status === 'failed').length,
  }
}

/** Holds the lock for the whole of `work`; its first act is to close what a dead command left open. */
export async function withLock<T>(
  deps: Deps,
  operation: string,
  options: {readonly lockTimeoutMs: number; readonly signal: AbortSignal; readonly progress: ProgressListener},
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(deps.stateDir, {
    operation,
    timeoutMs: options.lockTimeoutMs,
    signal: options.signal,
    onWait: (holder) => options.progress({type: 'waiting-for-lock', holder}),
  })
  try {
    const store = deps.openState()
    try {
      const closed = store.closeDeadRows(deps.now().toISOString())
      if (closed > 0) options.progress({type: 'notice', message: interruptedNotice(closed)})
      return await work(store)
    } finally {
      store.close()
    }
  } finally {
    lock.release()
  }
}

function interruptedNotice(closed: number): string {
  return `an earlier command was interrupted; ${closed === 1 ? '1 open row' : `${closed} open rows`} closed as failed`
}

function snapshotOf(store: Store): Snapshot {
  return {
    install: store.install(),
    stored: store.fleet(),
    generation: store.generation(),
    settings: readSettings(store),
    engines: store.engines(),
    unfinishedRemovals: store.unfinishedRemovals(),
  }
}

/** Without a state, one that stands in for it: nothing on an engine can carry the label of an install that is not made. */
export function readSnapshot(deps: Deps): Snapshot {
  const store = deps.readState()
  if (store === null) {
    const install = {id: 'not-installed', secret: randomBytes(32), since: deps.now().toISOString()}
    return {
      install,
      stored: null,
      generation: 0,
      settings: SETTING_DEFAULTS,
      engines: [],
      unfinishedRemovals: new Set(),
    }
  }
  try {
    return snapshotOf(store)
  } finally {
    store.close()
  }
}

/** Takes evidence off the engine: once, or as it is written until told to stop. */

import type {Engine, EngineError, EvidenceSink} from '../engines/engine.ts'
import type {EvidenceStore} from '../events/evidence-store.ts'
import {pause} from '../events/pause.ts'
import {type Gap, gapsOf} from '../events/stream-tracker.ts'
import {DecnetError} from '../fleet/errors.ts'
import {isDiskFull} from '../state/failures.ts'
import {readSetting} from '../state/settings.ts'
import type {Deps, EngineRequest} from './deps.ts'
import {isEngineFailure} from './engines.ts'
import {pruneEvents} from './retention.ts'
import {withState} from './state.ts'

/** What a collector tells of its work. */
export type CollectorReport =
  | {readonly kind: 'following'; readonly engine: string}
  | {readonly kind: 'no-fleet'}
  | {readonly kind: 'stored'; readonly events: number}
  | {readonly kind: 'gap'; readonly gap: Gap}
  | {readonly kind: 'failed'; readonly message: string; readonly retryMs: number}
  | {readonly kind: 'disk-full'; readonly message: string; readonly retryMs: number}
  | {readonly kind: 'pruned'; readonly events: number}

export interface CollectorOptions {
  readonly signal: AbortSignal
  readonly report: (report: CollectorReport) => void
  readonly timing?: CollectorTiming
}

/** Milliseconds. */
export interface CollectorTiming {
  /** Between two looks whether there is a fleet, and whether it is still the same. */
  readonly look: number
  /** First and longest pause after an engine failed, or the store was in use. */
  readonly backoff: number
  readonly backoffCap: number
  /** Between two tries to write to a full disk, and after how long it is given up. */
  readonly fullDiskRetry: number
  readonly fullDiskGiveUp: number
  /** A gap younger than this may still be filled by reading a log again. */
  readonly gapSettles: number
  /** Between two removals of what is too old or too much. */
  readonly prune: number
}

const TIMING: CollectorTiming = {
  look: 5_000,
  backoff: 1_000,
  backoffCap: 30_000,
  fullDiskRetry: 5_000,
  fullDiskGiveUp: 120_000,
  gapSettles: 60_000,
  prune: 3_600_000,
}

/**
 * Takes what the deckies have recorded since the last time into the store. Without a fleet there is nothing to take.
 * Rejects where the engine cannot be asked; what is stored by then stays.
 */
export async function collectEvents(deps: Deps, signal: AbortSignal): Promise<void> {
  const evidence = deps.openEvidence()
  try {
    await withFleetEngine(deps, evidence, (engine) => engine.collect({signal}))
  } finally {
    evidence.close()
  }
}

/**
 * Takes evidence as it is written until the signal. An engine that fails is tried again for ever: what it keeps is taken
 * later. A full disk is waited for, and no log is read meanwhile; when it stays full the collector ends with that error,
 * so that whoever watches it learns of it. Throws DecnetError when the store cannot be used.
 */
export async function runCollector(deps: Deps, options: CollectorOptions): Promise<void> {
  const evidence = deps.openEvidence()
  try {
    await new Collector(deps, evidence, options).run()
  } finally {
    evidence.close()
  }
}

class Collector {
  readonly #deps: Deps
  readonly #evidence: EvidenceStore
  readonly #signal: AbortSignal
  readonly #report: CollectorOptions['report']
  readonly #timing: CollectorTiming
  readonly #sink: EvidenceSink
  readonly #gapsTold = new Set<string>()
  #told: string | null = null
  #stored = 0
  #backoff: number
  #fullSince: number | null = null
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(deps: Deps, evidence: EvidenceStore, {signal, report, timing = TIMING}: CollectorOptions) {
    this.#deps = deps
    this.#evidence = evidence
    this.#signal = signal
    this.#report = report
    this.#timing = timing
    this.#backoff = timing.backoff
    this.#sink = {
      store: (lines) => this.#count(this.#evidence.store(lines)),
      newest: (decky) => evidence.newest(decky),
      logMark: (boot) => evidence.logMark(boot),
      appendLog: (log) => this.#count(this.#evidence.appendLog(log)),
    }
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#attend()
      } catch (error) {
        if (!this.#signal.aborted) await this.#recover(error)
      }
    }
    this.#keepHouse()
  }

  /** Ends when the fleet is another than it was, or moved to another engine. */
  async #attend(): Promise<void> {
    const fleet = fleetKey(this.#deps)
    if (fleet === null) {
      this.#tell('no-fleet', {kind: 'no-fleet'})
      this.#keepHouse()
      await pause(this.#timing.look, this.#signal)
      return
    }
    const ended = new AbortController()
    const signal = AbortSignal.any([this.#signal, ended.signal])
    await withFleetEngine(this.#deps, this.#sink, async (engine) => {
      this.#tell(fleet, {kind: 'following', engine: engine.name})
      const looking = this.#look(fleet, signal).finally(() => ended.abort())
      await Promise.all([engine.follow({signal}).finally(() => ended.abort()), looking])
    })
  }

  async #look(fleet: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && fleetKey(this.#deps) === fleet) {
      this.#keepHouse()
      await pause(this.#timing.look, signal)
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (error instanceof DecnetError && isDiskFull(error.cause)) {
      this.#fullSince ??= performance.now()
      if (performance.now() - this.#fullSince >= this.#timing.fullDiskGiveUp) throw error
      const retryMs = this.#timing.fullDiskRetry
      this.#tell('disk-full', {kind: 'disk-full', message: error.message, retryMs})
      await pause(retryMs, this.#signal)
      return
    }
    if (!isEngineFailure(error) || isStoreFailure(error)) throw error
    this.#tell(error.message, {kind: 'failed', message: error.message, retryMs: this.#backoff})
    await pause(this.#backoff, this.#signal)
    this.#backoff = Math.min(2 * this.#backoff, this.#timing.backoffCap)
  }

  #count(stored: number): number {
    this.#stored += stored
    this.#backoff = this.#timing.backoff
    this.#fullSince = null
    return stored
  }

  /** What is due from time to time. */
  #keepHouse(): void {
    if (this.#stored > 0) this.#report({kind: 'stored', events: this.#stored})
    this.#stored = 0
    const settled = new Date(Date.now() - this.#timing.gapSettles).toISOString()
    for (const gap of this.#evidence.read([], gapsOf)) {
      const key = `${gap.boot} ${gap.first}`
      if (gap.noticed > settled || this.#gapsTold.has(key)) continue
      this.#gapsTold.add(key)
      this.#report({kind: 'gap', gap})
    }
    if (performance.now() - this.#prunedAt < this.#timing.prune) return
    this.#prunedAt = performance.now()
    const events = pruneEvents(this.#deps)
    if (events > 0) this.#report({kind: 'pruned', events})
  }

  /** Says what goes on, once for as long as it does. */
  #tell(state: string, report: CollectorReport): void {
    if (this.#told === state) return
    this.#told = state
    this.#report(report)
  }
}

/** Which fleet there is, as far as it decides whom to ask; null: none. */
function fleetKey(deps: Deps): string | null {
  return withState(deps, null, (store) => {
    const fleet = store.fleet()?.fleet
    return fleet === undefined ? null : `${fleet.engine} ${fleet.portOffset}`
  })
}

/** The state is closed before the work begins: a collector works for weeks. */
async function withFleetEngine(deps: Deps, sink: EvidenceSink, work: (engine: Engine) => Promise<void>): Promise<void> {
  const request = withState(deps, null, (store): EngineRequest | null => {
    const fleet = store.fleet()?.fleet
    if (fleet === undefined) return null
    return {
      name: fleet.engine,
      install: store.install(),
      evidence: sink,
      image: readSetting(store, 'image'),
      parallel: readSetting(store, 'parallel'),
      portOffset: fleet.portOffset,
    }
  })
  if (request === null) return
  const engine = await deps.createEngine(request)
  try {
    await work(engine)
  } finally {
    await engine.close()
  }
}

/** The store's own failures that do not pass by themselves. */
function isStoreFailure(error: DecnetError | EngineError): boolean {
  return error instanceof DecnetError && (error.code === 'STATE_UNREADABLE' || error.code === 'PERMISSION')
}

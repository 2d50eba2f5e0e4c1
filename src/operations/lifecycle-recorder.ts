import {EngineError} from '../engines/engine.ts'
import type {ExecutionListener, OperationResult} from '../engines/executor.ts'
import {DecnetError} from '../fleet/errors.ts'
import {type LifecycleRow, outcomeOf} from '../fleet/lifecycle.ts'
import type {DeckyChange, Operation} from '../fleet/plan.ts'
import type {Store} from '../state/store.ts'
import {publishRow} from './bus.ts'
import type {Deps} from './deps.ts'
import type {ProgressListener} from './progress.ts'
import type {CommittedPlan} from './run-plan.ts'

/** Records each decky's operations in its lifecycle row, and tells the audience and the bus. */
export class LifecycleRecorder implements ExecutionListener {
  readonly #deps: Deps
  readonly #store: Store
  readonly #committed: CommittedPlan
  readonly #progress: ProgressListener
  readonly #rows: ReadonlyMap<string, LifecycleRow>
  readonly #changes: ReadonlyMap<string, DeckyChange>
  /** Operations still to come, by decky. */
  readonly #open = new Map<string, number>()
  readonly #startedAt = new Map<string, number>()
  readonly #begun = new Set<string>()

  constructor(deps: Deps, store: Store, committed: CommittedPlan, progress: ProgressListener) {
    this.#deps = deps
    this.#store = store
    this.#committed = committed
    this.#progress = progress
    this.#rows = new Map(committed.rows.map((row) => [row.decky, row]))
    this.#changes = new Map(committed.plan.changes.map((change) => [change.decky, change]))
    for (const {decky} of committed.plan.operations) {
      if (decky !== null) this.#open.set(decky, (this.#open.get(decky) ?? 0) + 1)
    }
  }

  /** Rows of deckies that need no operation: unchanged, or removed with nothing left to remove. */
  settleTrivial(): void {
    const at = this.#deps.now().toISOString()
    for (const row of this.#committed.rows) {
      if (this.#open.has(row.decky)) publishRow(this.#deps.bus, row)
      else publishRow(this.#deps.bus, this.#store.succeedRow(row.id, at, outcomeOf(row.operation)))
    }
  }

  started(operation: Operation): void {
    this.#startedAt.set(operation.id, performance.now())
    const row = this.#rowOf(operation)
    if (row !== undefined && !this.#begun.has(row.decky)) {
      this.#begun.add(row.decky)
      publishRow(this.#deps.bus, this.#store.startRow(row.id, this.#deps.now().toISOString()))
    }
    const {address, action, cause} = operation
    this.#progress({type: 'operation.started', address, action, cause})
  }

  step(operation: Operation, step: string): void {
    this.#progress({type: 'operation.step', address: operation.address, step})
  }

  finished(operation: Operation, result: OperationResult): void {
    this.#record(operation, result)
    const {address, action} = operation
    this.#progress({
      type: 'operation.finished',
      address,
      action,
      result: result.status,
      error: result.status === 'ok' ? null : describe(result),
      durationMs: Math.round(performance.now() - (this.#startedAt.get(operation.id) ?? performance.now())),
    })
  }

  #record(operation: Operation, result: OperationResult): void {
    const row = this.#rowOf(operation)
    if (row === undefined) return
    const open = this.#open.get(row.decky)
    if (open === undefined) return
    const at = this.#deps.now().toISOString()
    if (result.status !== 'ok') {
      this.#open.delete(row.decky)
      publishRow(this.#deps.bus, this.#store.failRow(row.id, at, describe(result)))
    } else if (open === 1) {
      this.#open.delete(row.decky)
      const outcome = outcomeOf(this.#changes.get(row.decky)?.operation ?? row.operation)
      publishRow(this.#deps.bus, this.#store.succeedRow(row.id, at, outcome))
    } else {
      this.#open.set(row.decky, open - 1)
    }
  }

  #rowOf(operation: Operation): LifecycleRow | undefined {
    return operation.decky === null ? undefined : this.#rows.get(operation.decky)
  }
}

/** One line for a row's error: what failed, its hint, and never a stack. */
export function describe(result: Exclude<OperationResult, {status: 'ok'}>): string {
  if (result.status === 'skipped') return `not attempted: ${result.reason}`
  const {error} = result
  const hint = error instanceof EngineError || error instanceof DecnetError ? error.hint : undefined
  return hint === undefined ? error.message : `${error.message}; ${hint}`
}

/** Runs the operations of a plan. It makes no decision: what to do and in which order was decided by the plan. */
import {DecnetError} from '../fleet/errors.ts'
import type {Operation} from '../fleet/plan.ts'
import {EngineError} from './engine.ts'

export type OperationResult =
  | {readonly status: 'ok'}
  | {readonly status: 'failed'; readonly error: Error}
  /** Not attempted; `reason` completes "not attempted: …". */
  | {readonly status: 'skipped'; readonly reason: string}

/** Its first throw stops scheduling and is what the execution rejects with: what cannot be recorded must not go on. */
export interface ExecutionListener {
  started(operation: Operation): void
  step(operation: Operation, step: string): void
  finished(operation: Operation, result: OperationResult): void
}

export interface ExecutionOptions {
  /** Carries out one operation; rejects when it failed. */
  readonly perform: (operation: Operation, onStep: (step: string) => void) => Promise<void>
  readonly listener: ExecutionListener
  /** Operations under way at once; the engine bounds its own calls besides. */
  readonly parallel: number
  /** Stops scheduling; operations under way are finished. */
  readonly signal: AbortSignal
  /** Stop scheduling at the first failure. */
  readonly failFast: boolean
}

/** So many operations in a row that the engine did not answer, and it counts as lost. */
const LOST_AFTER = 5

/**
 * Runs every operation whose prerequisites succeeded, the others are skipped with the reason. Resolves when nothing is
 * under way any more, with a result for each operation; rejects only with what the listener threw.
 */
export function execute(
  operations: readonly Operation[],
  options: ExecutionOptions,
): Promise<ReadonlyMap<string, OperationResult>> {
  return new Execution(operations, options).run()
}

class Execution {
  readonly #options: ExecutionOptions
  readonly #results = new Map<string, OperationResult>()
  /** Operations that wait for the one whose id is the key. */
  readonly #dependents = new Map<string, Operation[]>()
  /** How many prerequisites an operation still waits for. */
  readonly #missing = new Map<string, number>()
  readonly #ready: Operation[] = []
  readonly #total: number
  #running = 0
  #unanswered = 0
  /** Why nothing more is scheduled, once that is so. */
  #halted: string | undefined
  /** What the listener threw first. */
  #broken: {readonly error: unknown} | undefined
  #end: () => void = () => undefined

  constructor(operations: readonly Operation[], options: ExecutionOptions) {
    this.#options = options
    this.#total = operations.length
    for (const operation of operations) {
      this.#missing.set(operation.id, operation.dependsOn.length)
      for (const id of operation.dependsOn) {
        const dependents = this.#dependents.get(id)
        if (dependents === undefined) this.#dependents.set(id, [operation])
        else dependents.push(operation)
      }
      if (operation.dependsOn.length === 0) this.#ready.push(operation)
    }
  }

  run(): Promise<ReadonlyMap<string, OperationResult>> {
    return new Promise((resolve, reject) => {
      this.#end = () => (this.#broken === undefined ? resolve(this.#results) : reject(this.#broken.error))
      this.#schedule()
    })
  }

  #tell(message: (listener: ExecutionListener) => void): void {
    try {
      message(this.#options.listener)
    } catch (error) {
      this.#broken ??= {error}
      this.#halted ??= 'the command failed'
    }
  }

  #schedule(): void {
    if (this.#options.signal.aborted) this.#halted ??= 'the command was interrupted'
    while (this.#ready.length > 0) {
      if (this.#halted !== undefined) this.#settle(this.#ready.shift() as Operation, skipped(this.#halted))
      else if (this.#running < this.#options.parallel) void this.#run(this.#ready.shift() as Operation)
      else return
    }
    if (this.#results.size === this.#total) this.#end()
  }

  async #run(operation: Operation): Promise<void> {
    this.#running++
    this.#tell((listener) => listener.started(operation))
    let result: OperationResult = {status: 'ok'}
    try {
      // What could not be recorded as begun is not begun.
      if (this.#broken !== undefined) throw this.#broken.error
      const onStep = (step: string) => this.#tell((listener) => listener.step(operation, step))
      await this.#options.perform(operation, onStep)
    } catch (error) {
      result = {status: 'failed', error: error instanceof Error ? error : new Error(String(error))}
    }
    this.#running--
    this.#judge(operation, result)
    this.#settle(operation, result)
    this.#schedule()
  }

  /** Whether going on makes sense after this result. */
  #judge(operation: Operation, result: OperationResult): void {
    if (result.status !== 'failed') {
      this.#unanswered = 0
      return
    }
    const fault = result.error instanceof EngineError ? result.error.fault : undefined
    const gone = result.error instanceof DecnetError && result.error.code === 'ENGINE_UNAVAILABLE'
    this.#unanswered = gone || fault === 'unavailable' ? this.#unanswered + 1 : 0
    if (this.#unanswered >= LOST_AFTER) this.#halted ??= 'the engine does not answer any more'
    if (fault === 'capacity') this.#halted ??= `the engine is out of resources (${result.error.message})`
    if (this.#options.failFast) this.#halted ??= `${operation.address} failed`
  }

  #settle(operation: Operation, result: OperationResult): void {
    this.#results.set(operation.id, result)
    this.#tell((listener) => listener.finished(operation, result))
    for (const dependent of this.#dependents.get(operation.id) ?? []) {
      if (this.#results.has(dependent.id)) continue
      if (result.status !== 'ok') {
        this.#settle(dependent, skipped(causeFor(operation, result)))
        continue
      }
      const missing = (this.#missing.get(dependent.id) ?? 0) - 1
      this.#missing.set(dependent.id, missing)
      if (missing === 0) this.#ready.push(dependent)
    }
  }
}

function skipped(reason: string): OperationResult {
  return {status: 'skipped', reason}
}

/** Dependents of a skipped operation name the operation that really failed. */
function causeFor(operation: Operation, result: OperationResult): string {
  if (result.status === 'skipped') return result.reason
  return `${operation.address} failed${result.status === 'failed' ? ` (${result.error.message})` : ''}`
}

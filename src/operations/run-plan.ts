import {type Engine, EngineError} from '../engines/engine.ts'
import {execute, type OperationResult} from '../engines/executor.ts'
import type {Decky, Fleet} from '../fleet/decky.ts'
import type {LifecycleOperation, LifecycleRow} from '../fleet/lifecycle.ts'
import type {Operation, Plan} from '../fleet/plan.ts'
import {LOCAL_HOST} from '../fleet/resolve.ts'
import type {EngineName} from '../fleet/spec.ts'
import type {Store} from '../state/store.ts'
import {hashOf} from './compare.ts'
import type {Deps} from './deps.ts'
import type {Engines} from './engines.ts'
import {describe, LifecycleRecorder} from './lifecycle-recorder.ts'
import type {ProgressListener} from './progress.ts'
import {rotateMac} from './rotate-mac.ts'

export interface RunOptions {
  /** Engine calls in flight at once. */
  readonly parallel: number
  /** Milliseconds that one operation may take. */
  readonly timeoutMs: number
  readonly failFast: boolean
  /** Aborted by the user: nothing more is started, what is under way gets `GRACE_MS`. */
  readonly signal: AbortSignal
  readonly progress: ProgressListener
}

/** A committed plan with everything needed to carry it out. */
export interface CommittedPlan {
  readonly plan: Plan
  readonly fleet: Fleet
  readonly generation: number
  readonly deploymentId: number
  readonly rows: readonly LifecycleRow[]
  /** Names whose MAC the fleet file fixes: it is never changed on our own account. */
  readonly pinnedMacs: ReadonlySet<string>
  /** Engines on which the plan leaves nothing of ours. */
  readonly vacated: readonly EngineName[]
}

export interface RunResult {
  readonly rows: readonly LifecycleRow[]
  readonly interrupted: boolean
  /** Failures of network and image operations. */
  readonly resourceErrors: readonly string[]
}

/**
 * Most of an operation is waiting for services to become ready, which occupies no engine call: so more operations are
 * under way than calls.
 */
const OPERATIONS_PER_CALL = 4

/** How long operations under way may still take after an interrupt. */
const GRACE_MS = 12_000

/** Carries out a committed plan and records every transition as it happens. Operations that fail are in the rows. */
export async function runPlan(
  deps: Deps,
  store: Store,
  engines: Engines,
  committed: CommittedPlan,
  options: RunOptions,
): Promise<RunResult> {
  const recorder = new LifecycleRecorder(deps, store, committed, options.progress)
  const performer = new Performer(store, engines, committed, options)
  recorder.settleTrivial()
  const results = await execute(committed.plan.operations, {
    perform: (operation, onStep) => performer.perform(operation, onStep),
    listener: recorder,
    parallel: options.parallel * OPERATIONS_PER_CALL,
    signal: options.signal,
    failFast: options.failFast,
  })
  const interrupted = options.signal.aborted
  const rows = store.lifecycle({deployment: committed.deploymentId})
  const resourceErrors = committed.plan.operations.flatMap((operation) => {
    const result = results.get(operation.id)
    return operation.decky === null && result?.status === 'failed' ? [describe(result)] : []
  })
  for (const name of vacatedBy(committed, results)) store.forgetEngine(name)
  const failed = resourceErrors.length > 0 || rows.some(({status}) => status === 'failed')
  // Also where all of it was done by then: the user was told to run the command again, and that is no conflict.
  const outcome = interrupted ? 'interrupted' : failed ? 'partial' : 'succeeded'
  store.finishDeployment(committed.deploymentId, deps.now().toISOString(), outcome)
  return {rows, interrupted, resourceErrors}
}

/** The engines that the plan was to empty, and did. */
function vacatedBy(
  {plan, fleet, vacated}: CommittedPlan,
  results: ReadonlyMap<string, OperationResult>,
): readonly EngineName[] {
  const failed = plan.operations.filter(({id}) => results.get(id)?.status !== 'ok')
  const held = new Set(failed.map(({engine = fleet.engine}) => engine))
  return vacated.filter((name) => !held.has(name))
}

/** Turns operations into engine calls. */
class Performer {
  readonly #store: Store
  readonly #engines: Engines
  readonly #committed: CommittedPlan
  readonly #options: RunOptions
  readonly #deckies: Map<string, Decky>

  constructor(store: Store, engines: Engines, committed: CommittedPlan, options: RunOptions) {
    this.#store = store
    this.#engines = engines
    this.#committed = committed
    this.#options = options
    this.#deckies = new Map(committed.fleet.deckies.map((decky) => [decky.name, decky]))
  }

  async perform(operation: Operation, onStep: (step: string) => void): Promise<void> {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs)
    const grace = new AbortController()
    const startGrace = () => setTimeout(() => grace.abort(), GRACE_MS).unref()
    this.#options.signal.addEventListener('abort', startGrace, {once: true})
    try {
      await this.#call(operation, {signal: AbortSignal.any([deadline, grace.signal]), onStep})
    } catch (error) {
      if (deadline.aborted && !(error instanceof EngineError)) {
        throw new EngineError('timeout', `not ready within ${this.#options.timeoutMs / 1000} s`, {cause: error})
      }
      throw error
    } finally {
      this.#options.signal.removeEventListener('abort', startGrace)
    }
  }

  #call(operation: Operation, call: {signal: AbortSignal; onStep: (step: string) => void}): Promise<void> {
    const {fleet} = this.#committed
    const {network} = fleet
    const engine = this.#engines.get(operation.engine ?? fleet.engine)
    switch (operation.action) {
      case 'network.create':
        return engine.createNetwork(network, call)
      case 'network.replace':
        return engine.removeNetwork(call).then(() => engine.createNetwork(network, call))
      case 'network.remove':
        return engine.removeNetwork(call)
      case 'image.ensure':
        return engine.ensureImage(call)
      case 'image.remove':
        return engine.removeImage(call)
      case 'decky.remove':
        return engine.removeDecky(operation.decky ?? '', call)
      case 'decky.create':
        return this.#withFreeMac(operation, call, (decky) => engine.createDecky(this.#request(decky), network, call))
      case 'decky.replace':
        return this.#withFreeMac(operation, call, (decky) => engine.replaceDecky(this.#request(decky), network, call))
      case 'decky.restart':
        // An instance keeps the MAC that it was made with: another MAC is another instance.
        return this.#withFreeMac(operation, call, (decky, rotated) =>
          rotated
            ? engine.createDecky(this.#request(decky), network, call)
            : engine.restartDecky(this.#request(decky), network, call),
        )
      default:
        return operation.action satisfies never
    }
  }

  get #own(): Engine {
    return this.#engines.get(this.#committed.fleet.engine)
  }

  #decky(operation: Operation): Decky {
    const decky = this.#deckies.get(operation.decky ?? '')
    if (decky === undefined) throw new Error(`${operation.id} names no decky of the fleet`)
    return decky
  }

  #request(decky: Decky) {
    const {fleet, generation} = this.#committed
    return {decky, domain: fleet.domain, configHash: hashOf(decky, fleet, this.#own), generation}
  }

  /**
   * A daemon that died while starting a container can leave a process that the Engine does not list and that keeps the
   * MAC on the LAN. Only another MAC helps; the new one is recorded before it is used.
   */
  async #withFreeMac(
    operation: Operation,
    {onStep}: {onStep: (step: string) => void},
    attempt: (decky: Decky, rotated: boolean) => Promise<void>,
  ): Promise<void> {
    for (let rotation = 1; ; rotation++) {
      const decky = this.#decky(operation)
      try {
        return await attempt(decky, rotation > 1)
      } catch (error) {
        const ghost = error instanceof EngineError && error.fault === 'mac-in-use'
        if (!ghost || rotation > MAC_ROTATIONS || this.#committed.pinnedMacs.has(decky.name)) throw error
        const rotated = this.#rotate(decky, rotation)
        onStep(`MAC ${decky.mac} is held by a ghost, using ${rotated.mac}`)
      }
    }
  }

  #rotate(decky: Decky, rotation: number): Decky {
    const {fleet} = this.#committed
    const taken = new Set([...this.#deckies.values()].map(({mac}) => mac))
    const rotated = rotateMac(decky, {
      secret: this.#store.install().secret,
      salt: `${this.#committed.deploymentId}/${rotation}`,
      taken,
    })
    this.#deckies.set(decky.name, rotated)
    this.#store.updateDecky(rotated, hashOf(rotated, fleet, this.#own))
    return rotated
  }
}

const MAC_ROTATIONS = 3

/** The rows that a plan gets: one for each decky it concerns. */
export function rowsOf(plan: Plan, fleet: Fleet): {decky: string; host: string; operation: LifecycleOperation}[] {
  const hosts = new Map(fleet.deckies.map(({name, host}) => [name, host]))
  return plan.changes.map(({decky, operation}) => ({decky, host: hosts.get(decky) ?? LOCAL_HOST, operation}))
}

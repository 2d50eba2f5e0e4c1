import {type Engine, EngineError, type EvidenceSink} from '../engines/engine.ts'
import type {Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {EngineName} from '../fleet/spec.ts'
import type {Deps, EngineRequest} from './deps.ts'
import type {Snapshot} from './mutation.ts'

/** The engines of one command, each made when it is first needed. */
export class Engines {
  readonly #deps: Deps
  readonly #request: Omit<EngineRequest, 'name' | 'portOffset'>
  /** The fleet as it is to be, and as it was. */
  readonly #fleets: readonly Fleet[]
  readonly #made = new Map<EngineName, Engine>()

  constructor(
    deps: Deps,
    {install, settings, stored}: Snapshot,
    fleet: Fleet,
    {evidence, parallel}: {readonly evidence: EvidenceSink; readonly parallel: number | undefined},
  ) {
    this.#deps = deps
    this.#request = {install, evidence, image: settings.image, parallel: parallel ?? settings.parallel}
    this.#fleets = stored === null ? [fleet] : [fleet, stored.fleet]
  }

  async make(name: EngineName): Promise<Engine> {
    const portOffset = this.#fleets.find(({engine}) => engine === name)?.portOffset ?? 0
    const engine = this.#made.get(name) ?? (await this.#deps.createEngine({...this.#request, name, portOffset}))
    this.#made.set(name, engine)
    return engine
  }

  /** One that was made before. */
  get(name: EngineName): Engine {
    const engine = this.#made.get(name)
    if (engine === undefined) throw new Error(`the ${name} engine was not made`)
    return engine
  }

  async close(): Promise<void> {
    await Promise.all([...this.#made.values()].map((engine) => engine.close()))
  }
}

/** An engine that refuses to answer, or answers too late, says as little about the deckies as one that is gone. */
export function isEngineFailure(error: unknown): error is DecnetError | EngineError {
  return error instanceof EngineError || (error instanceof DecnetError && error.code !== 'INTERNAL')
}

/** The same failure with more advice. */
export function withAdvice(error: DecnetError | EngineError, advice: string): DecnetError | EngineError {
  const hint = error.hint === undefined ? advice : `${error.hint}; ${advice}`
  if (error instanceof EngineError) return new EngineError(error.fault, error.message, {hint, cause: error})
  return new DecnetError(error.code, error.message, {hint, cause: error, diagnostics: error.diagnostics})
}

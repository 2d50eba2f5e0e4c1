import type {DockerApi} from './api.ts'
import type {ContainerDetails} from './api-types.ts'
import {CallFailure} from './call-failure.ts'
import {isTransient} from './errors.ts'
import {backoffMs, pause} from './pause.ts'
import type {Timing} from './timing.ts'

const TRIES = 5
const LOOKS = 3

export interface Attempt<T> {
  /** For messages of waiting. */
  readonly what: string
  readonly signal: AbortSignal | undefined
  run(): Promise<T>
  /**
   * Looks whether a call of unknown outcome was carried out: its result, or null when it was not. Absent: the call
   * reads only, or does no harm twice.
   */
  look?(signal: AbortSignal | undefined): Promise<T | null>
}

/**
 * Runs a call until it succeeds or fails for good. What can pass is retried with back-off. After an unknown outcome
 * the engine is looked at first, several times, because a change may still be under way.
 */
export async function persist<T>(timing: Timing, attempt: Attempt<T>): Promise<T> {
  for (let count = 0; ; count++) {
    try {
      return await attempt.run()
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      const settled = error.outcome === 'unknown' ? await settle(timing, attempt, error) : null
      if (settled !== null) return settled.value
      if (!mayPass(error, attempt, count)) throw error
      await pause(backoffMs(timing, count), attempt.what, attempt.signal)
    }
  }
}

function mayPass(error: CallFailure, attempt: {look?: unknown}, count: number): boolean {
  // An engine that is silent for a whole deadline is asked once more, not for a minute.
  if (error.code === 'DEADLINE' && attempt.look === undefined && count > 0) return false
  return (isTransient(error) || error.outcome === 'unknown') && count + 1 < TRIES
}

/** `null`: the call was not carried out and may be repeated. */
async function settle<T>(timing: Timing, attempt: Attempt<T>, failure: CallFailure): Promise<{value: T} | null> {
  if (attempt.look === undefined) return null
  let last: unknown = failure
  let answered = false
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await pause(timing.look, attempt.what, attempt.signal)
    const hurry = attempt.signal?.aborted === true ? AbortSignal.timeout(timing.grace) : undefined
    try {
      const found = await attempt.look(hurry)
      if (found !== null) return {value: found}
      answered = true
    } catch (error) {
      if (hurry?.aborted === true) throw failure
      if (!(error instanceof CallFailure)) throw error
      last = error
    }
  }
  if (answered) return null
  throw last
}

/** The container, or null when there is none. */
export async function findContainer(
  api: DockerApi,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ContainerDetails | null> {
  try {
    return await api.inspectContainer(id, signal)
  } catch (error) {
    if (error instanceof CallFailure && error.status === 404) return null
    throw error
  }
}

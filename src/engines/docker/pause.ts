import {setTimeout as sleep} from 'node:timers/promises'

import {abandoned} from './client.ts'
import type {Timing} from './timing.ts'

/** Waits; rejects with the operation's own error when the signal ends it. */
export async function pause(milliseconds: number, what: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : {signal})
  } catch (error) {
    throw abandoned(what, signal?.reason ?? error)
  }
}

/** Full-jitter back-off: anything up to a bound that doubles with each attempt (0, 1, 2 …). */
export function backoffMs(timing: Timing, attempt: number): number {
  return Math.random() * Math.min(timing.backoffCap, timing.backoff * 2 ** attempt)
}

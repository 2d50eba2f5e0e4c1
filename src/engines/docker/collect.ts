/** Takes what deckies have written since the last time, while they go on. */
import type {CallOptions} from '../engine.ts'
import type {DockerContext} from './context.ts'
import {drainEvidence} from './evidence.ts'
import {listOwn, type OwnContainer} from './own-containers.ts'

/**
 * Lines are read again from so long before the newest one that is stored: the log's own times are later than those in
 * the lines by what a busy machine takes to write them, and what is stored twice is stored once.
 */
const OVERLAP_MS = 60_000
/** Logs read at once; calls are bounded further down, but each stream holds a connection until it is read. */
const AT_ONCE = 8

/** Every container of the fleet, whatever its state; one whose log cannot be read is reported and passed over. */
export async function collectEvidence(context: DockerContext, {signal, onStep}: CallOptions): Promise<void> {
  const waiting = (await listOwn(context, signal)).filter(({customService}) => customService === null)
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await drainEvidence(context, next, onStep ?? (() => undefined), {...sinceOf(context, next), signal})
    }
  }
  await Promise.all(Array.from({length: AT_ONCE}, worker))
}

/** In seconds with a fraction, as the Engine takes it. */
export function sinceOf(context: DockerContext, {decky}: OwnContainer): {since?: string} {
  const newest = context.evidence.newest?.(decky) ?? null
  return newest === null ? {} : {since: ((Date.parse(newest) - OVERLAP_MS) / 1000).toFixed(3)}
}

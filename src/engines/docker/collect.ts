/** Takes what deckies have written since the last time, while they go on. */
import type {CallOptions, StepListener} from '../engine.ts'
import type {DockerContext} from './context.ts'
import {drainCustomLog} from './custom-log.ts'
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
  await drainAll(context, await listOwn(context, signal), onStep ?? (() => undefined), signal)
}

/** Their evidence, and what custom services printed. */
export async function drainAll(
  context: DockerContext,
  containers: readonly OwnContainer[],
  onStep: StepListener,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...containers]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await drainOne(context, next, onStep, signal)
    }
  }
  await Promise.all(Array.from({length: AT_ONCE}, worker))
}

async function drainOne(
  context: DockerContext,
  container: OwnContainer,
  onStep: StepListener,
  signal: AbortSignal,
): Promise<void> {
  const {customService} = container
  if (customService !== null) await drainCustomLog(context, {...container, customService}, onStep, signal)
  else await drainEvidence(context, container, onStep, {...sinceOf(context, container), signal})
}

/** In seconds with a fraction, as the Engine takes it. */
export function sinceOf(context: DockerContext, {decky}: OwnContainer): {since?: string} {
  const newest = context.evidence.newest?.(decky) ?? null
  return newest === null ? {} : {since: ((Date.parse(newest) - OVERLAP_MS) / 1000).toFixed(3)}
}

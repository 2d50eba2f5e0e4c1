/** Takes what deckies write while they write it. */
import {setTimeout as sleep} from 'node:timers/promises'

import type {CallOptions} from '../engine.ts'
import {collectEvidence, drainAll, sinceOf} from './collect.ts'
import type {DockerContext} from './context.ts'
import {isEvidence, logBatches} from './evidence.ts'
import {listOwn, type OwnContainer} from './own-containers.ts'

/**
 * Follows the log of every running container of the fleet until it is aborted; one that appears is found at the next look.
 * A stream alone is not trusted: it may end or fall silent when a log is rotated or the daemon restarts, so that all logs
 * are read again from time to time, too. Rejects where the engine or the store fails; nothing is lost by that, because
 * what is stored is where the next reading begins.
 */
export async function followEvidence(context: DockerContext, options: CallOptions): Promise<void> {
  const {signal} = options
  const failed = new AbortController()
  const within = AbortSignal.any([signal, failed.signal])
  const followed = new Map<string, Promise<void>>()
  const follow = (container: OwnContainer): void => {
    const stream = followOne(context, container, within)
      .catch((error: unknown) => failed.abort(error))
      .finally(() => followed.delete(container.id))
    followed.set(container.id, stream)
  }
  try {
    for (let look = 0; !within.aborted; look++) {
      const {collectEvery, customEvery, poll} = LOOKS
      if (look % collectEvery === 0) await collectEvidence(context, {...options, signal: within})
      const present = await listOwn(context, within)
      if (look % customEvery === 0) {
        const custom = present.filter(({customService}) => customService !== null)
        await drainAll(context, custom, options.onStep ?? (() => undefined), within)
      }
      for (const container of present) {
        if (container.customService === null && container.state === 'running' && !followed.has(container.id)) {
          follow(container)
        }
      }
      await sleep(poll, undefined, {signal: within}).catch(() => undefined)
    }
  } catch (error) {
    if (!within.aborted) throw error
  } finally {
    failed.abort()
    await Promise.all(followed.values())
  }
  if (!signal.aborted) throw failed.signal.reason
}

/**
 * Milliseconds between two looks for new containers, and how many of them until all logs are read again. What custom
 * services print is read, not followed: where it goes on is known at the end of a reading only.
 */
const LOOKS = {poll: 2_000, collectEvery: 15, customEvery: 3}

/** A stream that ends is no failure: its container stopped, its log was rotated, or the daemon went away. */
async function followOne(context: DockerContext, container: OwnContainer, signal: AbortSignal): Promise<void> {
  const batches = async function* () {
    try {
      const stream = await context.api.readLog(container.id, {follow: true, ...sinceOf(context, container)}, signal)
      yield* logBatches(stream, ['stdout'])
    } catch {
      // What it means for the engine shows at the next look.
    }
  }
  for await (const lines of batches()) {
    const evidence = lines.map(({line}) => line).filter(isEvidence)
    if (evidence.length > 0) context.evidence.store(evidence)
  }
}

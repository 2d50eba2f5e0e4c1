import type {EventQuery} from '../events/event-query.ts'
import type {StoredEvent} from '../events/evidence-store.ts'
import {readSetting} from '../state/settings.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'

export type {EventQuery} from '../events/event-query.ts'
export type {StoredEvent} from '../events/evidence-store.ts'

/**
 * Takes what the deckies have recorded since the last time into the store. Without a fleet there is nothing to take.
 * Rejects where the engine cannot be asked; what is stored by then stays.
 */
export async function collectEvents(deps: Deps, signal: AbortSignal): Promise<void> {
  const store = deps.readState()
  if (store === null) return
  const evidence = deps.openEvidence()
  try {
    const stored = store.fleet()
    if (stored === null) return
    const engine = await deps.createEngine({
      name: stored.fleet.engine,
      install: store.install(),
      evidence,
      image: readSetting(store, 'image'),
      parallel: readSetting(store, 'parallel'),
      portOffset: stored.fleet.portOffset,
    })
    try {
      await engine.collect({signal})
    } finally {
      await engine.close()
    }
  } finally {
    evidence.close()
    store.close()
  }
}

/** Stored events, oldest first. */
export function storedEvents(deps: Deps, query: EventQuery): StoredEvent[] {
  return withEvidence(deps, (evidence) => evidence.find(query))
}

/** The id of this install; empty where nothing was deployed yet. */
export function installOf(deps: Deps): string {
  const store = deps.readState()
  if (store === null) return ''
  try {
    return store.install().id
  } finally {
    store.close()
  }
}

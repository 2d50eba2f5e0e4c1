import type {EventQuery} from '../events/event-query.ts'
import type {StoredEvent} from '../events/evidence-store.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'
import {withState} from './state.ts'

export type {EventQuery} from '../events/event-query.ts'
export type {StoredEvent} from '../events/evidence-store.ts'

/** Stored events, oldest first. */
export function storedEvents(deps: Deps, query: EventQuery): StoredEvent[] {
  return withEvidence(deps, (evidence) => evidence.find(query))
}

/** The id of this install; empty where nothing was deployed yet. */
export function installOf(deps: Deps): string {
  return withState(deps, '', (store) => store.install().id)
}

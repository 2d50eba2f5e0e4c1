import type {StoredEvent} from '../events/evidence-store.ts'
import {findSessions, type Session, type SessionQuery, sessionEvents, sessionsBeginning} from '../events/sessions.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'

export type {Session} from '../events/sessions.ts'

export function sessionsOf(deps: Deps, query: SessionQuery): Session[] {
  return withEvidence(deps, (store) => findSessions(store, query))
}

/** Everything of one session. `id` may be its beginning. Throws DecnetError where it names none, or more than one. */
export function sessionOf(deps: Deps, id: string): {readonly id: string; readonly events: readonly StoredEvent[]} {
  return withEvidence(deps, (store) => {
    const whole = sessionEvents(store, id)
    if (whole.length > 0) return {id, events: whole}
    const [first, second] = id === '' ? [] : sessionsBeginning(store, id)
    if (first === undefined) {
      throw new DecnetError('USAGE', `there is no session ${JSON.stringify(id)}`, {
        hint: '`decnet sessions` shows them',
      })
    }
    if (second !== undefined) {
      throw new DecnetError('USAGE', `more than one session begins with ${JSON.stringify(id)}`, {
        hint: 'write more of it',
      })
    }
    return {id: first, events: sessionEvents(store, first)}
  })
}

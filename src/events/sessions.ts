/** Connections of intruders, each with what happened in it. */
import type {EvidenceEvent} from './event.ts'
import {EVENT_CLASSES, type EventClass} from './event-table.ts'
import {ASKED_FOR} from './evidence-schema.ts'
import type {EvidenceStore, StoredEvent} from './evidence-store.ts'

export interface Session {
  readonly id: string
  readonly decky: string
  readonly service: string
  readonly source: string | null
  /** ISO 8601: its first and last event so far. */
  readonly first: string
  readonly last: string
  readonly events: number
  readonly class: EventClass
  /** Whether its terminal was recorded. */
  readonly terminal: boolean
}

export interface SessionQuery {
  readonly deckies?: readonly string[] | undefined
  readonly services?: readonly string[] | undefined
  readonly source?: string | undefined
  /** ISO 8601: not begun before. */
  readonly since?: string | undefined
  /** Only those whose terminal was recorded. */
  readonly terminal: boolean
  /** Only those in which somebody did more than look. */
  readonly tried?: boolean | undefined
  /** The newest so many. */
  readonly limit: number
}

const TRIED = `EXISTS (SELECT 1 FROM evidence AS other
  WHERE other.session = evidence.session AND other.class IN ('interaction', 'high-confidence'))`

/** In the order of their beginning. */
export function findSessions(store: EvidenceStore, query: SessionQuery): Session[] {
  const {deckies = [], services = [], source, since, terminal, tried = false, limit} = query
  const among = (column: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`${column} IN (${values.map(() => '?').join(', ')})`]
  const clauses = [
    // Every connection has a beginning; of one whose beginning retention removed, what is left is not shown as a whole.
    terminal
      ? `event = 'session.transcript' AND ${ASKED_FOR} AND json ->> '$.data.part' = 1`
      : `event = 'session.start'`,
    ...among('decky COLLATE NOCASE', deckies),
    ...among('service', services),
    ...(source === undefined ? [] : ['source = ?']),
    ...(since === undefined ? [] : ['ts >= ?']),
    ...(tried ? [TRIED] : []),
  ]
  const values = [
    ...deckies,
    ...services,
    ...(source === undefined ? [] : [source]),
    ...(since === undefined ? [] : [since]),
  ]
  return store.read([], (db) => {
    const ids = db
      .prepare(
        `SELECT session FROM evidence WHERE session IS NOT NULL AND ${clauses.join(' AND ')} ORDER BY ts DESC, id DESC LIMIT ?`,
      )
      .pluck()
      .all(...values, limit) as string[]
    const summary = db.prepare(
      `SELECT session AS id, decky, service, max(source) AS source, min(ts) AS first, max(ts) AS last,
         count(*) AS events, group_concat(DISTINCT class) AS classes, max(event = 'session.transcript') AS terminal
       FROM evidence WHERE session = ?`,
    )
    return ids.toReversed().map((id) => {
      const {
        classes,
        terminal: recorded,
        ...row
      } = summary.get(id) as Omit<Session, 'class' | 'terminal'> & {
        classes: string
        terminal: number
      }
      const worst = EVENT_CLASSES.findLast((each) => classes.split(',').includes(each)) ?? 'system'
      return {...row, class: worst, terminal: recorded === 1}
    })
  })
}

/** Everything that happened in a session, in the order in which it did. `id` may be its beginning, where that is enough. */
export function sessionEvents(store: EvidenceStore, id: string): StoredEvent[] {
  return store.read([], (db) => {
    const rows = db.prepare('SELECT id, json FROM evidence WHERE session = ? ORDER BY ts, seq').all(id) as {
      id: number
      json: string
    }[]
    return rows.map((row) => ({id: row.id, event: JSON.parse(row.json) as EvidenceEvent}))
  })
}

/** The sessions whose id begins so; at most two, because more say no more than two. */
export function sessionsBeginning(store: EvidenceStore, prefix: string): string[] {
  return store.read(
    [],
    (db) =>
      db
        .prepare('SELECT DISTINCT session FROM evidence WHERE session >= ? AND session < ? LIMIT 2')
        .pluck()
        .all(prefix, `${prefix}\uffff`) as string[],
  )
}

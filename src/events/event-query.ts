import type {EventName} from './event.ts'
import type {EventClass} from './event-table.ts'
import {ASKED_FOR, NOTABLE} from './evidence-schema.ts'

/** Which stored events are wanted. What is absent restricts nothing. */
export interface EventQuery {
  readonly deckies?: readonly string[] | undefined
  readonly services?: readonly string[] | undefined
  readonly events?: readonly EventName[] | undefined
  readonly classes?: readonly EventClass[] | undefined
  /** Somewhere in the event, exactly. */
  readonly text?: string | undefined
  /** Names of events that are left out. */
  readonly without?: readonly EventName[] | undefined
  /** The peer's IP address. */
  readonly source?: string | undefined
  /** ISO 8601: not before. */
  readonly since?: string | undefined
  /** ISO 8601: before. */
  readonly until?: string | undefined
  /** Number of the last event that is known: only later stored ones. */
  readonly after?: number | undefined
  /** The newest so many. */
  readonly limit: number
}

export interface Condition {
  /** SQL, to be joined by AND. */
  readonly clauses: readonly string[]
  readonly values: readonly (string | number)[]
}

const CONNECTIONS: ReadonlySet<string> = new Set(['session.start', 'session.end', 'session.tls'])

/** The query as conditions on the columns of the `evidence` table. Values are bound, never part of the text. */
export function conditionOf(query: EventQuery): Condition {
  const parts: [clause: string, values: readonly (string | number)[]][] = []
  const among = (column: string, values: readonly string[] | undefined, not = ''): void => {
    if (values === undefined || values.length === 0) return
    // Of several, an index would give each in order, but not all: sorting them takes longer than going by the time.
    const plain = values.length > 1 ? '+' : ''
    parts.push([`${plain}${column} ${not}IN (${values.map(() => '?').join(', ')})`, values])
  }
  const compared = (clause: string, value: string | number | undefined): void => {
    if (value !== undefined) parts.push([clause, [value]])
  }
  among('decky COLLATE NOCASE', query.deckies)
  among('service', query.services)
  among('event', query.events)
  if (query.events?.length === 1 && !CONNECTIONS.has(query.events[0] ?? '')) parts.push([ASKED_FOR, []])
  among('event', query.without, 'NOT ')
  if (query.classes?.join() === 'high-confidence') parts.push([NOTABLE, []])
  else among('class', query.classes)
  compared('source = ?', query.source)
  compared('ts >= ?', query.since)
  compared('ts < ?', query.until)
  compared('id > ?', query.after)
  // The text as it stands in JSON, without the quotation marks around it.
  compared('instr(json, ?) > 0', query.text === undefined ? undefined : JSON.stringify(query.text).slice(1, -1))
  return {clauses: parts.map(([clause]) => clause), values: parts.flatMap(([, values]) => values)}
}

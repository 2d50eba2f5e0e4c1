/** Lines of the logs of operators' containers: numbered here, because nobody numbered them where they were written. */
import type Database from 'better-sqlite3'

import {type ContainerLog, EVENT_VERSION, type EvidenceEvent, type LogMark} from './event.ts'
import {ingest} from './ingest.ts'

/** Up to where a log is kept; outlives what retention removes. */
export const LOG_MARKS = `
  CREATE TABLE log_marks (
    boot TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    lines INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`

export function logMark(db: Database.Database, boot: string): LogMark | null {
  const mark = db.prepare('SELECT at, lines FROM log_marks WHERE boot = ?').get(boot) as LogMark | undefined
  return mark ?? null
}

/**
 * Returns how many events were stored: none where the lines do not follow what is kept, because another reader of the
 * same log was faster. To be called inside a transaction. A number is left out for lines that were lost, and so shows as a
 * gap.
 */
export function appendLog(db: Database.Database, log: ContainerLog): number {
  const {boot, decky, service, after, mark, lost, entries} = log
  const kept = logMark(db, boot)
  if (kept?.at !== after?.at || kept?.lines !== after?.lines) return 0
  const last = db.prepare('SELECT last FROM streams WHERE boot = ?').pluck().get(boot)
  const first = (typeof last === 'number' ? last : 0) + (lost ? 2 : 1)
  const events = entries.map(({ts, event}, index): EvidenceEvent => {
    const seq = first + index
    return {v: EVENT_VERSION, id: `${boot}.${seq}`, ts, boot, seq, decky, service, ...event}
  })
  db.prepare(
    `INSERT INTO log_marks (boot, at, lines) VALUES (?, ?, ?)
     ON CONFLICT (boot) DO UPDATE SET at = excluded.at, lines = excluded.lines`,
  ).run(boot, mark.at, mark.lines)
  return ingest(
    db,
    events.map((event) => ({event, json: JSON.stringify(event)})),
  )
}

/** Takes events into the store, each once, and keeps what is derived from them up to date in the same transaction. */
import type Database from 'better-sqlite3'

import {classify} from './classify.ts'
import {IncidentTracker} from './incidents/incident-tracker.ts'
import type {ParsedEvidence} from './parse-evidence.ts'
import {StreamTracker} from './stream-tracker.ts'

/**
 * Returns how many were new. To be called inside a transaction. An event of a boot is new unless its number was seen
 * before, whether or not it is still stored: what retention removed does not come back when a log is read again.
 */
export function ingest(db: Database.Database, parsed: readonly ParsedEvidence[]): number {
  const streams = new StreamTracker(db)
  const incidents = new IncidentTracker(db)
  const insert = db.prepare(
    `INSERT INTO evidence (decky, boot, seq, ts, service, session, event, class, severity, source, incident, json)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  let taken = 0
  for (const {event, json} of parsed) {
    const {decky, boot, seq, ts, service, session = null, event: name, src} = event
    if (!streams.take(boot, seq)) continue
    const classification = classify(event)
    const incident = incidents.take(event, classification)
    const {class: eventClass, severity} = classification
    insert.run(decky, boot, seq, ts, service, session, name, eventClass, severity, src?.ip ?? null, incident, json)
    taken += 1
  }
  streams.save()
  incidents.save()
  return taken
}

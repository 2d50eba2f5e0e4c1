/** What of the evidence is kept, by age and by size. */
import type Database from 'better-sqlite3'

import type {EvidenceStore} from './evidence-store.ts'

export interface Retention {
  /** Milliseconds; null: for ever. */
  readonly maxAge: number | null
  /** Bytes of the whole file; null: without a limit. */
  readonly maxBytes: number | null
}

/** In one transaction: a reader is not kept waiting for long. */
const BATCH = 10_000
/** Below the limit when the size is what decides, so that not every look removes a little. */
const HEADROOM = 0.9

/**
 * Removes the oldest events, and incidents of which nothing is left, until both limits hold; returns how many events
 * went. What no sink has yet goes, too: a limit of the disk is a limit. The file shrinks.
 */
export function prune(store: EvidenceStore, {maxAge, maxBytes}: Retention, now: number): number {
  const before = maxAge === null ? null : new Date(now - maxAge).toISOString()
  const tooOld = before === null ? 0 : removeWhile(store, (db) => removeOlder(db, before))
  const tooMuch = maxBytes !== null && usedBytes(store) > maxBytes ? shrinkTo(store, maxBytes * HEADROOM) : 0
  if (tooOld + tooMuch === 0) return 0
  store.change(removeEmptyIncidents)
  store.read(undefined, (db) => db.exec('PRAGMA incremental_vacuum'))
  return tooOld + tooMuch
}

function removeOlder(db: Database.Database, before: string): number {
  return db
    .prepare('DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE ts < ? ORDER BY ts LIMIT ?)')
    .run(before, BATCH).changes
}

function shrinkTo(store: EvidenceStore, bytes: number): number {
  return removeWhile(store, (db) =>
    liveBytes(db) <= bytes
      ? 0
      : db.prepare('DELETE FROM evidence WHERE id IN (SELECT id FROM evidence ORDER BY ts LIMIT ?)').run(BATCH).changes,
  )
}

function removeWhile(store: EvidenceStore, step: (db: Database.Database) => number): number {
  let removed = 0
  for (;;) {
    const changes = store.change(step)
    removed += changes
    if (changes === 0) return removed
  }
}

/** An incident is kept for as long as an event of it is, or somebody works on it. */
function removeEmptyIncidents(db: Database.Database): void {
  const empty = `(SELECT id FROM incidents WHERE state <> 'acknowledged'
    AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.incident = incidents.id))`
  db.exec(`DELETE FROM touches WHERE incident IN ${empty}; DELETE FROM incidents WHERE id IN ${empty}`)
}

function usedBytes(store: EvidenceStore): number {
  return store.read(0, liveBytes)
}

/** Without the pages that are free already. */
function liveBytes(db: Database.Database): number {
  const [size, pages, free] = ['page_size', 'page_count', 'freelist_count'].map((name) =>
    Number(db.pragma(name, {simple: true})),
  )
  return (size ?? 0) * ((pages ?? 0) - (free ?? 0))
}

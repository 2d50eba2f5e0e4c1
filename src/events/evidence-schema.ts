import type Database from 'better-sqlite3'

import {LOG_MARKS} from './container-log.ts'
import {ingest} from './ingest.ts'
import {parseEvidence} from './parse-evidence.ts'

export const SCHEMA_VERSION = 5

/**
 * The events that have an index by their name: not those which every connection has. A query that asks by name has to say
 * this in the same words, or SQLite does not use the index.
 */
export const ASKED_FOR = `event NOT IN ('session.start', 'session.end', 'session.tls')`
/** The same for what is worth a person's attention. */
export const NOTABLE = `class = 'high-confidence'`

/**
 * - `evidence`: what is collected twice is stored once; `id` is the order of storing, which readers go by that want only
 *   what is new.
 * - `streams`: up to where the events of one boot are known, and `gaps`: those before it that never came.
 * - `incidents`: what one source did, `touches`: to which services of which deckies, `alerts`: what of it is worth a
 *   person's attention, `rules`: sources that are known to be harmless.
 * - `log_marks`: up to where the logs of operators' containers are kept.
 * - `sinks`: where events and alerts are handed on to, and up to where each has them.
 */
const SCHEMA = `
  CREATE TABLE evidence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    decky TEXT NOT NULL,
    boot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    ts TEXT NOT NULL,
    service TEXT NOT NULL,
    session TEXT,
    event TEXT NOT NULL,
    class TEXT NOT NULL,
    severity TEXT NOT NULL,
    source TEXT,
    incident INTEGER,
    json TEXT NOT NULL,
    UNIQUE (boot, seq)
  ) STRICT;
  CREATE INDEX evidence_ts ON evidence (ts);
  CREATE INDEX evidence_source ON evidence (source, ts) WHERE source IS NOT NULL;
  CREATE INDEX evidence_session ON evidence (session, ts) WHERE session IS NOT NULL;
  CREATE INDEX evidence_incident ON evidence (incident, ts) WHERE incident IS NOT NULL;
  CREATE INDEX evidence_event ON evidence (event, ts) WHERE ${ASKED_FOR};

  CREATE TABLE streams (
    boot TEXT PRIMARY KEY,
    last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE gaps (
    boot TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    noticed TEXT NOT NULL,
    PRIMARY KEY (boot, first)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'acknowledged', 'closed')),
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    class TEXT NOT NULL,
    severity TEXT NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    known TEXT,
    note TEXT
  ) STRICT;
  CREATE INDEX incidents_source ON incidents (source, last);
  CREATE INDEX incidents_last ON incidents (last);
  CREATE TABLE touches (
    incident INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    decky TEXT NOT NULL,
    service TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    events INTEGER NOT NULL,
    class TEXT NOT NULL,
    PRIMARY KEY (incident, decky, service)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL,
    ts TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE rules (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sinks (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    type TEXT NOT NULL,
    settings TEXT NOT NULL,
    added TEXT NOT NULL,
    event_cursor INTEGER NOT NULL,
    alert_cursor INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    last_success TEXT,
    last_error TEXT
  ) STRICT;
`

/** Names of deckies are compared without regard to case. */
const INDEXES = `
  DROP INDEX IF EXISTS evidence_decky;
  CREATE INDEX evidence_decky ON evidence (decky COLLATE NOCASE, ts);
  CREATE INDEX IF NOT EXISTS evidence_service ON evidence (service, ts);
  CREATE INDEX IF NOT EXISTS evidence_notable ON evidence (ts) WHERE ${NOTABLE};
`

/** Brings the store to the current schema in one transaction, also where another process does the same. */
export function migrateEvidence(db: Database.Database): void {
  db.transaction(() => {
    const version = Number(db.pragma('user_version', {simple: true}))
    if (version >= SCHEMA_VERSION) return
    if (version < 3) makeAnew(db, version > 0)
    if (version < 4) db.exec(LOG_MARKS)
    db.exec(INDEXES)
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
  }).immediate()
}

function makeAnew(db: Database.Database, hasEvents: boolean): void {
  if (hasEvents) db.exec('ALTER TABLE evidence RENAME TO earlier; DROP INDEX IF EXISTS evidence_ts')
  db.exec('DROP INDEX IF EXISTS evidence_decky; DROP INDEX IF EXISTS evidence_source')
  db.exec(SCHEMA)
  if (hasEvents) takeOver(db)
}

/** Every earlier version had the lines as they came; all the rest is made of them. */
function takeOver(db: Database.Database): void {
  const lines = db.prepare('SELECT json FROM earlier ORDER BY ts, boot, seq').pluck().all() as string[]
  ingest(
    db,
    lines.flatMap((line) => parseEvidence(line) ?? []),
  )
  db.exec('DROP TABLE earlier')
}

import type Database from 'better-sqlite3'

export const SCHEMA_VERSION = 2

/** What is collected twice is stored once. `id` is the order of storing, which `--follow` goes by. */
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
    source TEXT,
    json TEXT NOT NULL,
    UNIQUE (decky, boot, seq)
  ) STRICT;
  CREATE INDEX evidence_ts ON evidence (ts);
  CREATE INDEX evidence_decky ON evidence (decky, ts);
  CREATE INDEX evidence_source ON evidence (source, ts);
`

/** The first version had no numbers and no columns for service, session and source. */
const FROM_1 = `
  INSERT INTO evidence (decky, boot, seq, ts, service, session, event, source, json)
    SELECT decky, boot, seq, ts, json ->> 'service', json ->> 'session', event, json ->> '$.src.ip', json
    FROM evidence_1 ORDER BY ts, boot, seq;
  DROP TABLE evidence_1;
`

/** Brings the store to the current schema in one transaction, also where another process does the same. */
export function migrateEvidence(db: Database.Database): void {
  db.transaction(() => {
    const version = Number(db.pragma('user_version', {simple: true}))
    if (version >= SCHEMA_VERSION) return
    if (version === 1) db.exec('ALTER TABLE evidence RENAME TO evidence_1')
    db.exec(SCHEMA)
    if (version === 1) db.exec(FROM_1)
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
  }).immediate()
}

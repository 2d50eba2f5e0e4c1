import {existsSync} from 'node:fs'
import {join} from 'node:path'

import Database from 'better-sqlite3'

import {translateFailure} from '../state/failures.ts'
import {createPrivateFile} from '../state/files.ts'
import {prepareStateDir} from '../state/state-dir.ts'

import {parseEvidence} from './parse-evidence.ts'

const FILE = 'events.db'
const SCHEMA_VERSION = 1

/** One event per decky, boot and sequence number: what is collected twice is stored once. */
const SCHEMA = `
  CREATE TABLE evidence (
    boot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    decky TEXT NOT NULL,
    ts TEXT NOT NULL,
    event TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (decky, boot, seq)
  ) STRICT, WITHOUT ROWID;
`

/** Evidence taken off the engines, in `events.db` beside the state. The file is made with the first line stored. */
export class EvidenceStore {
  readonly #dir: string
  readonly #path: string
  #db: Database.Database | undefined

  private constructor(dir: string) {
    this.#dir = dir
    this.#path = join(dir, FILE)
  }

  static open(dir: string): EvidenceStore {
    return new EvidenceStore(dir)
  }

  /**
   * Stores lines of evidence and returns how many were new. Lines that are no evidence (a crash report of the runtime)
   * are passed over. Throws DecnetError when the file cannot be written.
   */
  store(lines: readonly string[]): number {
    const events = lines.flatMap((line) => parseEvidence(line) ?? [])
    if (events.length === 0) return 0
    try {
      const db = this.#open()
      const insert = db.prepare(
        'INSERT OR IGNORE INTO evidence (boot, seq, decky, ts, event, json) VALUES (?, ?, ?, ?, ?, ?)',
      )
      return db
        .transaction(() =>
          events.reduce((stored, {event, json}) => {
            const {boot, seq, decky, ts} = event
            return stored + insert.run(boot, seq, decky, ts, event.event, json).changes
          }, 0),
        )
        .immediate()
    } catch (error) {
      throw translateFailure(error, this.#path)
    }
  }

  close(): void {
    this.#db?.close()
    this.#db = undefined
  }

  #open(): Database.Database {
    if (this.#db !== undefined) return this.#db
    prepareStateDir(this.#dir, {create: true})
    if (!existsSync(this.#path)) createPrivateFile(this.#path)
    const db = new Database(this.#path, {timeout: 5000})
    db.pragma('journal_mode = WAL')
    // Every open, not once: later opens of a WAL database fall back to NORMAL, which loses commits at a power loss.
    db.pragma('synchronous = FULL')
    db.pragma('trusted_schema = OFF')
    if (db.pragma('user_version', {simple: true}) === 0) {
      db.transaction(() => {
        if (db.pragma('user_version', {simple: true}) !== 0) return
        db.exec(SCHEMA)
        db.pragma(`user_version = ${SCHEMA_VERSION}`)
      }).immediate()
    }
    this.#db = db
    return db
  }
}

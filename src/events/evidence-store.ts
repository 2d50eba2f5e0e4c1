import {existsSync} from 'node:fs'
import {join} from 'node:path'

import Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import {translateFailure} from '../state/failures.ts'
import {createPrivateFile} from '../state/files.ts'
import {prepareStateDir} from '../state/state-dir.ts'

import {appendLog, logMark} from './container-log.ts'
import type {ContainerLog, EvidenceEvent, LogMark} from './event.ts'
import {conditionOf, type EventQuery} from './event-query.ts'
import {migrateEvidence, SCHEMA_VERSION} from './evidence-schema.ts'
import {ingest} from './ingest.ts'
import {parseEvidence} from './parse-evidence.ts'

const FILE = 'events.db'

/** An event as it is stored; `id` counts up in the order of storing. */
export interface StoredEvent {
  readonly id: number
  readonly event: EvidenceEvent
}

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
   * Stores lines of evidence and returns how many were new: one event per decky, boot and sequence number. Lines that
   * are no evidence (a crash report of the runtime) are passed over. Throws DecnetError when the file cannot be written.
   */
  store(lines: readonly string[]): number {
    const parsed = lines.flatMap((line) => parseEvidence(line) ?? [])
    return parsed.length === 0 ? 0 : this.change((db) => ingest(db, parsed))
  }

  /** Up to where the log of a container is kept; null: nothing of it is. */
  logMark(boot: string): LogMark | null {
    return this.read(null, (db) => logMark(db, boot))
  }

  /** Stores what follows the mark and returns how many were new; none where another reader of the log was faster. */
  appendLog(log: ContainerLog): number {
    return this.change((db) => appendLog(db, log))
  }

  /** ISO 8601: time of the newest event that the decky itself wrote; null: none is stored. */
  newest(decky: string): string | null {
    return this.read(null, (db) => {
      const newest = db
        .prepare(
          `SELECT ts FROM evidence WHERE decky COLLATE NOCASE = ? AND NOT EXISTS
           (SELECT 1 FROM log_marks WHERE log_marks.boot = evidence.boot) ORDER BY ts DESC LIMIT 1`,
        )
        .pluck()
        .get(decky)
      return typeof newest === 'string' ? newest : null
    })
  }

  /**
   * The newest events that fit, oldest first; with `after`, those that were stored next, in that order. Throws DecnetError
   * when the file cannot be read.
   */
  find(query: EventQuery): StoredEvent[] {
    const {clauses, values} = conditionOf(query)
    const where = clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`
    const order = query.after === undefined ? 'ts DESC, id DESC' : 'id'
    return this.read([], (db) => {
      const rows = db
        .prepare(`SELECT id, json FROM evidence ${where} ORDER BY ${order} LIMIT ?`)
        .all(...values, query.limit) as {id: number; json: string}[]
      return (query.after === undefined ? rows.toReversed() : rows).map(({id, json}) => ({
        id,
        event: JSON.parse(json) as EvidenceEvent,
      }))
    })
  }

  /** A look at the store; `absent` where there is none. Throws DecnetError when the file cannot be read. */
  read<T>(absent: T, look: (db: Database.Database) => T): T {
    return existsSync(this.#path) ? this.#guarded(() => look(this.#open())) : absent
  }

  /** A change in one transaction; makes the store where there is none. Throws DecnetError when it cannot be written. */
  change<T>(work: (db: Database.Database) => T): T {
    return this.#guarded(() => {
      const db = this.#open()
      return db.transaction(() => work(db)).immediate()
    })
  }

  close(): void {
    this.#db?.close()
    this.#db = undefined
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw error instanceof DecnetError ? error : translateFailure(error, this.#path)
    }
  }

  #open(): Database.Database {
    if (this.#db !== undefined) return this.#db
    prepareStateDir(this.#dir, {create: true})
    if (!existsSync(this.#path)) createPrivateFile(this.#path)
    const db = new Database(this.#path, {timeout: 5000})
    try {
      // Takes effect in a new file only: what retention frees goes back to the file system.
      db.pragma('auto_vacuum = INCREMENTAL')
      db.pragma('journal_mode = WAL')
      // Every open, not once: later opens of a WAL database fall back to NORMAL, which loses commits at a power loss.
      db.pragma('synchronous = FULL')
      db.pragma('trusted_schema = OFF')
      // Every event touches pages of several indexes: held and written back together, they are written less often.
      db.pragma('cache_size = -16384')
      db.pragma('wal_autocheckpoint = 4096')
      const version = Number(db.pragma('user_version', {simple: true}))
      if (version > SCHEMA_VERSION) {
        throw new DecnetError('STATE_UNREADABLE', `${this.#path} was written by a newer version of decnet`, {
          hint: 'use that version',
        })
      }
      if (version < SCHEMA_VERSION) migrateEvidence(db)
    } catch (error) {
      db.close()
      throw error
    }
    this.#db = db
    return db
  }
}

/** The state file under SQLite: opened with every guard, written in short immediate transactions. */
import {lstatSync} from 'node:fs'
import {dirname, join} from 'node:path'

import Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import {makeBackup} from './backups.ts'
import {createDatabase} from './create-database.ts'
import {isDiskFull, lacksLogIndex, translateFailure} from './failures.ts'
import {checkPrivateFile, statusOf} from './files.ts'
import {latestVersion, type Migration, migrate, schemaVersion} from './migrations.ts'
import {DiskReserve} from './reserve.ts'
import {shown} from './shown.ts'
import {prepareStateDir} from './state-dir.ts'
import {verifyContent, verifyHeader} from './verify.ts'

const STATE_FILE = 'state.db'
const RESERVE_FILE = 'reserve'
const BUSY_TIMEOUT_MS = 5000

export type StateMode = 'read' | 'write'

export interface OpenOptions {
  readonly mode: StateMode
  readonly migrations: readonly Migration[]
  /** Fills a new state file, inside a transaction. */
  readonly initialise: (db: Database.Database) => void
  /** How long to wait for another process's transaction. */
  readonly busyTimeoutMs?: number | undefined
}

/** `device:inode` of the state files that this process has open, each once per connection. */
const openFiles: string[] = []

export class StateDatabase {
  readonly path: string
  readonly #db: Database.Database
  readonly #mode: StateMode
  readonly #identity: string
  readonly #reserve: DiskReserve

  private constructor(path: string, db: Database.Database, mode: StateMode) {
    this.path = path
    this.#db = db
    this.#mode = mode
    this.#identity = identityOf(path)
    this.#reserve = reserveBeside(path)
    openFiles.push(this.#identity)
  }

  /** Null: reading, and there is no state yet. Throws STATE_UNREADABLE, STATE_LOCKED or PERMISSION. */
  static open(dir: string, options: OpenOptions): StateDatabase | null {
    const {mode, migrations, initialise} = options
    if (!prepareStateDir(dir, {create: mode === 'write'})) return null
    const path = join(dir, STATE_FILE)
    try {
      if (statusOf(path) === null) {
        if (mode === 'read') return null
        createDatabase(path, migrations, initialise)
      }
      verifyAtRest(path, options)
      return openVerified(path, options, (db) => new StateDatabase(path, db, mode))
    } catch (error) {
      throw translateFailure(error, path)
    }
  }

  /** Runs queries on one consistent snapshot. */
  read<T>(query: (db: Database.Database) => T): T {
    return this.#guard(() => this.#db.transaction(() => query(this.#db)).deferred())
  }

  /**
   * Runs one transaction that takes the write lock at its start: one that reads first and upgrades later fails at once
   * when another process wrote in between, whatever the time-out. `reserved`: on a full disk it may use the space put
   * aside, because what it records has already happened.
   */
  write<T>(change: (db: Database.Database) => T, {reserved = false} = {}): T {
    if (this.#mode === 'read') throw new DecnetError('INTERNAL', 'the state was opened for reading only')
    return this.#guard(() => {
      this.#assertInPlace()
      const transaction = this.#db.transaction(() => change(this.#db))
      try {
        return transaction.immediate()
      } catch (error) {
        if (!reserved || !isDiskFull(error)) throw error
        this.#reserve.release()
        // The log grows several pages with every change. Emptied into the database after each, it stays small, and the
        // space lasts for what is really new.
        this.#db.pragma('wal_autocheckpoint = 1')
        this.#checkpoint()
        return transaction.immediate()
      }
    })
  }

  /** Copies the state beside it and returns the copy's path. */
  backup(): string {
    return this.#guard(() => {
      this.#assertInPlace()
      return makeBackup(this.#db, this.path)
    })
  }

  /** Closes for good. Throws where the file was moved away while it was being written: its writes are in the wrong file. */
  close(): void {
    if (!this.#db.open) return
    const inPlace = identityOf(this.path) === this.#identity
    if (this.#mode === 'write' && inPlace) this.#tidyUp()
    this.#db.close()
    openFiles.splice(openFiles.indexOf(this.#identity), 1)
    if (this.#mode === 'write' && !inPlace) throw this.#movedAway()
  }

  /** A busy reader is not waited for: what it keeps in the log, the next command moves. */
  #tidyUp(): void {
    this.#db.pragma('busy_timeout = 0')
    this.#checkpoint()
  }

  /** Moves the log into the database. May fail: every commit is durable in the log already. */
  #checkpoint(): void {
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)')
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error
    }
  }

  #guard<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw translateFailure(error, this.path)
    }
  }

  /** SQLite goes on writing into a file that was unlinked or replaced, without a word. */
  #assertInPlace(): void {
    if (identityOf(this.path) !== this.#identity) throw this.#movedAway()
  }

  #movedAway(): DecnetError {
    return new DecnetError(
      'STATE_UNREADABLE',
      `the state file ${shown(this.path)} was removed or replaced while it was in use`,
      {hint: 'check who did it, then run the command again: it works with the file that is there now'},
    )
  }
}

function identityOf(path: string): string {
  const status = lstatSync(path, {throwIfNoEntry: false})
  return status === undefined ? 'none' : `${status.dev}:${status.ino}`
}

/** Everything that can be refused before a writable connection exists, which could change the files by closing. */
function verifyAtRest(path: string, {migrations, busyTimeoutMs = BUSY_TIMEOUT_MS}: OpenOptions): void {
  const uid = process.getuid?.()
  const latest = latestVersion(migrations)
  checkPrivateFile(path, uid)
  const wal = checkPrivateFile(`${path}-wal`, uid)
  checkPrivateFile(`${path}-shm`, uid)
  if (!openFiles.includes(identityOf(path))) verifyHeader(path, latest)
  // The last writable connection to close moves the -wal content into the database: that must not happen to a file
  // that is refused.
  if (wal === null || wal.size === 0) return
  const db = new Database(path, {readonly: true, fileMustExist: true, timeout: busyTimeoutMs})
  try {
    verifyContent(db, path, latest)
  } finally {
    db.close()
  }
}

/**
 * On a full disk SQLite cannot make the index of the log (-shm), which its readers share. A reader that has the file to
 * itself keeps the index in its memory. That it is alone SQLite's own locks see to: whoever else has the state open made
 * the index already, and then this one is not needed, or waits.
 */
function openVerified(
  path: string,
  options: OpenOptions,
  wrap: (db: Database.Database) => StateDatabase,
): StateDatabase {
  try {
    return openConnection(path, options, wrap, 'NORMAL')
  } catch (error) {
    if (options.mode === 'write' || !lacksLogIndex(error)) throw error
    return openConnection(path, options, wrap, 'EXCLUSIVE')
  }
}

function openConnection(
  path: string,
  {mode, migrations, busyTimeoutMs = BUSY_TIMEOUT_MS}: OpenOptions,
  wrap: (db: Database.Database) => StateDatabase,
  locking: 'NORMAL' | 'EXCLUSIVE',
): StateDatabase {
  // Readers too get a writable connection: a read-only one leaves empty -wal and -shm files behind. query_only keeps
  // it from writing.
  const db = new Database(path, {fileMustExist: true, timeout: busyTimeoutMs})
  try {
    db.pragma(`locking_mode = ${locking}`)
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    // This build of SQLite falls back to NORMAL whenever it opens an existing WAL database, and NORMAL loses
    // acknowledged commits at power loss.
    db.pragma('synchronous = FULL')
    verifyContent(db, path, latestVersion(migrations))
    if (mode === 'read') configureReader(db, path, migrations)
    else configureWriter(db, path, migrations)
    return wrap(db)
  } catch (error) {
    db.close()
    throw error
  }
}

function configureReader(db: Database.Database, path: string, migrations: readonly Migration[]): void {
  db.pragma('query_only = ON')
  const version = schemaVersion(db)
  if (version < latestVersion(migrations)) {
    throw new DecnetError(
      'STATE_UNREADABLE',
      `the state file ${shown(path)} was made by an older decnet (schema ${version}) and is not yet migrated`,
      {hint: 'run `decnet reconcile`: a command that changes things migrates the state first'},
    )
  }
}

function configureWriter(db: Database.Database, path: string, migrations: readonly Migration[]): void {
  const journal = db.pragma('journal_mode = WAL', {simple: true})
  if (journal !== 'wal') {
    throw new DecnetError('STATE_UNREADABLE', `the state file ${shown(path)} cannot use a write-ahead log`, {
      hint: 'name a directory on a local disk with --state-dir',
    })
  }
  db.pragma('foreign_keys = ON')
  if (schemaVersion(db) < latestVersion(migrations)) {
    makeBackup(db, path)
    migrate(db, migrations)
  }
  reserveBeside(path).fill()
}

function reserveBeside(path: string): DiskReserve {
  return new DiskReserve(join(dirname(path), RESERVE_FILE))
}

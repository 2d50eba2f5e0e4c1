/** Makes a new state file so that it appears complete or not at all. */
import {randomBytes} from 'node:crypto'
import {linkSync, readdirSync, rmSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'

import Database from 'better-sqlite3'

import {createPrivateFile, syncPath} from './files.ts'
import {type Migration, migrate} from './migrations.ts'
import {APPLICATION_ID} from './verify.ts'

/**
 * Builds the file under a draft name, then links it into place: a crash leaves no half-made state
 * file, and of two processes that come first together one wins and the other uses the winner's.
 */
export function createDatabase(
  path: string,
  migrations: readonly Migration[],
  initialise: (db: Database.Database) => void,
): void {
  removeDeadDrafts(path)
  const draft = `${path}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    // SQLite gives the -wal and -shm files the mode of the database, so none is ever readable by others.
    createPrivateFile(draft)
    const db = new Database(draft)
    try {
      db.pragma(`application_id = ${APPLICATION_ID}`)
      migrate(db, migrations)
      db.transaction(() => initialise(db)).immediate()
      // Last: so far every commit is in the draft itself, and synced, and none waits in a log that is not linked.
      db.pragma('journal_mode = WAL')
    } finally {
      db.close()
    }
    linkUnlessThere(draft, path)
    syncPath(dirname(path))
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(draft + suffix, {force: true})
  }
}

function linkUnlessThere(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Drafts of processes that were killed; one that lives is still at work on its own. */
function removeDeadDrafts(path: string): void {
  const prefix = `${basename(path)}.new-`
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN
    if (pid > 0 && !isAlive(pid)) rmSync(join(dirname(path), name), {force: true})
  }
}

/** Whether a process of this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

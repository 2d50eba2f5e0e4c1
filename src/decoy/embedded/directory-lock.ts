/**
 * One process a directory. The lock is SQLite's own EXCLUSIVE file lock: the kernel frees it the moment the process
 * dies, however it dies, and keeps it while the process is stopped. No pid file is trusted and nothing expires.
 */
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'

import {FILES} from './protocol.ts'

const SQLITE_BUSY = 5

/** Held until the process ends. Null: another process holds it. */
export function lockDirectory(directory: string): DatabaseSync | null {
  const database = new DatabaseSync(join(directory, FILES.lock))
  try {
    database.exec('PRAGMA busy_timeout = 0')
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null
    throw error
  }
}

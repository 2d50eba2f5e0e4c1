/** Translates failures of SQLite and of the file system, once, into what a user can act on. */
import {accessSync, constants, statfsSync} from 'node:fs'
import {dirname} from 'node:path'

import Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import {restoreHint} from './backups.ts'
import {shellWord, shown} from './shown.ts'

const NO_SPACE_HINT = 'free some space on that file system, then run the command again'

/** Whether SQLite ran out of disk space or quota. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_FULL'
}

/** Whether SQLite could not make the shared index of its log, for which a full disk has no room. */
export function lacksLogIndex(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_IOERR_SHM/.test(error.code)
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code)
}

/** A state file that must not be used, with the newest backup (if any) as the way out. */
export function damagedState(path: string, why: string, cause?: unknown): DecnetError {
  return new DecnetError('STATE_UNREADABLE', `the state file ${shown(path)} ${why}`, {hint: restoreHint(path), cause})
}

/**
 * The DecnetError for a failure met while working on `path`. Anything that is neither SQLite's nor the file system's
 * is returned as it is: it is a bug and keeps its stack.
 */
export function translateFailure(error: unknown, path: string): unknown {
  if (error instanceof Database.SqliteError) return sqliteFailure(error, error.code, path)
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    return fileFailure(error, String(error.code), path)
  }
  return error
}

function sqliteFailure(error: Error, code: string, path: string): DecnetError {
  const primary = /^SQLITE_([A-Z]+)/.exec(code)?.[1] ?? ''
  const name = shown(path)
  switch (primary) {
    case 'BUSY':
    case 'LOCKED':
      return new DecnetError('STATE_LOCKED', `the state file ${name} is in use by another process`, {
        hint: `try again shortly; \`fuser -v ${shellWord(path)}\` names the process`,
        cause: error,
      })
    case 'FULL':
      return fileFailure(error, 'ENOSPC', path)
    case 'CORRUPT':
      return damagedState(path, 'is damaged', error)
    case 'NOTADB':
      return damagedState(path, 'is not a database', error)
    case 'READONLY':
    case 'CANTOPEN':
    case 'PERM':
      return inaccessible(error, path)
    case 'IOERR':
      if (hasNoSpace(path)) return fileFailure(error, 'ENOSPC', path)
      return new DecnetError('STATE_UNREADABLE', `the state file ${name} could not be read or written: ${code}`, {
        hint: 'check the disk (dmesg, df) and run the command again',
        cause: error,
      })
    case 'ERROR':
      if (/no such (table|column)|unknown function|malformed/.test(error.message)) {
        return damagedState(path, 'does not have the tables it should have', error)
      }
      break
  }
  return new DecnetError('INTERNAL', `SQLite refused a statement: ${shown(error.message)} (${code})`, {cause: error})
}

/** SQLite says CANTOPEN or READONLY for several causes; the file system knows which. */
function inaccessible(error: Error, path: string): DecnetError {
  for (const place of [path, dirname(path)]) {
    try {
      accessSync(place, constants.R_OK | constants.W_OK)
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
      if (code !== 'ENOENT') return fileFailure(error, code, place)
    }
  }
  if (hasNoSpace(path)) return fileFailure(error, 'ENOSPC', path)
  return new DecnetError('STATE_UNREADABLE', `the state file ${shown(path)} cannot be opened`, {
    hint: `check \`ls -la ${shellWord(dirname(path))}\` and the free space there`,
    cause: error,
  })
}

/** SQLite's index of the log takes 32 KiB, and failing to get them is reported as an I/O error. */
const LEAST_SPACE = 64 * 1024

function hasNoSpace(path: string): boolean {
  try {
    const {bavail, bsize} = statfsSync(dirname(path))
    return bavail * bsize < LEAST_SPACE
  } catch {
    return false
  }
}

function fileFailure(error: Error, code: string, path: string): DecnetError {
  const name = shown(path)
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return new DecnetError('PERMISSION', `not allowed to use ${name}`, {
        hint: 'run as the user that owns it, or name another directory with --state-dir',
        cause: error,
      })
    case 'EROFS':
      return new DecnetError('STATE_UNREADABLE', `${name} is on a read-only file system`, {
        hint: 'remount it writable, or name another directory with --state-dir',
        cause: error,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return new DecnetError('STATE_UNREADABLE', `no space left on the disk that holds ${name}`, {
        hint: NO_SPACE_HINT,
        cause: error,
      })
    default:
      return new DecnetError('STATE_UNREADABLE', `${name} cannot be used: ${code}`, {
        hint: 'name another directory with --state-dir',
        cause: error,
      })
  }
}

/**
 * One changing command at a time. The lock is SQLite's own EXCLUSIVE file lock: the kernel frees it when its process
 * dies and keeps it while the process is paused, so there is no expiry to wait for and nothing to take over.
 */
import {readFileSync, rmSync} from 'node:fs'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import {isAlive} from './create-database.ts'
import {isBusy, translateFailure} from './failures.ts'
import {checkPrivateFile, createPrivateFile, replacePrivateFile, statusOf} from './files.ts'
import {shown} from './shown.ts'
import {prepareStateDir} from './state-dir.ts'

const LOCK_FILE = 'lock.db'
const HOLDER_FILE = 'lock.json'
const POLL_MS = 100
const ANNOUNCE_AFTER_MS = 400

export interface LockOptions {
  /** The command that wants it, e.g. `deploy`. */
  readonly operation: string
  /** 0: do not wait. */
  readonly timeoutMs: number
  /** Called at most once, when waiting has become noticeable. `holder` is one line. */
  readonly onWait?: (holder: string) => void
  readonly signal?: AbortSignal
}

export interface Lock {
  /** Idempotent. */
  release(): void
}

/** Makes the state directory where needed. Throws STATE_LOCKED when the time is up. */
export async function acquireLock(dir: string, options: LockOptions): Promise<Lock> {
  prepareStateDir(dir, {create: true})
  const path = join(dir, LOCK_FILE)
  const db = openLockFile(path)
  try {
    await waitForLock(db, dir, options)
  } catch (error) {
    db.close()
    throw translateFailure(error, path)
  }
  announceHolder(dir, options.operation)
  return {
    release() {
      if (!db.open) return
      // Before the lock goes: afterwards the file may be the next holder's.
      rmSync(join(dir, HOLDER_FILE), {force: true})
      db.close()
    },
  }
}

/** The file stays empty for ever: nothing is written to it, so it needs no header, no journal and no recovery. */
function openLockFile(path: string): Database.Database {
  try {
    if (statusOf(path) === null) createUnlessThere(path)
    checkPrivateFile(path, process.getuid?.())
    return new Database(path, {fileMustExist: true, timeout: 0})
  } catch (error) {
    throw translateFailure(error, path)
  }
}

function createUnlessThere(path: string): void {
  try {
    createPrivateFile(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

async function waitForLock(db: Database.Database, dir: string, options: LockOptions): Promise<void> {
  const {timeoutMs, onWait, signal} = options
  const started = performance.now()
  let announced = false
  if (signal?.aborted === true) throw interruption(signal)
  while (!tryLock(db)) {
    const waited = performance.now() - started
    if (waited >= timeoutMs) throw lockedError(dir)
    if (!announced && waited >= ANNOUNCE_AFTER_MS) {
      announced = true
      onWait?.(describeHolder(dir))
    }
    await pause(Math.min(POLL_MS, timeoutMs - waited), signal)
  }
}

function tryLock(db: Database.Database): boolean {
  try {
    db.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : {signal})
  } catch (error) {
    throw signal?.aborted === true ? interruption(signal) : error
  }
}

function interruption({reason}: AbortSignal): DecnetError {
  if (reason instanceof DecnetError) return reason
  return new DecnetError('INTERRUPTED', 'interrupted while waiting for another decnet command', {cause: reason})
}

function lockedError(dir: string): DecnetError {
  return new DecnetError('STATE_LOCKED', describeHolder(dir), {
    hint: 'wait for it with `--lock-timeout 60s`, or try again later',
  })
}

/** For the message only, so a failure to write it must not stop the command. */
function announceHolder(dir: string, operation: string): void {
  const holder = {pid: process.pid, user: userName(), operation, since: new Date().toISOString()}
  try {
    replacePrivateFile(join(dir, HOLDER_FILE), JSON.stringify(holder))
  } catch {
    // The lock itself is held.
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // The uid has no entry in the password database.
    return `uid ${process.getuid?.() ?? '?'}`
  }
}

/** One line on who holds the lock. The file may be missing, garbage, or left behind by a process that was killed. */
function describeHolder(dir: string): string {
  try {
    const holder: unknown = JSON.parse(readFileSync(join(dir, HOLDER_FILE), 'utf8').slice(0, 4096))
    const {pid, user, operation, since} = Object(holder)
    if (Number.isSafeInteger(pid) && pid > 0 && isAlive(pid)) {
      const who = `pid ${pid}, user ${shown(String(user))}`
      return `another decnet ${shown(String(operation))} (${who}) has run since ${shown(String(since))}`
    }
  } catch {
    // Said below.
  }
  return 'another decnet command is running on this state directory'
}

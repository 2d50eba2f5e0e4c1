/** Copies of the state file, numbered so that their order does not hang on a clock. */
import {mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {dirname, join} from 'node:path'

import type Database from 'better-sqlite3'

import {createPrivateFile, syncPath} from './files.ts'
import {shellWord} from './shown.ts'

const KEPT = 3
const NAME = /^state-(\d{6,})\.db$/
const DRAFT = 'state.db.new'

/**
 * Copies a consistent snapshot beside the state file and returns its path. `VACUUM INTO`, because a plain copy
 * misses what is still in the -wal file (a copy without it lost a whole table).
 */
export function makeBackup(db: Database.Database, statePath: string): string {
  const dir = backupDir(statePath)
  mkdirSync(dir, {recursive: true, mode: 0o700})
  const draft = join(dir, DRAFT)
  rmSync(draft, {force: true})
  // VACUUM INTO writes into an existing empty file, which decides the mode.
  createPrivateFile(draft)
  db.prepare('VACUUM INTO ?').run(draft)
  syncPath(draft)
  const backups = listBackups(statePath)
  const path = join(dir, `state-${String((backups.at(-1)?.number ?? 0) + 1).padStart(6, '0')}.db`)
  renameSync(draft, path)
  syncPath(dir)
  for (const old of backups.slice(0, Math.max(0, backups.length + 1 - KEPT))) rmSync(old.path, {force: true})
  return path
}

interface Backup {
  readonly number: number
  readonly path: string
}

/** Oldest first. */
function listBackups(statePath: string): Backup[] {
  const dir = backupDir(statePath)
  return readdirSync(dir)
    .flatMap((name) => {
      const number = NAME.exec(name)?.[1]
      return number === undefined ? [] : [{number: Number(number), path: join(dir, name)}]
    })
    .toSorted((a, b) => a.number - b.number)
}

/** How to go back to the newest backup, or what to do where there is none. */
export function restoreHint(statePath: string): string {
  const newest = newestBackup(statePath)
  const file = shellWord(statePath)
  if (newest === undefined) {
    return 'there is no backup of it; move it away to start with an empty state'
  }
  return `restore the newest backup: \`rm -f ${file}-wal ${file}-shm && cp -p ${shellWord(newest)} ${file}\``
}

function newestBackup(statePath: string): string | undefined {
  try {
    return listBackups(statePath).at(-1)?.path
  } catch {
    // Writing a hint must not fail: no directory, no permission, no backup.
    return undefined
  }
}

function backupDir(statePath: string): string {
  return join(dirname(statePath), 'backups')
}

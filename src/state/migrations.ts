/** The steps that bring a state file of any age to today's schema. */
import type Database from 'better-sqlite3'

import {INITIAL} from './migrations/001-initial.ts'
import {ENGINES} from './migrations/002-engines.ts'

export interface Migration {
  /** `user_version` once it is done; 1, 2, 3 … */
  readonly version: number
  readonly summary: string
  /** Calls `execute` once per statement. */
  up(execute: (sql: string) => void): void
}

/** In order. A released migration is never edited: state files that it made exist. */
export const MIGRATIONS: readonly Migration[] = [INITIAL, ENGINES]

export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

export function schemaVersion(db: Database.Database): number {
  return Number(db.pragma('user_version', {simple: true}))
}

/**
 * Runs what is missing, each migration with its version number in one transaction: a kill in between leaves the old
 * schema or the new one. The version is read again under the write lock, because another process may have been first.
 */
export function migrate(db: Database.Database, migrations: readonly Migration[]): void {
  for (const migration of migrations) {
    db.transaction(() => {
      if (schemaVersion(db) >= migration.version) return
      migration.up((sql) => db.exec(sql))
      db.pragma(`user_version = ${migration.version}`)
    }).immediate()
  }
}

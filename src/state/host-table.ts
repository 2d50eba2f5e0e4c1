import type Database from 'better-sqlite3'

import type {StoredHost} from './records.ts'
import {Row} from './row.ts'

const STATUSES: Readonly<Record<StoredHost['status'], true>> = {active: true, draining: true}

/** By name. */
export function readHosts(db: Database.Database): StoredHost[] {
  return db
    .prepare('SELECT * FROM hosts ORDER BY name')
    .all()
    .map((values) => {
      const row = new Row('hosts', 'name', values)
      return {
        name: row.text('name'),
        endpoint: row.text('endpoint'),
        status: row.oneOf('status', STATUSES),
        enrolledAt: row.time('enrolled_at'),
      }
    })
}

/** Adds the host, or replaces the one of that name. */
export function writeHost(db: Database.Database, {name, endpoint, status, enrolledAt}: StoredHost): void {
  db.prepare(
    `INSERT INTO hosts (name, endpoint, status, enrolled_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET endpoint = excluded.endpoint, status = excluded.status`,
  ).run(name, endpoint, status, enrolledAt)
}

/** False: there was none of that name. */
export function deleteHost(db: Database.Database, name: string): boolean {
  return db.prepare('DELETE FROM hosts WHERE name = ?').run(name).changes === 1
}

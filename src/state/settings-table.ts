import type Database from 'better-sqlite3'

import {Row} from './row.ts'

export function readSetting(db: Database.Database, name: string): string | null {
  const found = db.prepare('SELECT * FROM settings WHERE name = ?').get(name)
  return found === undefined ? null : new Row('settings', 'name', found).text('value')
}

/** By name. */
export function readSettings(db: Database.Database): Map<string, string> {
  const rows = db.prepare('SELECT * FROM settings ORDER BY name').all()
  return new Map(
    rows.map((values) => {
      const row = new Row('settings', 'name', values)
      return [row.text('name'), row.text('value')]
    }),
  )
}

export function writeSetting(db: Database.Database, name: string, value: string): void {
  db.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
    name,
    value,
  )
}

export function deleteSetting(db: Database.Database, name: string): void {
  db.prepare('DELETE FROM settings WHERE name = ?').run(name)
}

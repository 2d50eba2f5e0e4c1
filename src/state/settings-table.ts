import type Database from 'better-sqlite3'

import {Row} from './row.ts'

export function readSetting(db: Database.Database, name: string): string | null {
  const found = db.prepare('SELECT * FROM settings WHERE name = ?').get(name)
  return found === undefined ? null : new Row('settings', 'name', found).text('value')
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

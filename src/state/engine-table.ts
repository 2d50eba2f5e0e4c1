/**
 * The engines that may hold something of this install. A fleet that moves to another engine, or that is emptied, is
 * forgotten at the commit, before anything is removed: until the removal is confirmed this table says where to look.
 */
import type Database from 'better-sqlite3'

import type {EngineName} from '../fleet/spec.ts'
import {Row} from './row.ts'

export const ENGINE_NAMES: Readonly<Record<EngineName, true>> = {docker: true, embedded: true}

/** By name. */
export function readEngines(db: Database.Database): EngineName[] {
  return db
    .prepare('SELECT name FROM engines ORDER BY name')
    .all()
    .map((values) => new Row('engines', 'name', values).oneOf('name', ENGINE_NAMES))
}

export function rememberEngine(db: Database.Database, name: EngineName): void {
  db.prepare('INSERT INTO engines (name) VALUES (?) ON CONFLICT DO NOTHING').run(name)
}

export function forgetEngine(db: Database.Database, name: EngineName): void {
  db.prepare('DELETE FROM engines WHERE name = ?').run(name)
}

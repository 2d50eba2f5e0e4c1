import {randomBytes} from 'node:crypto'

import type Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import type {StoredInstall} from './records.ts'
import {digest, Row} from './row.ts'

interface Meta extends StoredInstall {
  readonly generation: number
}

/** Gives a new state file its identity; the secret is the only randomness a fleet ever comes from. */
export function makeInstall(db: Database.Database, since: string): void {
  const install = {id: randomBytes(6).toString('hex'), secret: randomBytes(32), since}
  db.prepare('INSERT INTO meta (id, install_id, secret, since, generation, digest) VALUES (1, ?, ?, ?, 0, ?)').run(
    install.id,
    install.secret,
    since,
    metaDigest({...install, generation: 0}),
  )
}

export function readInstall(db: Database.Database): StoredInstall {
  const {id, secret, since} = readMeta(db)
  return {id, secret, since}
}

/** Grows with every commit and never falls, not even when the fleet is emptied. */
export function readGeneration(db: Database.Database): number {
  return readMeta(db).generation
}

export function nextGeneration(db: Database.Database): number {
  const meta = readMeta(db)
  const generation = meta.generation + 1
  const {changes} = db
    .prepare('UPDATE meta SET generation = ?, digest = ? WHERE id = 1')
    .run(generation, metaDigest({...meta, generation}))
  if (changes !== 1) throw new DecnetError('INTERNAL', `${changes} rows of table meta took a new generation`)
  return generation
}

function readMeta(db: Database.Database): Meta {
  const row = new Row('meta', 'id', db.prepare('SELECT * FROM meta WHERE id = 1').get() ?? {id: 1})
  const meta = {
    id: row.text('install_id'),
    secret: row.bytes('secret'),
    since: row.time('since'),
    generation: row.count('generation'),
  }
  row.verify(metaDigest(meta))
  return meta
}

function metaDigest({id, secret, since, generation}: Meta): string {
  return digest(id, secret.toString('hex'), since, generation)
}

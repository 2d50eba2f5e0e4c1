/** Decides whether a file is a sound decnet state file of a version this program knows. */
import {closeSync, openSync, readSync} from 'node:fs'

import type Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import {damagedState} from './failures.ts'
import {schemaVersion} from './migrations.ts'
import {shown} from './shown.ts'

/** `PRAGMA application_id` of a decnet state file: "dcnt". */
export const APPLICATION_ID = 0x64636e74

// The SQLite database header, https://sqlite.org/fileformat2.html#the_database_header
const HEADER_SIZE = 100
const MAGIC = 'SQLite format 3\0'
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68

/**
 * Looks at the header before SQLite may: opening a file is enough for SQLite to change what lies beside it. Never call
 * it for a file that this process has open: closing the descriptor would drop the process's POSIX locks on it.
 */
export function verifyHeader(path: string, latest: number): void {
  const header = readHeader(path)
  if (header.length === 0) throw damagedState(path, 'is empty')
  if (header.length < HEADER_SIZE || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damagedState(path, 'is not a database')
  }
  verifyIdentity(path, header.readUInt32BE(APPLICATION_ID_AT), header.readUInt32BE(USER_VERSION_AT), latest)
}

/** The same questions to the open database, whose -wal file may hold a newer header, and then its structure. */
export function verifyContent(db: Database.Database, path: string, latest: number): void {
  verifyIdentity(path, Number(db.pragma('application_id', {simple: true})), schemaVersion(db), latest)
  const verdict = db.pragma('quick_check(1)', {simple: true})
  if (verdict !== 'ok') throw damagedState(path, `is damaged: ${shown(String(verdict).split('\n').at(-1) ?? '')}`)
}

function verifyIdentity(path: string, application: number, version: number, latest: number): void {
  if (application !== APPLICATION_ID) {
    throw new DecnetError('STATE_UNREADABLE', `${shown(path)} is a database of another program`, {
      hint: 'name another directory with --state-dir',
    })
  }
  if (version > latest) {
    throw new DecnetError(
      'STATE_UNREADABLE',
      `the state file ${shown(path)} was made by a newer decnet (schema ${version}, this one knows ${latest})`,
      {hint: 'use that version of decnet, or another state directory with --state-dir'},
    )
  }
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_SIZE)
  const fd = openSync(path, 'r')
  try {
    return header.subarray(0, readSync(fd, header, 0, HEADER_SIZE, 0))
  } finally {
    closeSync(fd)
  }
}

/** The state directory as files and as rows, read without any code of ours. */
import {createHash} from 'node:crypto'
import {existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {digest} from '../../src/state/row.ts'

/** Mode and digest of every file below, by relative path. */
export function fingerprints(directory: string): Record<string, string> {
  if (!existsSync(directory)) return {}
  const entries = readdirSync(directory, {recursive: true, encoding: 'utf8'}).toSorted()
  return Object.fromEntries(entries.map((name) => [name, fingerprint(join(directory, name))]))
}

function fingerprint(path: string): string {
  const status = lstatSync(path)
  const mode = (status.mode & 0o7777).toString(8)
  if (!status.isFile()) return `${mode} ${status.isDirectory() ? 'directory' : 'other'}`
  return `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
}

/** Gives a state that holds no fleet yet a known secret: what a fleet is made of is then the same each time. */
export function setSecret(directory: string, secret: Buffer): void {
  const db = new Database(join(directory, 'state.db'))
  try {
    const {install_id: id, since, generation} = db.prepare('SELECT * FROM meta').get() as Record<string, string>
    const sum = digest(String(id), secret.toString('hex'), String(since), Number(generation))
    db.prepare('UPDATE meta SET secret = ?, digest = ?').run(secret, sum)
  } finally {
    db.close()
  }
}

/** Every row of every table, in the order of the database. */
export function stateRows(directory: string): Record<string, unknown[]> {
  const db = new Database(join(directory, 'state.db'), {readonly: true})
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
    return Object.fromEntries(tables.map((name) => [String(name), db.prepare(`SELECT * FROM "${name}"`).all()]))
  } finally {
    db.close()
  }
}

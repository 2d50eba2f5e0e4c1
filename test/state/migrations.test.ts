/** Migrating is all or nothing, and leaves a way back. */
import {copyFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {describe, expect, it} from 'vitest'

import {MIGRATIONS} from '../../src/state/migrations.ts'
import {Store} from '../../src/state/store.ts'
import {FURTHER_MIGRATIONS} from './further-migrations.ts'
import {aCommit, aFleet, Child, refusalOf, temporaryDir} from './support.ts'

function schemaOf(path: string): {version: number; schema: string} {
  const db = new Database(path, {fileMustExist: true})
  expect(db.pragma('quick_check', {simple: true})).toBe('ok')
  const version = Number(db.pragma('user_version', {simple: true}))
  const schema = db
    .prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql')
    .pluck()
    .all()
    .join(';\n')
  db.close()
  return {version, schema}
}

function makeState(dir: string): void {
  const store = Store.open(dir, {mode: 'write'})
  store.commit(aCommit(aFleet(3)))
  store.close()
}

/** The statements of all migrations that come after the first `from` of them. */
function statementsAfter(from: number): number {
  let count = 0
  for (const {up} of FURTHER_MIGRATIONS.slice(from)) up(() => count++)
  return count
}

describe('migrations', () => {
  it('are numbered without gaps', () => {
    expect(MIGRATIONS.map(({version}) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  })

  it('run once, with a backup of the old state before them', () => {
    const dir = temporaryDir()
    makeState(dir)
    const before = schemaOf(join(dir, 'state.db'))
    const store = Store.open(dir, {mode: 'write', migrations: FURTHER_MIGRATIONS})
    expect(store.fleet()?.fleet).toEqual(aFleet(3))
    store.close()
    Store.open(dir, {mode: 'write', migrations: FURTHER_MIGRATIONS}).close()
    expect(schemaOf(join(dir, 'state.db')).version).toBe(FURTHER_MIGRATIONS.length)
    expect(readdirSync(join(dir, 'backups'))).toEqual(['state-000001.db'])
    expect(schemaOf(join(dir, 'backups', 'state-000001.db'))).toEqual(before)
  })

  it('are left to a writer; a reader says so', () => {
    const dir = temporaryDir()
    makeState(dir)
    const refusal = refusalOf(() => Store.open(dir, {mode: 'read', migrations: FURTHER_MIGRATIONS}))
    expect(refusal).toMatchObject({code: 'STATE_UNREADABLE', message: expect.stringContaining('older decnet')})
    expect(schemaOf(join(dir, 'state.db')).version).toBe(MIGRATIONS.length)
  })

  it('a failing one changes nothing', () => {
    const dir = temporaryDir()
    makeState(dir)
    const before = schemaOf(join(dir, 'state.db'))
    const broken = {
      version: MIGRATIONS.length + 1,
      summary: 'broken',
      up(execute: (sql: string) => void) {
        execute('CREATE TABLE half (x TEXT) STRICT')
        execute('INSERT INTO nowhere VALUES (1)')
      },
    }
    expect(() => Store.open(dir, {mode: 'write', migrations: [...MIGRATIONS, broken]})).toThrow()
    expect(schemaOf(join(dir, 'state.db'))).toEqual(before)
  })

  it('killed after any statement leave one schema or the other, and run to the end next time', async () => {
    const old = temporaryDir()
    makeState(old)
    const schemas = new Map<number, string>()
    for (let version = MIGRATIONS.length; version <= FURTHER_MIGRATIONS.length; version++) {
      const dir = temporaryDir()
      makeState(dir)
      Store.open(dir, {mode: 'write', migrations: FURTHER_MIGRATIONS.slice(0, version)}).close()
      schemas.set(version, schemaOf(join(dir, 'state.db')).schema)
    }
    for (let killAfter = 0; killAfter <= statementsAfter(MIGRATIONS.length); killAfter++) {
      const dir = temporaryDir()
      copyFileSync(join(old, 'state.db'), join(dir, 'state.db'))
      expect(await new Child('migrator', [dir, String(killAfter)]).ended).toBe('SIGKILL')
      const {version, schema} = schemaOf(join(dir, 'state.db'))
      expect(schema, `killed after ${killAfter}`).toBe(schemas.get(version))
      const store = Store.open(dir, {mode: 'write', migrations: FURTHER_MIGRATIONS})
      expect(store.fleet()?.fleet).toEqual(aFleet(3))
      store.close()
      expect(schemaOf(join(dir, 'state.db')).schema).toBe(schemas.get(FURTHER_MIGRATIONS.length))
    }
  })

  it('killed while the state is made leave no state', {timeout: 60_000}, async () => {
    const statements = statementsAfter(0)
    for (const killAfter of [0, 1, Math.floor(statements / 2), statements - 1, statements]) {
      const dir = temporaryDir()
      expect(await new Child('migrator', [dir, String(killAfter)]).ended).toBe('SIGKILL')
      expect(Store.open(dir, {mode: 'read'})).toBeNull()
      Store.open(dir, {mode: 'write', migrations: FURTHER_MIGRATIONS}).close()
      expect(readdirSync(dir).toSorted()).toEqual(['reserve', 'state.db'])
    }
  })
})

describe('backups', () => {
  it('are numbered and three are kept', () => {
    const dir = temporaryDir()
    const store = Store.open(dir, {mode: 'write'})
    const paths = Array.from({length: 5}, () => store.backup())
    expect(paths.at(-1)).toBe(join(dir, 'backups', 'state-000005.db'))
    expect(readdirSync(join(dir, 'backups'))).toEqual(['state-000003.db', 'state-000004.db', 'state-000005.db'])
    store.close()
  })

  it('made while another process writes restore to a whole state', async () => {
    const dir = temporaryDir()
    const writer = new Child('writer', [dir])
    await writer.line(0)
    const store = Store.open(dir, {mode: 'write'})
    let last = 0
    for (let round = 0; round < 20; round++) {
      const acknowledged = Number((await writer.line(writer.lines.length - 1)).split(' ')[1])
      const restored = temporaryDir()
      copyFileSync(store.backup(), join(restored, 'state.db'))
      const copy = Store.open(restored, {mode: 'write'})
      expect(copy.generation()).toBeGreaterThanOrEqual(Math.max(last, acknowledged))
      last = copy.generation()
      expect(copy.install()).toEqual(store.install())
      expect(copy.fleet()?.fleet).toEqual(aFleet(((last - 1) % 5) + 1))
      copy.close()
    }
    writer.process.kill('SIGKILL')
    await writer.ended
    store.close()
  })
})

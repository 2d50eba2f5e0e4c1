/** The second schema: a port offset, the loopback driver, and the engines that may hold something of ours. */
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {describe, expect, it} from 'vitest'

import {createDatabase} from '../../src/state/create-database.ts'
import {makeInstall} from '../../src/state/install-table.ts'
import {MIGRATIONS} from '../../src/state/migrations.ts'
import {Store} from '../../src/state/store.ts'
import {aCommit, aFleet, codeOf, temporaryDir} from './support.ts'

const EMBEDDED = {
  engine: 'embedded',
  network: {driver: 'loopback', interface: 'lo', subnet: '127.77.0.0/24', gateway: '127.77.0.1'},
  portOffset: 10_000,
} as const

/** A state as the first schema had it, with a fleet in it. */
function firstSchema(dir: string): void {
  const made = temporaryDir()
  const store = Store.open(made, {mode: 'write'})
  store.commit(aCommit(aFleet(2)))
  store.close()
  const path = join(dir, 'state.db')
  createDatabase(path, MIGRATIONS.slice(0, 1), (db) => makeInstall(db, '2025-03-01T12:00:00.000Z'))
  const db = new Database(path)
  db.exec(`ATTACH '${join(made, 'state.db')}' AS made`)
  db.exec('DELETE FROM meta')
  const columns = 'id, mode, engine, driver, interface, subnet, gateway, domain, log_file, digest'
  db.exec(`INSERT INTO fleet (${columns}) SELECT ${columns} FROM made.fleet`)
  for (const table of ['meta', 'fleet_files', 'deployments', 'lifecycle', 'deckies']) {
    db.exec(`INSERT INTO ${table} SELECT * FROM made.${table}`)
  }
  db.close()
}

describe('a state of the first schema', () => {
  it('is read as it was: on docker, without an offset', () => {
    const dir = temporaryDir()
    firstSchema(dir)
    const store = Store.open(dir, {mode: 'write'})
    expect(store.fleet()?.fleet).toEqual(aFleet(2))
    expect(store.engines()).toEqual(['docker'])
    store.close()
  })
})

describe('a fleet of the embedded engine', () => {
  it('is kept with its network and its offset', () => {
    const store = Store.open(temporaryDir(), {mode: 'write'})
    store.commit(aCommit(aFleet(2, EMBEDDED)))
    expect(store.fleet()?.fleet).toEqual(aFleet(2, EMBEDDED))
    store.close()
  })

  it.each(['port_offset = 1', 'port_offset = 0'])('whose row was edited (%s) is refused', (change) => {
    const dir = temporaryDir()
    const store = Store.open(dir, {mode: 'write'})
    store.commit(aCommit(aFleet(2, EMBEDDED)))
    store.close()
    const db = new Database(join(dir, 'state.db'))
    db.exec(`UPDATE fleet SET ${change}`)
    db.close()
    const again = Store.open(dir, {mode: 'write'})
    expect(codeOf(() => again.fleet())).toBe('STATE_UNREADABLE')
    again.close()
  })
})

describe('the engines that may hold something', () => {
  it('are none at first, and then every one that a fleet was committed to, until it is forgotten', () => {
    const store = Store.open(temporaryDir(), {mode: 'write'})
    expect(store.engines()).toEqual([])
    store.commit(aCommit(aFleet(1)))
    store.commit(aCommit(aFleet(1)))
    store.commit(aCommit(aFleet(1, EMBEDDED)))
    expect(store.engines()).toEqual(['docker', 'embedded'])
    store.commit(aCommit(null))
    expect(store.engines()).toEqual(['docker', 'embedded'])
    store.forgetEngine('docker')
    store.forgetEngine('docker')
    expect(store.engines()).toEqual(['embedded'])
    store.close()
  })
})

import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {beforeEach, describe, expect, it} from 'vitest'

import {DecnetError} from '../../src/fleet/errors.ts'
import {Store} from '../../src/state/store.ts'
import {AT, aCommit, aDecky, aFleet, codeOf, refusalOf, temporaryDir} from './support.ts'

const LATER = '2025-03-01T12:00:02.500Z'

let dir: string
let store: Store

beforeEach(() => {
  dir = temporaryDir()
  store = Store.open(dir, {mode: 'write'})
  return () => {
    store.close()
  }
})

/** Changes the file as no decnet would. */
function tamper(sql: string): void {
  const db = new Database(join(dir, 'state.db'))
  db.pragma('ignore_check_constraints = ON')
  db.pragma('foreign_keys = OFF')
  db.exec(sql)
  db.close()
}

describe('the install', () => {
  it('is made once', () => {
    const install = store.install()
    expect(install.id).toMatch(/^[0-9a-f]{12}$/)
    expect(install.secret).toHaveLength(32)
    expect(new Date(install.since).toISOString()).toBe(install.since)
    store.close()
    store = Store.open(dir, {mode: 'write'})
    expect(store.install()).toEqual(install)
  })

  it('differs between state directories', () => {
    const other = Store.open(temporaryDir(), {mode: 'write'})
    expect(other.install().secret.equals(store.install().secret)).toBe(false)
    expect(other.install().id).not.toBe(store.install().id)
    other.close()
  })
})

describe('files', () => {
  it('are private under any umask, the ones that SQLite makes too', () => {
    const open = join(temporaryDir(), 'state')
    const umask = process.umask(0)
    try {
      const other = Store.open(open, {mode: 'write'})
      other.commit(aCommit(aFleet(1)))
      other.backup()
      const names = readdirSync(open, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
      const modes = names.map((entry) => [entry.name, statSync(join(entry.parentPath, entry.name)).mode & 0o777])
      expect(Object.fromEntries(modes)).toEqual({
        reserve: 0o600,
        'state-000001.db': 0o600,
        'state.db': 0o600,
        'state.db-shm': 0o600,
        'state.db-wal': 0o600,
      })
      expect(statSync(join(open, 'backups')).mode & 0o777).toBe(0o700)
      other.close()
    } finally {
      process.umask(umask)
    }
  })
})

describe('a reader', () => {
  it('finds nothing where there is nothing', () => {
    expect(Store.open(temporaryDir(), {mode: 'read'})).toBeNull()
  })

  it('reads beside an open writer and leaves nothing behind', () => {
    store.commit(aCommit(aFleet(2)))
    const reader = Store.open(dir, {mode: 'read'})
    expect(reader?.fleet()?.fleet).toEqual(aFleet(2))
    store.commit(aCommit(aFleet(3)))
    expect(reader?.fleet()?.generation).toBe(2)
    expect(reader && codeOf(() => reader.setSetting('a', 'b'))).toBe('INTERNAL')
    reader?.close()
    store.close()
    Store.open(dir, {mode: 'read'})?.close()
    expect(readdirSync(dir).toSorted()).toEqual(['reserve', 'state.db'])
  })
})

describe('committing', () => {
  it('stores the fleet, the deployment and its pending rows', () => {
    const {deploymentId, generation, rows} = store.commit(aCommit(aFleet(2)))
    expect({deploymentId, generation}).toEqual({deploymentId: 1, generation: 1})
    expect(rows).toEqual(store.lifecycle({deployment: 'last'}))
    expect(rows.map(({decky, status}) => [decky, status])).toEqual([
      ['web-0001', 'pending'],
      ['web-0002', 'pending'],
    ])
    expect(store.fleet()).toEqual({
      generation: 1,
      mode: 'unihost',
      fleet: aFleet(2),
      deckies: aFleet(2).deckies.map((decky) => ({
        decky,
        configHash: `hash of ${decky.name}`,
        deploymentId: 1,
        deploymentOutcome: null,
      })),
    })
    expect(store.lastDeployment()).toEqual({
      id: 1,
      kind: 'deploy',
      user: 'root',
      generation: 1,
      fileName: 'fleet.ini',
      fileHash: 'f00d',
      flags: {replaceFleet: false},
      createdAt: AT,
      completedAt: null,
      outcome: null,
    })
  })

  it('leaves deckies that were not submitted with their deployment', () => {
    store.commit(aCommit(aFleet(2)))
    store.finishDeployment(1, LATER, 'partial')
    store.commit(aCommit(aFleet(3), {submitted: ['WEB-0003']}))
    expect(
      store.fleet()?.deckies.map(({deploymentId, deploymentOutcome}) => [deploymentId, deploymentOutcome]),
    ).toEqual([
      [1, 'partial'],
      [1, 'partial'],
      [2, null],
    ])
  })

  it('lets addresses move between deckies', () => {
    store.commit(aCommit(aFleet(2)))
    const swapped = [aDecky(1, {ip: aDecky(2).ip}), aDecky(2, {ip: aDecky(1).ip})]
    store.commit(aCommit(aFleet(0, {deckies: swapped})))
    expect(store.fleet()?.fleet.deckies).toEqual(swapped)
  })

  it.each([
    ['null', null],
    ['without deckies', aFleet(0)],
  ])('a fleet that is %s empties it, but not the generation', (_, fleet) => {
    store.commit(aCommit(aFleet(2)))
    store.commit(aCommit(fleet, {kind: 'teardown', fileName: null, fileHash: null, fileText: null}))
    expect(store.fleet()).toBeNull()
    expect(store.generation()).toBe(2)
    expect(store.commit(aCommit(aFleet(1))).generation).toBe(3)
  })

  it.each([
    ['a name twice, ignoring case', aFleet(0, {deckies: [aDecky(1), aDecky(2, {name: 'WEB-0001'})]}), {}],
    ['an address twice', aFleet(0, {deckies: [aDecky(1), aDecky(2, {ip: aDecky(1).ip})]}), {}],
    ['a decky without config hash', aFleet(3), {configHashes: new Map()}],
    ['a new decky that nobody submitted', aFleet(3), {submitted: ['web-0001']}],
    ['an operation that there is not', aFleet(3), {rows: [{decky: 'a', host: 'local', operation: 'explode' as never}]}],
  ])('is all or nothing: %s', (_, fleet, changes) => {
    store.commit(aCommit(aFleet(2)))
    const before = {fleet: store.fleet(), rows: store.lifecycle(), deployments: store.deployments(10)}
    expect(codeOf(() => store.commit(aCommit(fleet, {fileHash: 'new', ...changes})))).toBe('INTERNAL')
    expect({fleet: store.fleet(), rows: store.lifecycle(), deployments: store.deployments(10)}).toEqual(before)
  })

  it('updates one decky and keeps its deployment', () => {
    store.commit(aCommit(aFleet(2)))
    const rotated = aDecky(2, {mac: '00:50:56:aa:aa:aa'})
    store.updateDecky(rotated, 'another hash')
    expect(store.fleet()?.deckies[1]).toMatchObject({decky: rotated, configHash: 'another hash', deploymentId: 1})
    expect(codeOf(() => store.updateDecky(aDecky(9), 'hash'))).toBe('INTERNAL')
  })
})

describe('lifecycle rows', () => {
  beforeEach(() => {
    store.commit(aCommit(aFleet(3)))
  })

  it('go from pending over running to an end', () => {
    expect(store.startRow(1, AT)).toMatchObject({status: 'running', startedAt: AT, completedAt: null})
    expect(store.succeedRow(1, LATER, 'created')).toMatchObject({
      status: 'succeeded',
      outcome: 'created',
      error: null,
      startedAt: AT,
      completedAt: LATER,
      durationMs: 2500,
    })
    store.startRow(2, LATER)
    expect(store.failRow(2, AT, 'boom')).toMatchObject({status: 'failed', outcome: null, error: 'boom', durationMs: 0})
    expect(store.succeedRow(3, LATER, 'unchanged')).toMatchObject({startedAt: null, durationMs: null})
  })

  it('that have ended never change, and rows that do not exist neither', () => {
    store.succeedRow(1, AT, 'created')
    store.failRow(2, AT, 'boom')
    const before = store.lifecycle()
    for (const id of [1, 2, 99]) {
      expect(codeOf(() => store.startRow(id, AT))).toBe('INTERNAL')
      expect(codeOf(() => store.succeedRow(id, AT, 'created'))).toBe('INTERNAL')
      expect(codeOf(() => store.failRow(id, AT, 'boom'))).toBe('INTERNAL')
    }
    store.startRow(3, AT)
    expect(codeOf(() => store.startRow(3, AT))).toBe('INTERNAL')
    expect(store.lifecycle().slice(0, 2)).toEqual(before.slice(0, 2))
  })

  it('keep at most 2000 characters of an error, never half a character', () => {
    expect(store.failRow(1, AT, 'x'.repeat(5000)).error).toHaveLength(2000)
    expect(store.failRow(2, AT, `${'x'.repeat(1999)}😀`).error).toBe(`${'x'.repeat(1999)}\ufffd`)
  })

  it('of a dead command are closed, once', () => {
    store.succeedRow(1, AT, 'created')
    store.startRow(2, AT)
    expect(store.closeDeadRows(LATER)).toBe(2)
    expect(store.lifecycle().map(({status}) => status)).toEqual(['succeeded', 'failed', 'failed'])
    expect(store.lifecycle({ids: [2]})[0]?.error).toBe('interrupted: the command that ran it ended')
    expect(store.lastDeployment()).toMatchObject({outcome: 'interrupted', completedAt: LATER})
    expect(store.closeDeadRows(LATER)).toBe(0)
  })

  it('are found by every filter', () => {
    store.startRow(2, AT)
    store.commit(aCommit(aFleet(3), {rows: [{decky: 'web-0001', host: 'local', operation: 'replace'}]}))
    const ids = (query: Parameters<Store['lifecycle']>[0]) => store.lifecycle(query).map(({id}) => id)
    expect(ids({})).toEqual([1, 2, 3, 4])
    expect(ids({ids: [3, 1, 77]})).toEqual([1, 3])
    expect(ids({ids: []})).toEqual([])
    expect(ids({decky: 'WEB-0001'})).toEqual([1, 4])
    expect(ids({deployment: 1})).toEqual([1, 2, 3])
    expect(ids({deployment: 'last'})).toEqual([4])
    expect(ids({status: 'running'})).toEqual([2])
    expect(ids({limit: 2})).toEqual([3, 4])
    expect(ids({deployment: 1, status: 'pending', limit: 1})).toEqual([3])
  })
})

describe('deployments', () => {
  it('finish once', () => {
    store.commit(aCommit(aFleet(1)))
    store.finishDeployment(1, LATER, 'succeeded')
    expect(store.lastDeployment()).toMatchObject({outcome: 'succeeded', completedAt: LATER})
    expect(codeOf(() => store.finishDeployment(1, LATER, 'partial'))).toBe('INTERNAL')
    expect(codeOf(() => store.finishDeployment(7, LATER, 'partial'))).toBe('INTERNAL')
  })

  it('are kept to the newest 1000, but not at the cost of an open row or of a decky', () => {
    store.commit(aCommit(aFleet(1), {fileHash: 'of the decky'}))
    store.closeDeadRows(AT)
    const rows = [{decky: 'gone', host: 'local', operation: 'remove'} as const]
    store.commit(aCommit(aFleet(1), {submitted: [], rows, fileHash: 'with an open row'}))
    store.commit(aCommit(aFleet(1), {submitted: [], rows: [], fileHash: 'nobody needs'}))
    tamper(`INSERT INTO deployments (kind, user, generation, flags, created_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1005)
      SELECT 'deploy', 'root', i, '{}', '${AT}' FROM n`)
    const {deploymentId} = store.commit(aCommit(aFleet(1), {submitted: [], rows: [], fileHash: 'newest'}))
    const kept = store.deployments(5000).map(({id}) => id)
    expect(kept).toHaveLength(1002)
    expect(kept.slice(-2)).toEqual([2, 1])
    expect(kept[999]).toBe(deploymentId - 999)
    const db = new Database(join(dir, 'state.db'), {readonly: true})
    expect(db.prepare('SELECT hash FROM fleet_files ORDER BY hash').pluck().all()).toEqual([
      'newest',
      'of the decky',
      'with an open row',
    ])
    db.close()
  })
})

describe('settings', () => {
  it('are set, changed and deleted', () => {
    store.setSetting('b', '1')
    store.setSetting('a', '2')
    store.setSetting('b', '3')
    expect([store.getSetting('a'), store.getSetting('b')]).toEqual(['2', '3'])
    store.deleteSetting('b')
    store.deleteSetting('c')
    expect(store.getSetting('a')).toBe('2')
    expect(store.getSetting('b')).toBeNull()
  })
})

describe('rows that cannot be', () => {
  const read = () => {
    store.install()
    store.fleet()
    store.lifecycle()
    store.deployments(10)
    store.getSetting('a')
    store.engines()
  }

  it.each([
    ["UPDATE lifecycle SET status = 'foo'", /row 1 of table lifecycle has an impossible status: foo/],
    ["UPDATE lifecycle SET status = '__proto__'", /impossible status/],
    ["UPDATE lifecycle SET operation = 'x' || char(27) || '[31m'", /impossible operation: x\\u\{1b\}\[31m/],
    ["UPDATE lifecycle SET created_at = 'then'", /impossible created_at: then/],
    ["UPDATE lifecycle SET error = zeroblob(10), status = 'failed', completed_at = created_at", null],
    ["UPDATE deckies SET decky = '{'", /row web-0001 of table deckies was changed/],
    ["UPDATE deckies SET decky = replace(decky, '00:50', '00:51')", /table deckies was changed/],
    ["UPDATE deckies SET ip = 'x'", /table deckies was changed/],
    ["UPDATE deckies SET config_hash = 'x'", /table deckies was changed/],
    ['UPDATE deckies SET deployment_id = -1', /row web-0001 of table deckies has an impossible deployment_id: -1/],
    ['DELETE FROM deckies', /row 1 of table fleet was changed/],
    ['DELETE FROM fleet', /row web-0001 of table deckies belongs to no fleet/],
    ["UPDATE fleet SET engine = 'podman'", /row 1 of table fleet has an impossible engine: podman/],
    ["UPDATE fleet SET subnet = '0.0.0.0/0'", /table fleet was changed/],
    ["UPDATE deployments SET flags = '['", /row 1 of table deployments has an impossible flags/],
    ["UPDATE deployments SET flags = '[]'", /row 1 of table deployments has flags that/],
    ["UPDATE deployments SET kind = 'x'", /impossible kind/],
    ['UPDATE meta SET generation = 77', /row 1 of table meta was changed/],
    ['UPDATE meta SET generation = 9007199254740993', /impossible generation/],
    ['UPDATE meta SET secret = randomblob(32)', /row 1 of table meta was changed/],
    ['DELETE FROM meta', /row 1 of table meta has an impossible install_id: none/],
    ['DROP TABLE settings', /does not have the tables/],
    ["INSERT INTO engines VALUES ('podman')", /row podman of table engines has an impossible name/],
  ])('%s', (sql, message) => {
    store.commit(aCommit(aFleet(1)))
    read()
    if (message === null) {
      expect(() => tamper(sql)).toThrow('cannot store BLOB')
      return
    }
    tamper(sql)
    expect(refusalOf(read)).toMatchObject({code: 'STATE_UNREADABLE', message: expect.stringMatching(message)})
  })
})

describe('other processes and other files', () => {
  it('waits for another transaction, then says who may be in the way', () => {
    const impatient = Store.open(dir, {mode: 'write', busyTimeoutMs: 20})
    const db = new Database(join(dir, 'state.db'))
    db.exec('BEGIN IMMEDIATE')
    expect(refusalOf(() => impatient.setSetting('a', 'b'))).toMatchObject({
      code: 'STATE_LOCKED',
      hint: expect.stringContaining('fuser'),
      cause: expect.objectContaining({code: 'SQLITE_BUSY'}),
    })
    db.exec('COMMIT')
    db.close()
    impatient.setSetting('a', 'b')
    impatient.close()
  })

  it('an unexpected failure of SQLite keeps its cause', () => {
    const twice = aFleet(0, {deckies: [aDecky(1), aDecky(2, {ip: aDecky(1).ip})]})
    const refusal = refusalOf(() => store.commit(aCommit(twice)))
    expect(refusal).toBeInstanceOf(DecnetError)
    expect(refusal.cause).toMatchObject({code: 'SQLITE_CONSTRAINT_UNIQUE'})
  })
})

describe('size', () => {
  it('opens and reads a fleet of 1000 deckies in tens of milliseconds', () => {
    const started = performance.now()
    store.commit(aCommit(aFleet(1000)))
    const committed = performance.now()
    store.close()
    const times = Array.from({length: 5}, () => {
      const begin = performance.now()
      store = Store.open(dir, {mode: 'write'})
      expect(store.fleet()?.deckies).toHaveLength(1000)
      const time = performance.now() - begin
      store.close()
      return time
    })
    const best = Math.min(...times)
    console.info(`1000 deckies: commit ${(committed - started).toFixed(1)} ms, open and read ${best.toFixed(1)} ms`)
    expect(best).toBeLessThan(100)
  })
})

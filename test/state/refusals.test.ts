/** State files that must not be used: refused with a reason, and left as they are to the last byte. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {beforeEach, describe, expect, it} from 'vitest'

import {DecnetError} from '../../src/fleet/errors.ts'
import {Store} from '../../src/state/store.ts'
import {rounds} from '../support/soak.ts'
import {aCommit, aFleet, codeOf, fingerprints, refusalOf, temporaryDir} from './support.ts'

const PAGE = 4096

let dir: string
let path: string

beforeEach(() => {
  dir = temporaryDir()
  path = join(dir, 'state.db')
})

function makeState(size = 40): void {
  const store = Store.open(dir, {mode: 'write'})
  store.commit(aCommit(aFleet(size)))
  store.close()
}

function privately(bytes: Uint8Array | string): void {
  writeFileSync(path, bytes, {mode: 0o600})
}

function overwrite(at: number, bytes: Buffer): void {
  const content = readFileSync(path)
  bytes.copy(content, at)
  writeFileSync(path, content)
}

function withSql(sql: string): void {
  const db = new Database(path)
  db.unsafeMode(true)
  db.exec(sql)
  db.close()
}

/** A running process's files as a crash would leave them: the newest commits only in the -wal file. */
function crashed(sql = ''): void {
  makeState()
  const db = new Database(path)
  db.exec(`UPDATE settings SET value = 'x'; INSERT INTO settings VALUES ('in the log', '1'); ${sql}`)
  const aside = `${dir}-aside`
  mkdirSync(aside, {mode: 0o700})
  for (const name of ['state.db', 'state.db-wal']) copyFileSync(join(dir, name), join(aside, name))
  db.close()
  for (const name of ['state.db', 'state.db-wal']) {
    copyFileSync(join(aside, name), join(dir, name))
    chmodSync(join(dir, name), 0o600)
  }
  rmSync(aside, {recursive: true})
}

const CASES: readonly [string, () => void, RegExp][] = [
  ['0 bytes', () => privately(''), /is empty/],
  ['text', () => privately('once upon a time\n'.repeat(100)), /is not a database/],
  ['a few bytes', () => privately('SQLite'), /is not a database/],
  ['only the magic', () => privately('SQLite format 3\0'), /is not a database/],
  ['random bytes', () => privately(Buffer.alloc(PAGE, 'f00dcafe', 'hex')), /is not a database/],
  [
    "another program's database",
    () => {
      privately('')
      withSql('CREATE TABLE x (y)')
    },
    /another program/,
  ],
  [
    "another program's database with our version",
    () => {
      makeState()
      withSql('PRAGMA application_id = 7')
    },
    /another program/,
  ],
  [
    'overwritten magic',
    () => {
      makeState()
      overwrite(0, Buffer.alloc(16, 0x41))
    },
    /is not a database/,
  ],
  [
    'a page size that there is not',
    () => {
      makeState()
      overwrite(16, Buffer.from([0, 3]))
    },
    /is not a database|is damaged/,
  ],
  [
    'half of it',
    () => {
      makeState()
      truncateSync(path, Math.floor(readFileSync(path).length / 2))
    },
    /is damaged/,
  ],
  [
    'garbage in a page',
    () => {
      makeState()
      const {rootpage} = pageOf('deckies')
      overwrite((rootpage - 1) * PAGE, Buffer.alloc(PAGE / 2, 0xff))
    },
    /is damaged/,
  ],
  [
    'tables that took each others pages',
    () => {
      makeState()
      const [one, two] = [pageOf('lifecycle').rootpage, pageOf('sqlite_autoindex_deckies_1').rootpage]
      withSql(`PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET rootpage = ${two} + ${one} - rootpage WHERE rootpage IN (${one}, ${two})`)
    },
    /is damaged/,
  ],
  [
    'a newer schema',
    () => {
      makeState()
      withSql('PRAGMA user_version = 99')
    },
    /newer decnet \(schema 99/,
  ],
  ['a newer schema that is only in the log', () => crashed('PRAGMA user_version = 99'), /newer decnet \(schema 99/],
  [
    'damage below a log that is not yet in the file',
    () => {
      crashed()
      overwrite((pageOf('deckies').rootpage - 1) * PAGE, Buffer.alloc(PAGE / 2, 0xff))
    },
    /is damaged/,
  ],
  [
    'a symbolic link',
    () => {
      makeState()
      renameSync(path, join(dir, 'elsewhere.db'))
      symlinkSync(join(dir, 'elsewhere.db'), path)
    },
    /is a symbolic link/,
  ],
  ['a directory', () => mkdirSync(path), /is not a regular file/],
  [
    'mode 0644',
    () => {
      makeState()
      chmodSync(path, 0o644)
    },
    /open to other users \(mode 0644\)/,
  ],
  [
    'a log with mode 0666',
    () => {
      crashed()
      chmodSync(`${path}-wal`, 0o666)
    },
    /state\.db-wal is open to other users/,
  ],
]

/** Read from a copy, so that looking leaves no traces. */
function pageOf(name: string): {rootpage: number} {
  const copy = readFileSync(path)
  // Journal versions 1: a copy in memory cannot have a write-ahead log.
  copy.writeUInt16BE(0x0101, 18)
  const db = new Database(copy)
  const rootpage = Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name))
  db.close()
  return {rootpage}
}

describe.each(['write', 'read'] as const)('to %s is refused, untouched:', (mode) => {
  it.each(CASES)('%s', (_, make, message) => {
    make()
    const before = fingerprints(dir)
    expect(refusalOf(() => Store.open(dir, {mode})?.close())).toMatchObject({
      code: 'STATE_UNREADABLE',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
    const after = fingerprints(dir)
    // The index of a log that has content is rebuilt for looking at it, and says nothing of its own.
    if (existsSync(`${path}-wal`)) delete after[`${path}-shm`]
    expect(after).toEqual(before)
  })
})

describe('damage', () => {
  it('hints at the newest backup', () => {
    makeState()
    const store = Store.open(dir, {mode: 'write'})
    store.backup()
    store.close()
    privately('gone')
    expect(refusalOf(() => Store.open(dir, {mode: 'write'})).hint).toBe(
      `restore the newest backup: \`rm -f ${path}-wal ${path}-shm && cp -p ${dir}/backups/state-000001.db ${path}\``,
    )
  })

  it('of any single byte is refused or harmless', {timeout: 60_000}, () => {
    makeState(5)
    const whole = readFileSync(path)
    const expected = contentOf()
    let refused = 0
    const count = rounds(150, 500)
    for (let round = 0; round < count; round++) {
      // A fixed walk over the file: the same bytes in every run.
      const at = (round * 7919 + round * round) % whole.length
      const flipped = Buffer.from(whole)
      flipped.writeUInt8((whole.readUInt8(at) ^ (1 << (round % 8))) & 255, at)
      writeFileSync(path, flipped)
      for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, {force: true})
      try {
        expect(contentOf(), `after a change at byte ${at}`).toEqual(expected)
      } catch (error) {
        if (!(error instanceof DecnetError)) throw error
        expect(error.code, `after a change at byte ${at}: ${error.message}`).toBe('STATE_UNREADABLE')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
  })

  it("a log of another state file never changes this one's meaning silently", () => {
    crashed()
    const expected = contentOf()
    const other = temporaryDir()
    const stranger = Store.open(other, {mode: 'write'})
    stranger.commit(aCommit(aFleet(3)))
    const {id} = stranger.install()
    copyFileSync(join(other, 'state.db-wal'), `${path}-wal`)
    stranger.close()
    try {
      expect([expected.install.id, id]).toContain(contentOf().install.id)
    } catch (error) {
      if (!(error instanceof DecnetError)) throw error
    }
  })
})

/** What decides about machines: who we are and what is wanted. */
function contentOf() {
  const store = Store.open(dir, {mode: 'read'})
  if (store === null) throw new Error('no state')
  try {
    store.lifecycle()
    store.deployments(10)
    store.getSetting('a')
    const fleet = store.fleet()
    return {install: store.install(), fleet: fleet?.fleet, hashes: fleet?.deckies.map(({configHash}) => configHash)}
  } finally {
    store.close()
  }
}

describe('a state file that goes away while it is open', () => {
  it.each([
    ['removed', () => rmSync(path)],
    [
      'replaced',
      () => {
        copyFileSync(path, `${path}.copy`)
        renameSync(`${path}.copy`, path)
      },
    ],
  ])('is noticed before the next write: %s', (_, takeAway) => {
    const store = Store.open(dir, {mode: 'write'})
    store.commit(aCommit(aFleet(1)))
    takeAway()
    expect(refusalOf(() => store.commit(aCommit(aFleet(2))))).toMatchObject({
      code: 'STATE_UNREADABLE',
      message: expect.stringContaining('removed or replaced'),
    })
    expect(codeOf(() => store.backup())).toBe('STATE_UNREADABLE')
    expect(codeOf(() => store.close())).toBe('STATE_UNREADABLE')
  })
})

/** This process's POSIX locks on a file, as the kernel lists them. */
function locksOn(file: string): string[] {
  const {ino} = statSync(file)
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `))
    .map((line) => line.replace(/^\d+: /, ''))
}

describe('opening', () => {
  it.runIf(process.platform === 'linux')('twice in one process keeps the locks of the first', () => {
    const store = Store.open(dir, {mode: 'write'})
    const held = locksOn(path)
    expect(held).toHaveLength(1)
    Store.open(dir, {mode: 'read'})?.close()
    Store.open(dir, {mode: 'write'}).close()
    expect(locksOn(path)).toEqual(held)
    store.close()
    expect(locksOn(path)).toEqual([])
  })

  it('takes a draft of a killed process away and keeps that of a living one', () => {
    writeFileSync(`${path}.new-4194305-abc`, '', {mode: 0o600})
    writeFileSync(`${path}.new-${process.ppid}-abc`, '', {mode: 0o600})
    makeState()
    expect(existsSync(`${path}.new-4194305-abc`)).toBe(false)
    expect(existsSync(`${path}.new-${process.ppid}-abc`)).toBe(true)
  })
})

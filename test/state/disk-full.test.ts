/** A disk that fills up: refused or recorded, never half. Needs root, to mount file systems of a few pages. */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {DecnetError} from '../../src/fleet/errors.ts'
import {acquireLock} from '../../src/state/lock.ts'
import {Store} from '../../src/state/store.ts'
import {rounds} from '../support/soak.ts'
import {AT, aCommit, aFleet, refusalOf, temporaryDir} from './support.ts'

const PAGE = 4096

function mount(dir: string, options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'decnet-test', dir]).status === 0
}

function whyNoMounts(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting needs Linux and root'
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
    ? undefined
    : 'this root may not mount file systems'
}

/** A file system of its own for the state, with `free` bytes and nothing else on it. */
function smallDisk(bytes: number): string {
  const dir = join(temporaryDir(), 'state')
  mkdirSync(dir, {mode: 0o700})
  expect(mount(dir, `size=${bytes},mode=700`)).toBe(true)
  onTestFinished(() => void spawnSync('umount', ['--lazy', dir]))
  return dir
}

/** Takes all space but this much. */
function fill(dir: string, leaving: number): void {
  const file = join(dir, 'filler')
  for (let block = 1 << 20; block >= PAGE; ) {
    try {
      writeFileSync(file, Buffer.alloc(block, 1), {flag: 'a', mode: 0o600})
    } catch {
      block >>= 1
    }
  }
  const size = Math.floor(statSync(file).size / PAGE) * PAGE
  writeFileSync(file, readFileSync(file).subarray(0, Math.max(0, size - leaving)))
}

function free(dir: string): void {
  rmSync(join(dir, 'filler'))
}

/** What `action` gives, or undefined where the state said that it cannot. Anything else is a failure. */
function tried<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof DecnetError && error.code === 'STATE_UNREADABLE' && error.hint !== undefined) return undefined
    throw error
  }
}

const why = whyNoMounts()
if (why !== undefined) console.warn(`\n*** SKIPPED: disk full: ${why} ***\n`)

describe.runIf(why !== undefined && process.env.DECNET_REQUIRE_LAB === '1')('a full disk', () => {
  it('can be made', () => expect.fail(why))
})

describe.runIf(why === undefined)('a full disk', () => {
  it('records outcomes in the space put aside, more than would fit into a growing log', () => {
    const dir = smallDisk(4 << 20)
    const store = Store.open(dir, {mode: 'write'})
    const {rows} = store.commit(aCommit(aFleet(150)))
    store.startRow(1, AT)
    fill(dir, 0)
    const noise = 'x'.repeat(2000)
    for (const {id} of rows) store.failRow(id, AT, noise)
    store.finishDeployment(1, AT, 'partial')
    expect(existsSync(join(dir, 'reserve'))).toBe(false)
    expect(store.lifecycle({status: 'failed'})).toHaveLength(150)
    store.close()
  })

  it('refuses what has not begun, and keeps the space put aside', () => {
    const dir = smallDisk(4 << 20)
    const store = Store.open(dir, {mode: 'write'})
    store.commit(aCommit(aFleet(2)))
    fill(dir, 0)
    const before = store.fleet()
    let refusal: DecnetError | undefined
    // The log may have room for a few more.
    for (let attempt = 0; attempt < 50 && refusal === undefined; attempt++) {
      try {
        store.commit(aCommit(aFleet(2)))
      } catch (error) {
        if (!(error instanceof DecnetError)) throw error
        refusal = error
      }
    }
    expect(refusal).toMatchObject({
      code: 'STATE_UNREADABLE',
      message: expect.stringContaining('no space left'),
      hint: expect.stringContaining('free some space'),
    })
    expect(existsSync(join(dir, 'reserve'))).toBe(true)
    expect(store.fleet()?.fleet).toEqual(before?.fleet)
    free(dir)
    store.commit(aCommit(aFleet(3)))
    expect(store.fleet()?.fleet).toEqual(aFleet(3))
    store.close()
  })

  it('has no room for a new state, and leaves nothing of it', async () => {
    const dir = smallDisk(64 * PAGE)
    fill(dir, 8 * PAGE)
    expect(refusalOf(() => Store.open(dir, {mode: 'write'})).message).toContain('no space left')
    expect(existsSync(join(dir, 'state.db'))).toBe(false)
    // The lock does not depend on space, only its message does.
    const lock = await acquireLock(dir, {operation: 'deploy', timeoutMs: 0})
    lock.release()
  })

  it('is no obstacle to reading, alone or beside a writer', () => {
    const dir = smallDisk(4 << 20)
    const writer = Store.open(dir, {mode: 'write'})
    writer.commit(aCommit(aFleet(3)))
    fill(dir, 0)
    const beside = Store.open(dir, {mode: 'read'})
    expect(beside?.fleet()?.fleet).toEqual(aFleet(3))
    beside?.close()
    writer.close()
    expect(existsSync(join(dir, 'state.db-shm'))).toBe(false)
    // Closing gave some space back.
    fill(dir, 0)
    for (let time = 0; time < 2; time++) {
      const alone = Store.open(dir, {mode: 'read'})
      expect(alone?.fleet()?.fleet).toEqual(aFleet(3))
      expect(alone?.lifecycle()).toHaveLength(3)
      alone?.close()
    }
    free(dir)
    const again = Store.open(dir, {mode: 'write'})
    again.commit(aCommit(aFleet(4)))
    expect(again.fleet()?.fleet).toEqual(aFleet(4))
    again.close()
  })

  it('has no room to put space aside', () => {
    const dir = smallDisk(2 << 20)
    Store.open(dir, {mode: 'write'}).close()
    rmSync(join(dir, 'reserve'))
    fill(dir, 64 * PAGE)
    expect(refusalOf(() => Store.open(dir, {mode: 'write'})).message).toContain('no space left')
    expect(existsSync(join(dir, 'reserve'))).toBe(false)
    Store.open(dir, {mode: 'read'})?.close()
    free(dir)
    Store.open(dir, {mode: 'write'}).close()
    expect(statSync(join(dir, 'reserve')).size).toBe(1 << 20)
  })

  const count = rounds(16, 60)
  it(`with any number of pages left loses nothing acknowledged (${count} sizes)`, {
    timeout: 60_000 + count * 2000,
  }, () => {
    for (let round = 0; round < count; round++) {
      const pages = 2 + Math.round((round * 62) / Math.max(1, count - 1))
      const dir = smallDisk(4 << 20)
      const first = Store.open(dir, {mode: 'write'})
      first.commit(aCommit(aFleet(3)))
      first.finishDeployment(1, AT, 'succeeded')
      first.close()
      fill(dir, pages * PAGE)

      const acknowledged: number[] = []
      const store = tried(() => Store.open(dir, {mode: 'write'}))
      const commit = store && tried(() => store.commit(aCommit(aFleet(30))))
      for (const {id} of commit?.rows ?? []) {
        // What the engine did has to be recorded, whatever the disk says.
        store?.succeedRow(id, AT, 'created')
        acknowledged.push(id)
      }
      tried(() => store?.close())

      free(dir)
      const after = Store.open(dir, {mode: 'write'})
      expect(after.fleet()?.fleet, `${pages} pages`).toEqual(aFleet(commit === undefined ? 3 : 30))
      expect(after.lifecycle({status: 'succeeded'}).map(({id}) => id)).toEqual(acknowledged)
      after.closeDeadRows(AT)
      after.commit(aCommit(aFleet(4)))
      after.close()
      expect(spawnSync('umount', [dir]).status).toBe(0)
    }
  })

  it('a read-only file system is named as the cause', () => {
    const dir = smallDisk(4 << 20)
    Store.open(dir, {mode: 'write'}).close()
    expect(spawnSync('mount', ['-o', 'remount,ro', dir]).status).toBe(0)
    for (const mode of ['read', 'write'] as const) {
      expect(refusalOf(() => Store.open(dir, {mode}))).toMatchObject({
        code: 'STATE_UNREADABLE',
        message: expect.stringContaining('read-only file system'),
      })
    }
  })
})

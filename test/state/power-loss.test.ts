/** What was acknowledged is there after a power loss at any moment, and the file is sound. */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import Database from 'better-sqlite3'
import {expect, it} from 'vitest'

import {Store} from '../../src/state/store.ts'
import {rounds} from '../support/soak.ts'
import {ForgetfulDisk, type PowerLoss, parseTrace, STRACE_OPTIONS} from './power-loss-model.ts'
import {aFleet, Child, temporaryDir} from './support.ts'

const LOSSES: readonly PowerLoss[] = ['kept', 'lost', 'torn']
const STATES = rounds(100, 1000)
const SEED = 20250301

const available = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0
if (!available) console.warn('\n*** SKIPPED: power loss: strace is missing or not allowed ***\n')

it.runIf(!available && process.env.DECNET_REQUIRE_LAB === '1')('power losses can be replayed', () =>
  expect.fail('strace is missing or not allowed'),
)

/** A small generator of numbers from 0 to 1 (mulberry32), so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The newest commit that survives in these files; 0: no state at all. */
function survivingGeneration(dir: string, files: ReadonlyMap<string, Buffer>): number {
  rmSync(dir, {recursive: true, force: true})
  mkdirSync(dir, {mode: 0o700})
  for (const [path, content] of files) writeFileSync(join(dir, basename(path)), content, {mode: 0o600})
  if (!existsSync(join(dir, 'state.db'))) return 0
  const store = Store.open(dir, {mode: 'write'})
  const generation = store.generation()
  expect(store.fleet()?.fleet).toEqual(generation === 0 ? undefined : aFleet(((generation - 1) % 5) + 1))
  expect(store.lastDeployment()?.generation ?? 0).toBe(generation)
  store.close()
  const db = new Database(join(dir, 'state.db'), {readonly: true})
  expect(db.pragma('integrity_check', {simple: true})).toBe('ok')
  db.close()
  return generation
}

it.runIf(available)(`${STATES} power losses lose nothing acknowledged`, {timeout: 60_000 + STATES * 500}, async () => {
  const dir = temporaryDir()
  const replayed = join(temporaryDir(), 'state')
  const trace = join(temporaryDir(), 'trace')
  const writer = new Child('writer', [dir, '4'], ['strace', ...STRACE_OPTIONS, '-o', trace])
  expect(await writer.ended).toBe(0)
  const calls = parseTrace(readFileSync(trace, 'utf8'), dir)
  expect(calls.filter(({kind}) => kind === 'say')).toHaveLength(4)

  const disk = new ForgetfulDisk(dir)
  const random = generator(SEED)
  const share = STATES / (calls.length * LOSSES.length)
  let acknowledged = 0
  let tried = 0
  for (const [index, call] of calls.entries()) {
    disk.apply(call)
    if (call.kind === 'say') acknowledged = Number(call.text.split(' ')[1])
    for (const loss of LOSSES) {
      // A moment right after an acknowledgement is always tried.
      if (call.kind !== 'say' && random() >= share) continue
      tried++
      const survived = survivingGeneration(replayed, disk.after(loss, random))
      expect(survived, `${loss} after call ${index} of ${calls.length}`).toBeGreaterThanOrEqual(acknowledged)
      expect(survived).toBeLessThanOrEqual(acknowledged + 1)
    }
  }
  console.info(`power loss: ${tried} states of ${calls.length * LOSSES.length}, seed ${SEED}`)
})

/** A writer killed at any instant: the file stays sound and no acknowledged commit is lost. */
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {expect, it} from 'vitest'

import {Store} from '../../src/state/store.ts'
import {rounds} from '../support/soak.ts'
import {AT, aFleet, Child, temporaryDir} from './support.ts'

const ROUNDS = rounds(8, 200)

it(`${ROUNDS} kills lose nothing`, {timeout: 20_000 + ROUNDS * 3000}, async () => {
  const dir = temporaryDir()
  for (let round = 0; round < ROUNDS; round++) {
    const writer = new Child('writer', [dir])
    // Another number of commits in each round, then at once: in the middle of whatever comes next.
    await writer.line((round * 5) % 23)
    writer.process.kill('SIGKILL')
    await writer.ended
    const acknowledged = Number(writer.lines.at(-1)?.split(' ')[1])

    const store = Store.open(dir, {mode: 'write'})
    const generation = store.generation()
    expect(generation).toBeGreaterThanOrEqual(acknowledged)
    expect(generation).toBeLessThanOrEqual(acknowledged + 1)
    expect(store.lastDeployment()?.generation).toBe(generation)
    const size = store.fleet()?.deckies.length ?? 0
    expect(store.fleet()?.fleet).toEqual(aFleet(size))
    expect(store.lifecycle({deployment: 'last'})).toHaveLength(size)
    store.closeDeadRows(AT)
    expect(store.lifecycle().filter(({status}) => status === 'pending' || status === 'running')).toEqual([])
    store.close()
    const db = new Database(join(dir, 'state.db'), {readonly: true})
    expect(db.pragma('integrity_check', {simple: true})).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    db.close()
  }
})

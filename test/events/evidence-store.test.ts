import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import {describe, expect, it, onTestFinished} from 'vitest'

import type {EvidenceEvent} from '../../src/events/event.ts'
import {EvidenceStore} from '../../src/events/evidence-store.ts'
import {gapsOf} from '../../src/events/stream-tracker.ts'

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-events-'))
  onTestFinished(() => rmSync(dir, {recursive: true, force: true}))
  return dir
}

function opened(dir = directory()): EvidenceStore {
  const store = EvidenceStore.open(dir)
  onTestFinished(() => store.close())
  return store
}

let made = 0

function event(changes: Partial<EvidenceEvent> = {}): EvidenceEvent {
  const seq = ++made
  return {
    v: 1,
    id: `b.${seq}`,
    ts: new Date(Date.parse('2026-03-01T12:00:00Z') + seq * 1000).toISOString(),
    boot: 'b',
    seq,
    decky: 'web-01',
    service: 'ssh',
    event: 'command',
    src: {ip: '192.0.2.7', port: 40_000},
    ...changes,
  }
}

const lines = (events: readonly EvidenceEvent[]): string[] => events.map((each) => JSON.stringify(each))

it('stores an event once, however often it is collected', () => {
  const store = opened()
  const events = [event(), event()]
  expect(store.store(lines(events))).toBe(2)
  expect(store.store([...lines(events), ...lines([event()]), 'Error: no evidence'])).toBe(1)
  expect(store.find({limit: 10})).toHaveLength(3)
})

it('tells the same number of another boot apart', () => {
  const store = opened()
  const one = event()
  expect(store.store(lines([one, {...one, boot: 'c'}]))).toBe(2)
})

it('finds the newest that fit, oldest first', () => {
  const store = opened()
  const [first, second, third, fourth] = [
    event(),
    event({decky: 'db-01', service: 'redis', event: 'auth.attempt'}),
    event({src: {ip: '192.0.2.8', port: 1}}),
    event({event: 'session.end'}),
  ]
  store.store(lines([fourth, third, second, first]))
  const found = (query: object) => store.find({limit: 10, ...query}).map(({event: {seq}}) => seq)
  expect(found({})).toEqual([first.seq, second.seq, third.seq, fourth.seq])
  expect(found({limit: 2})).toEqual([third.seq, fourth.seq])
  expect(found({deckies: ['DB-01']})).toEqual([second.seq])
  expect(found({services: ['redis', 'http']})).toEqual([second.seq])
  expect(found({events: ['auth.attempt', 'session.end']})).toEqual([second.seq, fourth.seq])
  expect(found({without: ['session.end', 'command']})).toEqual([second.seq])
  expect(found({source: '192.0.2.8'})).toEqual([third.seq])
  expect(found({since: second.ts, until: fourth.ts})).toEqual([second.seq, third.seq])
  expect(found({source: "' OR 1=1 --"})).toEqual([])
})

it('goes on after the last event that is known, in the order of storing', () => {
  const store = opened()
  store.store(lines([event()]))
  const [last] = store.find({limit: 1})
  const late = event({ts: '2020-01-01T00:00:00.000Z'})
  store.store(lines([late]))
  expect(store.find({after: last?.id, limit: 10}).map((each) => each.event)).toEqual([late])
})

it('knows the newest time of each decky', () => {
  const store = opened()
  expect(store.newest('web-01')).toBeNull()
  const [early, late] = [event(), event()]
  store.store(lines([late, early]))
  expect(store.newest('web-01')).toBe(late.ts)
  expect(store.newest('web-02')).toBeNull()
})

it('makes no file for a look', () => {
  const dir = directory()
  expect(opened(dir).find({limit: 1})).toEqual([])
  expect(() => new Database(join(dir, 'events.db'), {fileMustExist: true})).toThrow(/unable to open/)
})

it('takes over what the first version stored', () => {
  const dir = directory()
  const old = new Database(join(dir, 'events.db'))
  old.exec(`CREATE TABLE evidence (boot TEXT NOT NULL, seq INTEGER NOT NULL, decky TEXT NOT NULL, ts TEXT NOT NULL,
    event TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (decky, boot, seq)) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1`)
  const kept = event()
  const insert = old.prepare('INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?)')
  insert.run(kept.boot, kept.seq, kept.decky, kept.ts, kept.event, JSON.stringify(kept))
  old.close()
  const store = opened(dir)
  expect(store.find({source: '192.0.2.7', services: ['ssh'], limit: 10}).map((each) => each.event)).toEqual([kept])
  expect(store.store(lines([kept]))).toBe(0)
})

it('takes over a store that knew no logs of custom services as it is', () => {
  const dir = directory()
  const kept = event()
  opened(dir).store(lines([kept]))
  const old = new Database(join(dir, 'events.db'))
  old.exec('DROP TABLE log_marks; PRAGMA user_version = 3')
  old.close()
  const store = opened(dir)
  expect(store.find({limit: 10}).map((each) => each.event)).toEqual([kept])
  const mark = {at: '2026-01-01T00:00:00.000000000Z', lines: 1}
  store.appendLog({boot: 'l', decky: 'd', service: 's', after: null, mark, lost: false, entries: []})
  expect(store.logMark('l')).toEqual(mark)
})

it('gives an earlier store the indexes that it lacks', () => {
  const dir = directory()
  const kept = event()
  opened(dir).store(lines([kept]))
  const old = new Database(join(dir, 'events.db'))
  old.exec(`DROP INDEX evidence_service; DROP INDEX evidence_notable; DROP INDEX evidence_decky;
    CREATE INDEX evidence_decky ON evidence (decky, ts); PRAGMA user_version = 4`)
  old.close()
  expect(
    opened(dir)
      .find({deckies: [kept.decky.toUpperCase()], limit: 10})
      .map((each) => each.event),
  ).toEqual([kept])
  const now = new Database(join(dir, 'events.db'), {readonly: true})
  const indexes = now.prepare(`SELECT name || ' ' || sql FROM sqlite_schema WHERE type = 'index'`).pluck().all()
  now.close()
  for (const wanted of [/evidence_service/, /evidence_notable/, /evidence_decky.*COLLATE NOCASE/]) {
    expect(indexes.some((index) => wanted.test(String(index)))).toBe(true)
  }
})

it('refuses a newer file and leaves it as it is', () => {
  const dir = directory()
  const newer = new Database(join(dir, 'events.db'))
  newer.pragma('user_version = 99')
  newer.close()
  expect(() => opened(dir).find({limit: 1})).toThrow(expect.objectContaining({code: 'STATE_UNREADABLE'}))
})

describe('events that are missing', () => {
  const numbered = (...seqs: readonly number[]) => lines(seqs.map((seq) => event({boot: 'g', seq, id: `g.${seq}`})))
  const gaps = (store: EvidenceStore) => store.read([], gapsOf).map(({boot, first, last}) => `${boot} ${first}-${last}`)

  it('are noticed, also at the start', () => {
    const store = opened()
    store.store(numbered(3, 4))
    store.store(numbered(5, 9))
    expect(gaps(store)).toEqual(['g 1-2', 'g 6-8'])
  })

  it('are missing no more once they come', () => {
    const store = opened()
    store.store(numbered(10))
    expect(store.store(numbered(5, 1, 5))).toBe(2)
    expect(gaps(store)).toEqual(['g 2-4', 'g 6-9'])
    store.store(numbered(2, 3, 4, 6, 7, 8, 9, 10))
    expect(gaps(store)).toEqual([])
    expect(store.find({limit: 20})).toHaveLength(10)
  })

  it('are whatever was not stored, in any order and any batches', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({min: 1, max: 30}), {maxLength: 12}), {maxLength: 8}), (batches) => {
        const store = EvidenceStore.open(directory())
        for (const batch of batches) store.store(numbered(...batch))
        const seen = new Set(batches.flat())
        const stored = store.find({limit: 100}).map((each) => each.event.seq)
        const missing = store.read([], gapsOf).flatMap(({first, last}) => range(first, last))
        store.close()
        expect(new Set(stored)).toEqual(seen)
        expect(stored).toHaveLength(seen.size)
        expect(new Set(missing)).toEqual(new Set(range(1, Math.max(0, ...seen)).filter((seq) => !seen.has(seq))))
      }),
      {numRuns: 30},
    )
  })
})

const range = (first: number, last: number): number[] =>
  Array.from({length: Math.max(0, last - first + 1)}, (_, index) => first + index)

it('does not take back what was removed', () => {
  const store = opened()
  const events = [event({boot: 'r', seq: 1}), event({boot: 'r', seq: 2})]
  store.store(lines(events))
  store.change((db) => db.exec('DELETE FROM evidence'))
  expect(store.store(lines(events))).toBe(0)
})

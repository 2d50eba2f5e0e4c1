import {mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'

import {EvidenceStore} from '../../src/events/evidence-store.ts'
import {changeIncident, findIncidents} from '../../src/events/incidents/incident-store.ts'
import {prune} from '../../src/events/retention.ts'

const NOW = Date.parse('2026-03-10T00:00:00Z')
const DAY = 86_400_000

function opened() {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-retention-'))
  const store = EvidenceStore.open(dir)
  onTestFinished(() => {
    store.close()
    rmSync(dir, {recursive: true, force: true})
  })
  return {store, size: () => statSync(join(dir, 'events.db')).size}
}

const lines = (count: number, msOf: (index: number) => number, padding = ''): string[] =>
  Array.from({length: count}, (_, index) =>
    JSON.stringify({
      v: 1,
      id: `b.${index + 1}`,
      ts: new Date(msOf(index)).toISOString(),
      boot: 'b',
      seq: index + 1,
      decky: 'web',
      service: 'ssh',
      event: 'session.start',
      src: {ip: `192.0.2.${index % 200}`, port: 1},
      data: {padding},
    }),
  )

it('removes what is older, with the incidents of which nothing is left', () => {
  const {store} = opened()
  store.store(lines(100, (index) => NOW - index * DAY))
  changeIncident(store, 91, 'acknowledged', null)
  expect(prune(store, {maxAge: 10 * DAY, maxBytes: null}, NOW)).toBe(89)
  expect(store.find({limit: 200})).toHaveLength(11)
  expect(findIncidents(store, {known: true, limit: 200})).toHaveLength(12)
  expect(prune(store, {maxAge: 10 * DAY, maxBytes: null}, NOW)).toBe(0)
})

it('removes the oldest until the file is small enough, and gives the space back', () => {
  const {store, size} = opened()
  store.store(lines(30_000, (index) => NOW - index * 1000, 'x'.repeat(300)))
  store.read(null, (db) => db.pragma('wal_checkpoint(TRUNCATE)'))
  const before = size()
  const removed = prune(store, {maxAge: null, maxBytes: before / 2}, NOW)
  store.read(null, (db) => db.pragma('wal_checkpoint(TRUNCATE)'))
  expect(removed).toBeGreaterThan(10_000)
  expect(size()).toBeLessThan(0.6 * before)
  expect(store.find({limit: 1})[0]?.event.seq).toBe(1)
})

it('removes nothing without limits', () => {
  const {store} = opened()
  store.store(lines(10, () => 0))
  expect(prune(store, {maxAge: null, maxBytes: null}, NOW)).toBe(0)
})

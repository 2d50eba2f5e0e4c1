import {expect, it} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {type CollectorReport, type CollectorTiming, runCollector} from '../../src/operations/collect.ts'
import {storedEvents} from '../../src/operations/events.ts'
import {pruneEvents} from '../../src/operations/retention.ts'
import {OperationWorld} from '../support/operation-world.ts'
import {eventually} from '../support/serve.ts'

const TIMING: CollectorTiming = {
  look: 5,
  backoff: 2,
  backoffCap: 10,
  fullDiskRetry: 2,
  fullDiskGiveUp: 50,
  gapSettles: 0,
  prune: 3_600_000,
}

const line = (seq: number, changes: Partial<EvidenceEvent> = {}): string =>
  JSON.stringify({
    v: 1,
    id: `b.${seq}`,
    ts: new Date(Date.parse('2026-03-01T12:00:00Z') + seq * 1000).toISOString(),
    boot: 'b',
    seq,
    decky: 'web',
    service: 'http',
    event: 'request',
    ...changes,
  })

function collector(world: OperationWorld) {
  const stop = new AbortController()
  const reports: CollectorReport[] = []
  const done = runCollector(world.deps, {signal: stop.signal, report: (report) => reports.push(report), timing: TIMING})
  const stored = () => storedEvents(world.deps, {limit: 100}).map(({event}) => event.seq)
  const end = async () => {
    stop.abort()
    await done
  }
  return {reports, stored, done, end, kinds: () => reports.map(({kind}) => kind)}
}

it('takes evidence as it is written, from a fleet that is deployed later', async () => {
  const world = new OperationWorld()
  const {stored, end, kinds} = collector(world)
  await eventually(() => kinds().includes('no-fleet'))
  await world.deploy('[web]\nservices = http\n')
  await eventually(() => kinds().includes('following'))
  world.engine.evidence.lines.push(line(1))
  await eventually(() => stored().length === 1)
  world.engine.evidence.lines.push(line(2))
  await eventually(() => stored().length === 2)
  await end()
  expect(kinds()).toContain('stored')
})

it('goes on when the engine comes back, and says once that it is away', async () => {
  const world = new OperationWorld()
  await world.deploy('[web]\nservices = http\n')
  const {stored, end, reports, kinds} = collector(world)
  await eventually(() => kinds().includes('following'))
  world.engine.unreachable = new EngineError('unavailable', 'the engine is gone')
  world.engine.evidence.lines.push(line(1))
  await eventually(() => kinds().includes('failed'))
  world.engine.unreachable = undefined
  await eventually(() => stored().length === 1)
  await end()
  expect(reports.filter(({kind}) => kind === 'failed')).toMatchObject([{message: 'the engine is gone'}])
})

it('reports what is missing, once', async () => {
  const world = new OperationWorld()
  await world.deploy('[web]\nservices = http\n')
  world.engine.evidence.lines.push(line(1), line(5))
  const {end, reports, kinds} = collector(world)
  await eventually(() => kinds().includes('gap'))
  world.engine.evidence.lines.push(line(6))
  await eventually(() => reports.filter(({kind}) => kind === 'stored').length > 1)
  await end()
  expect(reports.filter(({kind}) => kind === 'gap')).toMatchObject([
    {gap: {boot: 'b', first: 2, last: 4, decky: 'web'}},
  ])
})

it('removes what is too old, and does not take it again', async () => {
  const world = new OperationWorld()
  await world.deploy('[web]\nservices = http\n')
  world.engine.evidence.lines.push(line(1, {ts: '2020-01-01T00:00:00.000Z'}), line(2, {ts: new Date().toISOString()}))
  const {end, stored} = collector(world)
  await eventually(() => stored().length === 2)
  expect(pruneEvents(world.deps)).toBe(1)
  await end()
  expect(stored()).toEqual([2])
  const again = collector(world)
  await eventually(() => again.kinds().includes('following'))
  await again.end()
  expect(again.stored()).toEqual([2])
})

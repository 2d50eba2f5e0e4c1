import {expect, it} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {collectEvents} from '../../src/operations/collect.ts'
import {storedEvents} from '../../src/operations/events.ts'
import {OperationWorld} from '../support/operation-world.ts'

const LINE = JSON.stringify({
  v: 1,
  id: 'b.1',
  ts: '2026-03-01T12:00:05.123Z',
  boot: 'b',
  seq: 1,
  decky: 'web',
  service: 'http',
  event: 'request',
})
const signal = new AbortController().signal

it('takes what the deckies recorded, once', async () => {
  const world = new OperationWorld()
  await world.deploy('[web]\nservices = http\n')
  world.engine.evidence.lines.push(LINE)
  await collectEvents(world.deps, signal)
  await collectEvents(world.deps, signal)
  expect(storedEvents(world.deps, {limit: 10}).map(({event}) => event.id)).toEqual(['b.1'])
})

it('has nothing to take without a fleet, and makes nothing', async () => {
  const world = new OperationWorld()
  await collectEvents(world.deps, signal)
  expect(world.engineRequests).toEqual([])
  expect(storedEvents(world.deps, {limit: 10})).toEqual([])
})

it('keeps showing what is stored while the engine cannot be asked', async () => {
  const world = new OperationWorld()
  await world.deploy('[web]\nservices = http\n')
  world.engine.evidence.lines.push(LINE)
  await collectEvents(world.deps, signal)
  world.engine.unreachable = new EngineError('unavailable', 'gone')
  await expect(collectEvents(world.deps, signal)).rejects.toMatchObject({fault: 'unavailable'})
  expect(storedEvents(world.deps, {limit: 10})).toHaveLength(1)
})

import {expect, it} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {OperationWorld} from '../support/operation-world.ts'

const WEB = '[web]\nservices = http\n'
const told = ({published}: OperationWorld) =>
  published.map(([subject, message]) => [
    subject,
    (message as {status?: string; repair?: string}).status ?? (message as {repair?: string}).repair,
  ])

it('each transition of a row is published', async () => {
  const world = new OperationWorld()
  await world.deploy(WEB)
  expect(told(world)).toEqual([
    ['decky.web.lifecycle', 'pending'],
    ['decky.web.lifecycle', 'running'],
    ['decky.web.lifecycle', 'succeeded'],
  ])
  expect(world.published.at(-1)?.[1]).toMatchObject({
    schema: 'decnet.lifecycle-transition/v1',
    decky: 'web',
    operation: 'create',
    outcome: 'created',
    error: null,
  })
})

it('so are failures, drift and repairs', async () => {
  const world = new OperationWorld()
  await world.deploy(WEB)
  world.engine.alter('web', {state: 'exited'})
  world.published.length = 0
  await world.reconcile()
  expect(told(world)).toEqual([
    ['decky.web.drift', 'restart'],
    ['decky.web.lifecycle', 'pending'],
    ['decky.web.lifecycle', 'running'],
    ['decky.web.lifecycle', 'succeeded'],
  ])
  world.published.length = 0
  world.engine.failNext('remove web', new EngineError('refused', 'no'))
  await world.teardown('all')
  expect(told(world).at(-1)).toEqual(['decky.web.lifecycle', 'failed'])
})

import {describe, expect, it} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {lifecycleRows, watchLifecycle} from '../../src/operations/lifecycle.ts'
import {OperationWorld, shown} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const never = () => new AbortController().signal

async function threeDeployments(): Promise<OperationWorld> {
  const world = new OperationWorld()
  await world.deploy('[a]\nservices=ssh\n[b]\nservices=ssh\n')
  world.engine.failNext('create c', new EngineError('refused', 'no'))
  await world.deploy('[c]\nservices=ssh\n')
  await world.teardown(['a'])
  return world
}

describe('lifecycleRows', () => {
  it('is empty without a state', () => {
    expect(lifecycleRows(new OperationWorld().deps, {})).toEqual([])
  })

  it('are those of the last deployment where nothing else is asked for', async () => {
    const {deps} = await threeDeployments()
    expect(shown(lifecycleRows(deps, {}))).toEqual(['a remove succeeded removed'])
  })

  it('can be asked for by decky, deployment, id, status and number', async () => {
    const {deps} = await threeDeployments()
    expect(lifecycleRows(deps, {decky: 'A'}).map(({id}) => id)).toEqual([1, 4])
    expect(lifecycleRows(deps, {deployment: 1}).map(({decky}) => decky)).toEqual(['a', 'b'])
    expect(lifecycleRows(deps, {ids: [2, 3, 99]}).map(({decky}) => decky)).toEqual(['b', 'c'])
    expect(lifecycleRows(deps, {ids: []}).map(({id}) => id)).toEqual([4])
    expect(lifecycleRows(deps, {deployment: 2, status: 'failed'}).map(({decky}) => decky)).toEqual(['c'])
    expect(lifecycleRows(deps, {decky: 'a', limit: 1}).map(({id}) => id)).toEqual([4])
    expect(lifecycleRows(deps, {decky: 'nobody'})).toEqual([])
  })

  it('say how long each took', async () => {
    const {deps} = await threeDeployments()
    for (const {durationMs, startedAt, completedAt} of lifecycleRows(deps, {deployment: 1})) {
      expect(durationMs).toBe(Date.parse(completedAt ?? '') - Date.parse(startedAt ?? ''))
      expect(durationMs).toBeGreaterThan(0)
    }
  })
})

describe('watchLifecycle', () => {
  async function underWay() {
    const world = new OperationWorld()
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    world.engine.before = (call) => {
      if (call !== 'create a') return undefined
      begun.resolve()
      return held.promise
    }
    const done = world.deploy('[a]\nservices=ssh\n')
    await begun.promise
    return {world, held, done}
  }

  it('ends when no row is open', async () => {
    const {world, held, done} = await underWay()
    const watched = watchLifecycle(world.deps, {}, {timeoutMs: 20_000, signal: never()})
    held.resolve()
    expect(shown(await watched)).toEqual(['a create succeeded created'])
    await done
  })

  it('gives up when the time is up, with the rows as they are', async () => {
    const {world, held, done} = await underWay()
    const rows = await watchLifecycle(world.deps, {}, {timeoutMs: 0, signal: never()})
    expect(rows.map(({status}) => status)).toEqual(['running'])
    held.resolve()
    await done
  })

  it('ends with the reason of an interrupt', async () => {
    const {world, held, done} = await underWay()
    const abort = new AbortController()
    const stopped = new DecnetError('INTERRUPTED', 'stopped by SIGINT')
    const watched = rejectionOf(watchLifecycle(world.deps, {}, {timeoutMs: 20_000, signal: abort.signal}))
    abort.abort(stopped)
    expect(await watched).toBe(stopped)
    held.resolve()
    await done
  })
})

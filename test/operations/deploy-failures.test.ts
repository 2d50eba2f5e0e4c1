import {describe, expect, it, vi} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import type {Plan} from '../../src/fleet/plan.ts'
import {OperationWorld, shown} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const FILE = '[web]\nservices=http\namount=2\n'
const refused = (message: string) => new EngineError('refused', message, {hint: 'look at it'})

describe('a failure', () => {
  it('of one decky is its own', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create web-01', refused('no such image'))
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual([
      'web-01 create failed no such image; look at it',
      'web-02 create succeeded created',
    ])
    expect(result.summary).toMatchObject({created: 1, failed: 1})
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBe('partial')
  })

  it('is resumed by the same command, which makes only what is missing', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create web-01', refused('no such image'))
    await world.deploy(FILE)
    const survivor = world.engine.instances.get('web-02')
    world.engine.calls.length = 0
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual(['web-01 create succeeded created', 'web-02 keep succeeded unchanged'])
    expect(world.engine.calls).toEqual(['create web-01'])
    expect(world.engine.instances.get('web-02')).toEqual(survivor)
    expect((await rejectionOf(world.deploy(FILE))).code).toBe('NAME_CONFLICT')
  })

  it('is resumed under another spelling of the name, which takes the place of the first', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create db', refused('no such image'))
    await world.deploy('[db]\nservices=ssh\n[web]\nservices=ssh\n')
    const result = await world.deploy('[Db]\nservices=ssh\n[WEB]\nservices=ssh\n')
    expect(result.summary).toMatchObject({created: 2, failed: 0})
    expect([...world.engine.instances.keys()].toSorted()).toEqual(['Db', 'WEB'])
    expect((await world.status())?.leftovers).toEqual([])
  })

  it('of the network leaves every decky unattempted, with the cause', async () => {
    const world = new OperationWorld()
    world.engine.failNext('network.create', refused('no such interface'))
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual([
      'web-01 create failed not attempted: network failed (no such interface)',
      'web-02 create failed not attempted: network failed (no such interface)',
    ])
    expect(result.resourceErrors).toEqual(['no such interface; look at it'])
  })

  it('to answer in time says how long it was waited for', async () => {
    const world = new OperationWorld()
    world.engine.before = (call, {signal}) =>
      call === 'create web-01'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : undefined
    const result = await world.deploy(FILE, {timeoutMs: 30})
    expect(shown(result.rows)[0]).toBe('web-01 create failed not ready within 0.03 s')
    expect(shown(result.rows)[1]).toBe('web-02 create succeeded created')
  })

  it('of an engine that is gone carries its hint', async () => {
    const world = new OperationWorld()
    const gone = new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached', {hint: 'start it'})
    world.engine.failNext('create web-01', gone)
    expect(shown((await world.deploy(FILE)).rows)[0]).toBe('web-01 create failed cannot be reached; start it')
  })

  it('to look at the engine writes nothing', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.unreachable = new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached')
    const before = world.snapshot()
    expect((await rejectionOf(world.deploy('[db]\n'))).code).toBe('ENGINE_UNAVAILABLE')
    expect(world.snapshot()).toEqual(before)
    expect(world.engine.closed).toBe(2)
  })

  it('to consent writes nothing', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const confirm = (plan: Plan) => {
      expect(plan.operations.length).toBeGreaterThan(0)
      return Promise.reject(new DecnetError('DECLINED', 'declined'))
    }
    expect((await rejectionOf(world.deploy('[db]\n', {confirm}))).code).toBe('DECLINED')
    expect(world.snapshot()).toEqual(before)
  })
})

describe('an interrupt', () => {
  const stopped = new DecnetError('INTERRUPTED', 'stopped by SIGINT')

  it('starts nothing more, lets finish what is under way, and is resumed', async () => {
    const world = new OperationWorld()
    const abort = new AbortController()
    world.engine.before = (call) => {
      if (call === 'create web-01') abort.abort(stopped)
    }
    const text = '[web]\nservices=http\namount=8\n'
    const result = await world.deploy(text, {signal: abort.signal, parallel: 1})
    expect(result.interrupted).toBe(true)
    expect(shown(result.rows).filter((row) => row.includes('succeeded')).length).toBeGreaterThanOrEqual(1)
    expect(shown(result.rows).at(-1)).toBe('web-08 create failed not attempted: the command was interrupted')
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBe('interrupted')
    world.engine.before = () => undefined
    const again = await world.deploy(text)
    expect(again.summary.created + again.summary.unchanged).toBe(8)
    expect(again.summary.failed).toBe(0)
  })

  it('that comes when all is under way can be followed by the same command all the same', async () => {
    const world = new OperationWorld()
    const abort = new AbortController()
    world.engine.before = (call) => {
      if (call === 'create db') abort.abort(stopped)
    }
    const result = await world.deploy('[db]\nservices=ssh\n', {signal: abort.signal})
    expect([result.interrupted, shown(result.rows)]).toEqual([true, ['db create succeeded created']])
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBe('interrupted')
    world.engine.before = () => undefined
    expect(shown((await world.deploy('[db]\nservices=ssh\n')).rows)).toEqual(['db keep succeeded unchanged'])
  })

  it('before the commit leaves everything as it was', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const abort = new AbortController()
    const confirm = async () => abort.abort(stopped)
    expect(await rejectionOf(world.deploy('[db]\n', {confirm, signal: abort.signal}))).toBe(stopped)
    expect(world.snapshot()).toEqual(before)
  })

  it('gives what is under way twelve seconds', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
    try {
      const world = new OperationWorld()
      const abort = new AbortController()
      const hanging = Promise.withResolvers<void>()
      world.engine.before = (call, {signal}) => {
        if (call !== 'create db') return undefined
        hanging.resolve()
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
      }
      const done = world.deploy('[db]\n', {signal: abort.signal, timeoutMs: 600_000})
      await hanging.promise
      abort.abort(stopped)
      vi.advanceTimersByTime(11_999)
      await Promise.resolve()
      expect(world.state((store) => shown(store.lifecycle()))).toEqual(['db create running null'])
      vi.advanceTimersByTime(1)
      expect(shown((await done).rows)).toEqual(['db create failed given up'])
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a command that died', () => {
  it('leaves open rows, which the next command closes before it resumes', async () => {
    const world = new OperationWorld()
    // What cannot be recorded any more ends the command where it stands, as a kill would.
    const died = new Error('killed')
    const progress = ({type}: {type: string}) => {
      if (type === 'operation.started') throw died
    }
    await expect(world.deploy(FILE, {progress})).rejects.toBe(died)
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBeNull()
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual(['web-01 create succeeded created', 'web-02 create succeeded created'])
    world.state((store) => {
      expect(store.lifecycle().every(({status}) => status === 'succeeded' || status === 'failed')).toBe(true)
      expect(store.deployments(2).map(({outcome}) => outcome)).toEqual(['succeeded', 'interrupted'])
    })
  })
})

describe('a MAC that a ghost holds', () => {
  const ghost = () => new EngineError('mac-in-use', 'MAC already in use')

  it('is changed for another of the same vendor, in the state before it is used', async () => {
    const world = new OperationWorld()
    const planned = await world.deploy('[db]\nservices=ssh\n').then(() => world.engine.instances.get('db')?.mac ?? '')
    const other = new OperationWorld()
    other.engine.failNext('create db', ghost(), ghost())
    const seen: (string | undefined)[] = []
    other.engine.before = (call) => {
      if (call === 'create db') seen.push(other.state((store) => store.fleet()?.fleet.deckies[0]?.mac))
    }
    const result = await other.deploy('[db]\nservices=ssh\n')
    expect(shown(result.rows)).toEqual(['db create succeeded created'])
    expect(new Set(seen).size).toBe(3)
    const used = other.engine.instances.get('db')?.mac
    expect(used).toBe(seen[2])
    expect(used?.slice(0, 8)).toBe(seen[0]?.slice(0, 8))
    expect(used).not.toBe(planned)
    expect(other.progress).toContainEqual({
      type: 'operation.step',
      address: 'decky/db',
      step: `MAC ${seen[0]} is held by a ghost, using ${seen[1]}`,
    })
    expect(await other.status()).toMatchObject({deckies: [{state: 'running', drift: []}]})
    other.engine.calls.length = 0
    await other.deploy('[db]\nservices=ssh\n', {replaceFleet: true})
    expect(other.engine.calls).toEqual([])
  })

  it('is not changed when the file fixes it', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create db', ghost())
    const result = await world.deploy('[db]\nmac=00:50:56:01:02:03\n')
    expect(shown(result.rows)).toEqual(['db create failed MAC already in use'])
    expect(world.engine.calls.filter((call) => call === 'create db')).toHaveLength(1)
  })

  it('is given up after three others', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create db', ...Array.from({length: 9}, ghost))
    expect((await world.deploy('[db]\n')).summary.failed).toBe(1)
    expect(world.engine.calls.filter((call) => call === 'create db')).toHaveLength(4)
  })
})

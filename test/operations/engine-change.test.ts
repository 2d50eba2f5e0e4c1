/** A fleet that moves from one engine to another: nothing of it stays behind, whatever happens on the way. */
import {describe, expect, it} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {OperationWorld, shown} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const FILE = '[web]\nservices=http\n[db]\nservices=ssh\n'
const MOVE = {engine: 'embedded', replaceFleet: true} as const
const gone = () => new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached', {hint: 'start it'})
const enginesOf = (world: OperationWorld) => world.state((store) => store.engines())

async function deployed(): Promise<OperationWorld> {
  const world = new OperationWorld()
  await world.deploy(FILE)
  world.engine.calls.length = 0
  return world
}

describe('another engine', () => {
  it('is a conflict beside the fleet, before anything is looked at', async () => {
    const world = await deployed()
    const before = world.snapshot()
    const {looks} = world.engine
    for (const text of ['[x]\n', '[general]\nengine=embedded\n[x]\n']) {
      const error = await rejectionOf(world.deploy(text, text === '[x]\n' ? {engine: 'embedded'} : {}))
      expect([error.code, error.message]).toEqual([
        'ENGINE_CONFLICT',
        'the fleet runs on the docker engine, not on embedded',
      ])
    }
    expect(world.snapshot()).toEqual(before)
    expect([world.engine.looks, world.embedded.looks]).toEqual([looks, 0])
  })

  it('replaces every decky of the whole fleet', async () => {
    const world = await deployed()
    expect(await world.preview(world.deployIntent('[web]\nservices=http\n[new]\nservices=ssh\n', MOVE))).toBe(
      [
        '  - docker/network  remove   the fleet moves to the embedded engine',
        '  - docker/image    remove   the fleet moves to the embedded engine',
        '  + loopback        create   not found',
        '  + process         create   not found',
        '  - decky/db        remove   the fleet moves to the embedded engine',
        '  + decky/new       create   new',
        '-/+ decky/web       replace  the fleet moves to the embedded engine',
        'Plan: 1 to create, 1 to replace, 0 to restart, 1 to remove, 0 unchanged.',
        '',
      ].join('\n'),
    )
    const result = await world.deploy('[web]\nservices=http\n[new]\nservices=ssh\n', MOVE)
    expect(shown(result.rows)).toEqual([
      'db remove succeeded removed',
      'new create succeeded created',
      'web replace succeeded replaced',
    ])
    expect([world.engine.instances.size, world.engine.network, world.engine.imagePresent]).toEqual([0, null, false])
    expect([...world.embedded.instances.keys()].toSorted()).toEqual(['new', 'web'])
    expect(result.fleet.network.subnet).toBe('127.77.0.0/24')
    expect(enginesOf(world)).toEqual(['embedded'])
  })

  it('makes the way back, too', async () => {
    const world = await deployed()
    await world.deploy(FILE, {...MOVE, portOffset: 10_000})
    const {fleet, summary} = await world.deploy(FILE, {engine: 'docker', replaceFleet: true})
    expect(summary).toMatchObject({replaced: 2, failed: 0})
    expect(fleet).toMatchObject({engine: 'docker', portOffset: 0, network: {subnet: '192.168.1.0/24'}})
    expect([world.embedded.instances.size, world.embedded.network]).toEqual([0, null])
    expect(enginesOf(world)).toEqual(['docker'])
  })

  it('asks for consent, because deckies go', async () => {
    const world = await deployed()
    const before = world.snapshot()
    const confirm = () => Promise.reject(new DecnetError('DECLINED', 'no'))
    expect((await rejectionOf(world.deploy(FILE, {...MOVE, confirm}))).code).toBe('DECLINED')
    expect(world.snapshot()).toEqual(before)
  })

  it('never has a decky on both: it is removed there before it is created here', async () => {
    const world = await deployed()
    world.embedded.before = (call) => {
      const name = /^create (.*)/.exec(call)?.[1]
      if (name !== undefined) expect(world.engine.instances.has(name)).toBe(false)
    }
    expect((await world.deploy(FILE, MOVE)).summary).toMatchObject({replaced: 2, failed: 0})
  })
})

describe('a move that cannot begin', () => {
  it('is one from an engine that cannot be asked', async () => {
    const world = await deployed()
    world.engine.unreachable = gone()
    const before = world.snapshot()
    const error = await rejectionOf(world.deploy(FILE, MOVE))
    expect(error.code).toBe('ENGINE_UNAVAILABLE')
    expect(error.hint).toMatch(/^start it; nothing was begun/)
    expect(world.snapshot()).toEqual(before)
    expect(world.embedded.calls).toEqual([])
  })
})

describe('a move that was cut short', () => {
  it('goes on where a decky could not be removed, when the command is repeated', async () => {
    const world = await deployed()
    world.engine.failNext('remove web', new EngineError('refused', 'busy'))
    const first = await world.deploy(FILE, MOVE)
    expect(first.summary).toMatchObject({replaced: 1, failed: 1})
    expect(first.rows.find(({decky}) => decky === 'web')?.error).toBe('busy')
    expect([...world.embedded.instances.keys()]).toEqual(['db'])
    expect(enginesOf(world)).toEqual(['docker', 'embedded'])
    expect((await world.status())?.formerEngines).toEqual(['docker'])
    const second = await world.deploy(FILE, MOVE)
    expect(shown(second.rows)).toEqual(['db keep succeeded unchanged', 'web replace succeeded replaced'])
    expect([world.engine.instances.size, world.engine.network]).toEqual([0, null])
    expect(enginesOf(world)).toEqual(['embedded'])
    expect((await world.status())?.formerEngines).toEqual([])
  })

  it.each(['reconcile', 'teardown'] as const)('is finished by %s, which was told of neither engine', async (verb) => {
    const world = await deployed()
    // As after SIGKILL at the first call: committed, and nothing done.
    const killed = Promise.withResolvers<never>()
    world.engine.before = () => killed.promise
    const calls = world.engine.calls.length
    const dying = world.deploy(FILE, {...MOVE, timeoutMs: 1}).catch((error: unknown) => error)
    while (world.engine.calls.length === calls) await new Promise((resolve) => setImmediate(resolve))
    killed.reject(new EngineError('unavailable', 'killed'))
    await dying
    world.engine.before = () => undefined
    expect(enginesOf(world)).toEqual(['docker', 'embedded'])
    const result = verb === 'reconcile' ? await world.reconcile() : await world.teardown('all')
    expect(result.summary.failed).toBe(0)
    expect([world.engine.instances.size, world.engine.network]).toEqual([0, null])
    expect(world.embedded.instances.size).toBe(verb === 'reconcile' ? 2 : 0)
    expect(enginesOf(world)).toEqual(verb === 'reconcile' ? ['embedded'] : [])
  })

  it('does not keep the fleet from being changed while the former engine is gone', async () => {
    const world = await deployed()
    world.engine.failNext('remove web', new EngineError('refused', 'busy'))
    await world.deploy(FILE, MOVE)
    world.engine.unreachable = gone()
    expect((await world.deploy('[mail]\nservices=ssh\n')).summary).toMatchObject({created: 1, failed: 0})
    expect(world.progress).toContainEqual({
      type: 'notice',
      message: 'what an earlier fleet may have left on the docker engine stays: cannot be reached',
    })
    expect(enginesOf(world)).toEqual(['docker', 'embedded'])
    // To promise that all is gone it must be asked.
    expect((await rejectionOf(world.teardown('all'))).code).toBe('ENGINE_UNAVAILABLE')
  })
})

describe('the end of a fleet', () => {
  it('leaves no engine to be asked', async () => {
    const world = await deployed()
    await world.teardown('all')
    expect(enginesOf(world)).toEqual([])
    const {looks} = world.engine
    world.engine.unreachable = gone()
    expect((await world.teardown('all')).rows).toEqual([])
    expect([world.engine.looks, world.embedded.looks]).toEqual([looks, 0])
  })

  it('that failed is finished on the engine where the fleet was', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE, {engine: 'embedded'})
    world.embedded.failNext('remove web', new EngineError('refused', 'busy'))
    expect((await world.teardown('all')).summary).toMatchObject({removed: 1, failed: 1})
    expect(enginesOf(world)).toEqual(['embedded'])
    expect((await world.teardown('all')).summary).toMatchObject({removed: 1, failed: 0})
    expect([world.embedded.instances.size, world.engine.looks]).toEqual([0, 0])
    expect(enginesOf(world)).toEqual([])
  })
})

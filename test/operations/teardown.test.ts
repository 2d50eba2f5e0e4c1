import {describe, expect, it} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {OperationWorld, shown} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const FILE = '[web]\nservices=http\namount=2\n[db]\nservices=ssh\n'

describe('teardown', () => {
  it('removes the deckies named, in any case, and nothing else', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.calls.length = 0
    const result = await world.teardown(['WEB-01'])
    expect(shown(result.rows)).toEqual(['web-01 remove succeeded removed'])
    expect(world.engine.calls).toEqual(['remove web-01'])
    expect(world.state((store) => store.fleet()?.fleet.deckies.map(({name}) => name))).toEqual(['db', 'web-02'])
    expect((await world.status())?.deckies.map(({state}) => state)).toEqual(['running', 'running'])
  })

  it('of the last decky removes the network and the image too', async () => {
    const world = new OperationWorld()
    await world.deploy('[db]\nservices=ssh\n')
    world.engine.calls.length = 0
    await world.teardown(['db'])
    expect(world.engine.calls).toEqual(['remove db', 'network.remove', 'image.remove'])
    expect(world.state((store) => store.fleet())).toBeNull()
  })

  it('of all removes all of it', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const result = await world.teardown('all')
    expect(result.summary).toMatchObject({removed: 3, failed: 0})
    expect([world.engine.instances.size, world.engine.network, world.engine.imagePresent]).toEqual([0, null, false])
    expect(world.state((store) => store.lastDeployment())).toMatchObject({kind: 'teardown', outcome: 'succeeded'})
  })

  it('of all finds what an earlier teardown left', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.failNext('remove db', new EngineError('refused', 'busy'))
    const first = await world.teardown('all')
    expect(first.summary).toMatchObject({removed: 2, failed: 1})
    expect(first.resourceErrors).toEqual([])
    expect(world.engine.network).not.toBeNull()
    expect((await world.teardown('all')).summary).toMatchObject({removed: 1, failed: 0})
    expect([world.engine.instances.size, world.engine.network]).toEqual([0, null])
  })

  it('resumes when the same names are given again, though some are gone already', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.failNext('remove db', new EngineError('refused', 'busy'))
    expect((await world.teardown(['db', 'web-01'])).summary).toMatchObject({removed: 1, failed: 1})
    world.engine.calls.length = 0
    expect(shown((await world.teardown(['DB', 'web-01'])).rows)).toEqual(['db remove succeeded removed'])
    expect(world.engine.calls).toEqual(['remove db'])
    expect((await rejectionOf(world.teardown(['db']))).code).toBe('UNKNOWN_DECKY')
  })

  it('of a decky that is gone already is no failure', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.instances.delete('db')
    world.engine.calls.length = 0
    expect(shown((await world.teardown(['db'])).rows)).toEqual(['db remove succeeded removed'])
    expect(world.engine.calls).toEqual([])
  })

  it('of all where there is nothing does nothing', async () => {
    const world = new OperationWorld()
    expect((await world.teardown('all')).rows).toEqual([])
    expect(world.engine.calls).toEqual([])
  })

  it('refuses names that the fleet does not have, and then removes none', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const error = await rejectionOf(world.teardown(['db', 'mail', 'web']))
    expect([error.code, error.message]).toEqual(['UNKNOWN_DECKY', 'the fleet has no mail, web'])
    expect(world.snapshot()).toEqual(before)
  })

  it('gives the address back', async () => {
    const world = new OperationWorld()
    await world.deploy('[a]\nservices=ssh\n[b]\nservices=ssh\n')
    await world.teardown(['a'])
    const {fleet} = await world.deploy('[c]\nservices=ssh\n')
    expect(fleet.deckies.map(({name, ip}) => [name, ip])).toEqual([
      ['b', '192.168.1.3'],
      ['c', '192.168.1.2'],
    ])
  })
})

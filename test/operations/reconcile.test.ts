import {describe, expect, it} from 'vitest'

import {type DeckyProbe, EngineError} from '../../src/engines/engine.ts'
import {ailments} from '../../src/operations/reconcile.ts'
import type {FakeFleetEngine} from '../support/fake-fleet-engine.ts'
import {decky} from '../support/fleet-parts.ts'
import {OperationWorld, shown} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const FILE = '[web]\nservices=http\n[db]\nservices=ssh\n'

describe('reconcile', () => {
  it('of a fleet that runs as it should does nothing', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.calls.length = 0
    const result = await world.reconcile()
    expect(shown(result.rows)).toEqual(['db keep succeeded unchanged', 'web keep succeeded unchanged'])
    expect(world.engine.calls).toEqual([])
  })

  it('looks at the engine once, and inside the deckies once', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const {looks} = world.engine
    await world.reconcile()
    expect(world.engine.looks - looks).toBe(2)
  })

  it.each<[string, (engine: FakeFleetEngine) => unknown, string[]]>([
    ['was removed', (engine) => engine.instances.delete('db'), ['create db']],
    ['was stopped', (engine) => engine.alter('db', {state: 'exited'}), ['restart db']],
    ['was paused', (engine) => engine.alter('db', {state: 'paused'}), ['restart db']],
    ['is dead', (engine) => engine.alter('db', {state: 'dead'}), ['replace db']],
    ['has another address', (engine) => engine.alter('db', {ip: '192.168.1.99'}), ['replace db']],
    ['has another MAC', (engine) => engine.alter('db', {mac: '02:00:00:00:00:01'}), ['replace db']],
    ['was disconnected', (engine) => engine.alter('db', {networkId: null, ip: null, mac: null}), ['replace db']],
    ['has another configuration', (engine) => engine.alter('db', {configHash: 'x'}), ['replace db']],
    ['was weakened', (engine) => engine.alter('db', {deviations: ['is privileged']}), ['replace db']],
    ['is deaf', (engine) => engine.deaf.add('db'), ['restart db']],
  ])('repairs a decky that %s, and no other', async (_, damage, calls) => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const other = world.engine.instances.get('web')
    damage(world.engine)
    world.engine.calls.length = 0
    const result = await world.reconcile()
    expect(world.engine.calls).toEqual(calls)
    expect(result.summary).toMatchObject({unchanged: 1, failed: 0})
    expect(world.engine.instances.get('web')).toEqual(other)
    expect((await world.status())?.deckies.flatMap(({drift}) => drift)).toEqual([])
    world.engine.calls.length = 0
    await world.reconcile()
    expect(world.engine.calls).toEqual([])
  })

  it('makes a stopped decky anew when a ghost holds its MAC, which an instance keeps for ever', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.engine.instances.get('db')?.mac
    world.engine.alter('db', {state: 'exited'})
    world.engine.failNext('restart db', new EngineError('mac-in-use', 'MAC already in use'))
    world.engine.calls.length = 0
    expect((await world.reconcile()).summary).toMatchObject({restarted: 1, unchanged: 1, failed: 0})
    expect(world.engine.calls).toEqual(['restart db', 'create db'])
    expect(world.engine.instances.get('db')?.mac).not.toBe(before)
    expect((await world.status())?.deckies.flatMap(({drift}) => drift)).toEqual([])
  })

  it('makes a network and an image that are gone', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.network = null
    world.engine.imagePresent = false
    for (const name of ['db', 'web']) world.engine.alter(name, {networkId: null, ip: null, mac: null})
    world.engine.calls.length = 0
    await world.reconcile()
    expect(world.engine.calls.toSorted()).toEqual(['image.ensure', 'network.create', 'replace db', 'replace web'])
  })

  it('replaces all deckies when the runtime is another one', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.runtimeId = 'image:2'
    expect((await world.reconcile()).summary).toMatchObject({replaced: 2})
  })

  it('removes leftovers', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const [instance] = world.engine.instances.values()
    if (instance !== undefined) {
      world.engine.instances.set('old', {...instance, decky: 'old', ip: '192.168.1.77', mac: '00:50:56:09:09:09'})
    }
    const result = await world.reconcile()
    expect(shown(result.rows)).toContain('old remove succeeded removed')
    expect(world.engine.instances.has('old')).toBe(false)
  })

  it('needs a fleet', async () => {
    const error = await rejectionOf(new OperationWorld().reconcile())
    expect([error.code, error.message]).toEqual(['USAGE', 'there is no fleet to reconcile'])
  })

  it('keeps each decky with the deployment that submitted it', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    await world.reconcile()
    expect(world.state((store) => store.fleet()?.deckies.map(({deploymentId}) => deploymentId))).toEqual([1, 1])
    expect((await rejectionOf(world.deploy(FILE))).code).toBe('NAME_CONFLICT')
  })
})

describe('ailments', () => {
  const fleet = {deckies: [decky()]}
  const probe = (changes: Partial<DeckyProbe>): DeckyProbe => ({
    decky: 'web-01',
    ip: '10.78.0.11',
    mac: '00:50:56:00:00:11',
    services: [{name: 'ssh', port: 22, protocol: 'tcp', state: 'answering'}],
    error: null,
    ...changes,
  })

  it.each<[Partial<DeckyProbe>, string | undefined]>([
    [{}, undefined],
    [{error: 'exec failed'}, 'it cannot be looked into: exec failed'],
    [{ip: null}, 'it has no address inside'],
    [{ip: '10.78.0.12'}, 'it has 10.78.0.12 inside'],
    [{services: [{name: 'ssh', port: 22, protocol: 'tcp', state: 'listening'}]}, 'ssh on port 22 does not answer'],
    [{services: [{name: 'ssh', port: 22, protocol: 'tcp', state: 'down'}]}, 'ssh on port 22 does not answer'],
  ])('of %j: %s', (changes, ailment) => {
    expect(ailments([probe(changes)], fleet).get('web-01')).toBe(ailment)
  })
})

/** What operations make of the embedded engine, played by an engine in memory. */
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {DecnetError} from '../../src/fleet/errors.ts'
import {OperationWorld} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const FILE = '[web]\nservices=http\namount=2\n'
const EMBEDDED = {engine: 'embedded', portOffset: 10_000} as const

describe('the network of an embedded fleet', () => {
  it('is a loopback subnet; nothing is detected', async () => {
    const world = new OperationWorld()
    const deps = {...world.deps, detectNetwork: () => Promise.reject(new Error('asked'))}
    Object.assign(world.deps, deps)
    const {fleet} = await world.deploy(FILE, {engine: 'embedded'})
    expect(fleet.network).toEqual({
      driver: 'loopback',
      interface: process.platform === 'darwin' ? 'lo0' : 'lo',
      subnet: '127.77.0.0/24',
      gateway: '127.77.0.1',
    })
    expect(fleet.deckies.map(({ip}) => ip)).toEqual(['127.77.0.2', '127.77.0.3'])
    expect(world.embedded.network).toMatchObject({driver: 'loopback'})
    expect(world.engine.looks).toBe(0)
  })

  it('may be another of 127.0.0.0/8, where the first address and those of the host stay free', async () => {
    const world = new OperationWorld()
    const {fleet} = await world.deploy('[a]\n', {engine: 'embedded', subnet: '127.0.0.0/24', gateway: '127.0.0.9'})
    expect(fleet.deckies.map(({ip}) => ip)).toEqual(['127.0.0.2'])
    const own = new OperationWorld()
    Object.assign(own.deps, {hostAddresses: () => ['127.77.0.2']})
    expect((await own.deploy('[a]\n', {engine: 'embedded'})).fleet.deckies[0]?.ip).toBe('127.77.0.3')
    const error = await rejectionOf(
      own.deploy('[general]\nnet=127.0.0.0/24\ngw=127.0.0.9\n[b]\nip=127.0.0.1\n', {
        engine: 'embedded',
        replaceFleet: true,
      }),
    )
    expect(error.diagnostics[0]?.summary).toContain("this host's own address")
  })

  it.each<[string, string, Parameters<OperationWorld['deploy']>[1], string, string]>([
    ['a LAN in the file', '[general]\nnet=192.168.1.0/24\n', {}, 'FLEET_FILE_INVALID', 'fleet.ini has 1 problem'],
    ['an interface', '', {interface: 'eth0'}, 'USAGE', 'on loopback, not on eth0'],
    ['a LAN in a flag', '', {subnet: '10.0.0.0/24'}, 'USAGE', '--subnet: 10.0.0.0/24 is not loopback'],
    ['a port that is none', '', {portOffset: 65_500}, 'USAGE', 'http of web-01 would listen on port 65580'],
  ])('cannot be %s', async (_, general, options, code, message) => {
    const world = new OperationWorld()
    const error = await rejectionOf(world.deploy(`${general}${FILE}`, {engine: 'embedded', ...options}))
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)])
    expect(world.embedded.looks + world.engine.looks).toBe(0)
  })

  it('is that of the state afterwards, and so is the engine, though the file was read without it', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE, EMBEDDED)
    const {fleet} = await world.deploy('[db]\nservices=ssh\n')
    expect(fleet).toMatchObject({engine: 'embedded', portOffset: 10_000, network: {subnet: '127.77.0.0/24'}})
    const error = await rejectionOf(world.deploy('[general]\nnet=10.0.0.0/24\n[x]\n', {replaceFleet: true}))
    expect(error).toMatchObject({code: 'FLEET_FILE_INVALID', diagnostics: [{code: 'unusable-net', place: {line: 2}}]})
  })

  it('of the example of an office has room for it on both engines', async () => {
    const text = readFileSync(new URL('../../examples/office.ini', import.meta.url), 'utf8')
    for (const engine of ['embedded', 'docker'] as const) {
      const world = new OperationWorld()
      expect((await world.deploy(text, {engine})).summary).toMatchObject({created: 8, failed: 0})
    }
  })
})

describe('a port offset', () => {
  it('is kept, is part of every configuration, and is told to the engine', async () => {
    const world = new OperationWorld()
    const plain = new OperationWorld()
    await world.deploy(FILE, EMBEDDED)
    await plain.deploy(FILE, {engine: 'embedded'})
    expect(world.state((store) => store.fleet()?.fleet.portOffset)).toBe(10_000)
    expect(world.engineRequests.at(-1)).toMatchObject({name: 'embedded', portOffset: 10_000})
    expect(world.embedded.requestOf('web-01')?.decky.services[0]?.ports).toEqual([{port: 80, protocol: 'tcp'}])
    const status = await world.status()
    expect(status?.deckies[0]?.services).toMatchObject([{port: 80, boundPort: 10_080, state: 'answering'}])
    expect(status?.deckies.flatMap(({drift}) => drift)).toEqual([])
  })

  it('of another size is a conflict beside the fleet', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE, EMBEDDED)
    const error = await rejectionOf(world.deploy('[db]\n', {portOffset: 20_000}))
    expect([error.code, error.message]).toEqual([
      'NETWORK_CONFLICT',
      'the ports of the fleet are offset by 10000, not by 20000',
    ])
  })

  it('of another size replaces every decky of the whole fleet, and says why', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE, EMBEDDED)
    const intent = () => world.deployIntent(FILE, {replaceFleet: true, portOffset: 20_000})
    expect(await world.preview(intent())).toBe(
      [
        '-/+ decky/web-01  replace  the port offset changed from 10000 to 20000',
        '-/+ decky/web-02  replace  the port offset changed from 10000 to 20000',
        'Ports are offset by 20000.',
        'Plan: 0 to create, 2 to replace, 0 to restart, 0 to remove, 0 unchanged.',
        '',
      ].join('\n'),
    )
    expect((await world.deploy(FILE, {replaceFleet: true, portOffset: 20_000})).summary).toMatchObject({replaced: 2})
    expect((await world.reconcile()).summary).toMatchObject({unchanged: 2})
  })

  it('is refused on docker', async () => {
    const world = new OperationWorld()
    expect((await rejectionOf(world.deploy(FILE, {portOffset: 1}))).code).toBe('USAGE')
    expect(world.engine.looks).toBe(0)
  })
})

describe('a decky of the embedded engine', () => {
  it('has no MAC that could be another', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE, EMBEDDED)
    for (const name of ['web-01', 'web-02']) world.embedded.alter(name, {mac: null})
    expect((await world.reconcile()).summary).toMatchObject({unchanged: 2})
    expect((await world.status())?.deckies.map(({state}) => state)).toEqual(['running', 'running'])
  })

  it('is stopped when its process is gone, and says so', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE, EMBEDDED)
    world.embedded.alter('web-01', {state: 'exited', reason: 'its process is gone'})
    const [status] = (await world.status())?.deckies ?? []
    expect(status).toMatchObject({
      state: 'stopped',
      drift: [{field: 'state', desired: 'running', observed: 'exited (its process is gone)'}],
    })
    expect((await world.reconcile()).summary).toMatchObject({restarted: 1, unchanged: 1})
  })
})

describe('a first deployment without Docker', () => {
  const gone = () => new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached', {hint: 'start it'})

  it('names the other engine, and does not take it', async () => {
    const world = new OperationWorld()
    world.engine.unreachable = gone()
    const error = await rejectionOf(world.deploy(FILE))
    expect(error.code).toBe('ENGINE_UNAVAILABLE')
    expect(error.hint).toMatch(/^start it; .*--engine embedded$/)
    expect(world.embedded.looks).toBe(0)
    expect(world.state((store) => store.fleet())).toBeNull()
  })

  it('is no advice for a fleet that is there', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.unreachable = gone()
    expect((await rejectionOf(world.deploy('[db]\n'))).hint).toBe('start it')
    expect((await rejectionOf(world.reconcile())).hint).toBe('start it')
  })
})

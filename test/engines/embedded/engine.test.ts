import {existsSync, rmSync} from 'node:fs'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'

import type {Engine} from '../../../src/engines/engine.ts'
import {buildBundle, call, EmbeddedWorld, HTTP, listens, OFFSET, REDIS, RedisClient} from '../../support/embedded.ts'
import {eventually} from '../../support/serve.ts'

let bundle = ''
let world: EmbeddedWorld
let engine: Engine

beforeAll(() => {
  bundle = buildBundle()
})
afterAll(() => rmSync(bundle, {recursive: true, force: true}))
beforeEach(async () => {
  world = new EmbeddedWorld(bundle)
  engine = await world.engine()
})
afterEach(() => world.dispose())

const states = async (): Promise<Record<string, string>> => {
  const {instances} = await engine.observe(call().signal)
  return Object.fromEntries(instances.map(({decky, state}) => [decky, state]))
}

describe('the embedded engine', () => {
  it('says of a fleet that was never deployed that there is nothing, and makes nothing', async () => {
    expect(await engine.observe(call().signal)).toEqual({
      network: null,
      surplusNetworks: [],
      imagePresent: false,
      instances: [],
    })
    expect(await engine.probe(['web-01'], call().signal)).toMatchObject([{error: 'the decoy process does not run'}])
    await engine.removeDecky('web-01', call())
    expect(existsSync(world.directory)).toBe(false)
  })

  it('plays a decky: seen, answering, at its address with the offset', async () => {
    await engine.createNetwork(world.network, call())
    await engine.ensureImage(call())
    await engine.createDecky(world.request('web-01', 10, [HTTP, REDIS]), world.network, call())
    const observed = await engine.observe(call().signal)
    const {driver, interface: name, subnet, gateway} = world.network
    expect(observed.network).toMatchObject({driver, interface: name, subnet, gateway, foreignEndpoints: []})
    expect(observed.imagePresent).toBe(true)
    expect(observed.instances).toMatchObject([
      {
        decky: 'web-01',
        customService: null,
        configHash: 'hash-1',
        generation: 1,
        state: 'running',
        ip: world.ip(10),
        mac: '00:50:56:00:00:0a',
        networkId: observed.network?.id,
        restarts: 0,
        deviations: [],
      },
    ])
    expect(await engine.probe(['web-01'], call().signal)).toEqual([
      {
        decky: 'web-01',
        ip: world.ip(10),
        mac: '00:50:56:00:00:0a',
        error: null,
        services: [
          {name: 'http', port: 80, protocol: 'tcp', state: 'answering'},
          {name: 'redis', port: 6379, protocol: 'tcp', state: 'answering'},
        ],
      },
    ])
    expect(await (await RedisClient.open(world.ip(10))).ask()).toBe('+PONG\r\n')
    const page = await fetch(`http://${world.ip(10)}:${80 + OFFSET}/`)
    expect(page.status).toBe(200)
  })

  it('adds and removes deckies without touching the sessions of the others', async () => {
    await engine.createNetwork(world.network, call())
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    const before = (await engine.observe(call().signal)).instances[0]
    const pid = world.pid
    const session = await RedisClient.open(world.ip(10))
    await session.ask('SET key value')
    await Promise.all(
      [11, 12, 13].map((host) => engine.createDecky(world.request(`web-${host}`, host), world.network, call())),
    )
    await engine.removeDecky('web-12', call())
    expect(await session.ask('GET key')).toContain('value')
    expect(await states()).toEqual({'web-01': 'running', 'web-11': 'running', 'web-13': 'running'})
    expect((await engine.observe(call().signal)).instances.find(({decky}) => decky === 'web-01')).toEqual(before)
    expect(world.pid).toBe(pid)
    expect(await listens(world.ip(12))).toBe(false)
    session.socket.destroy()
  })

  it('does nothing twice: a decky that is as it should be keeps its sessions', async () => {
    await engine.createNetwork(world.network, call())
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    const session = await RedisClient.open(world.ip(10))
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    await engine.restartDecky(world.request('web-01', 10), world.network, call())
    expect(await session.ask()).toBe('+PONG\r\n')
    session.socket.destroy()
  })

  it('replaces one decky: its old sessions end, its ports are those of the new one, the others stay', async () => {
    await engine.createNetwork(world.network, call())
    await engine.createDecky(world.request('web-01', 10, [REDIS, HTTP]), world.network, call())
    await engine.createDecky(world.request('web-02', 11), world.network, call())
    const [replaced, other] = [await RedisClient.open(world.ip(10)), await RedisClient.open(world.ip(11))]
    const password = {...REDIS, options: {password: 'secret'}}
    await engine.replaceDecky(world.request('web-01', 10, [password], 'hash-2'), world.network, call())
    await eventually(() => replaced.closed)
    expect(await other.ask()).toBe('+PONG\r\n')
    expect(await (await RedisClient.open(world.ip(10))).ask()).toContain('NOAUTH')
    expect(await listens(world.ip(10), 80 + OFFSET)).toBe(false)
    const {instances} = await engine.observe(call().signal)
    expect(instances.map(({configHash}) => configHash)).toEqual(['hash-2', 'hash-1'])
    other.socket.destroy()
  })

  it('drains the evidence of a decky before it is gone', async () => {
    await engine.createNetwork(world.network, call())
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    const session = await RedisClient.open(world.ip(10))
    await session.ask('GET treasure')
    await engine.removeDecky('web-01', call())
    const events = world.stored.map((line) => JSON.parse(line))
    expect(events.map(({event}) => event)).toEqual(expect.arrayContaining(['service.ready', 'command', 'session.end']))
    expect(events.map(({seq}) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(new Set(events.map(({boot}) => boot)).size).toBe(1)
  })

  it('keeps a decky, stopped, whose evidence could not be stored', async () => {
    await engine.createNetwork(world.network, call())
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    const store = world.stored.push.bind(world.stored)
    world.stored.push = () => {
      throw new Error('the disk is full')
    }
    await expect(engine.removeDecky('web-01', call())).rejects.toThrow('the disk is full')
    expect(await states()).toEqual({'web-01': 'exited'})
    expect(await listens(world.ip(10))).toBe(false)
    world.stored.push = store
    await engine.removeDecky('web-01', call())
    expect(await states()).toEqual({})
    expect(world.stored.length).toBeGreaterThan(0)
  })

  it('leaves nothing once the last decky, the network and the process are removed', async () => {
    await engine.createNetwork(world.network, call())
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    const client = await RedisClient.open(world.ip(10))
    await client.ask()
    await engine.removeImage(call())
    await engine.removeNetwork(call())
    expect(world.pid, 'a process that still plays a decky is not ended').not.toBeNull()
    await engine.createNetwork(world.network, call())
    await engine.removeDecky('web-01', call())
    await Promise.all([engine.removeNetwork(call()), engine.removeImage(call())])
    expect(world.pid).toBeNull()
    expect(existsSync(world.directory)).toBe(false)
    expect(await engine.observe(call().signal)).toMatchObject({network: null, imagePresent: false, instances: []})
  })
})

import {execFileSync, spawn} from 'node:child_process'
import {appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'

import {processIdentity} from '../../../src/decoy/embedded/process-identity.ts'
import {PROTOCOL_VERSION} from '../../../src/decoy/embedded/protocol.ts'
import type {Engine} from '../../../src/engines/engine.ts'
import {buildBundle, call, EmbeddedWorld, HTTP, listens, REDIS, RedisClient} from '../../support/embedded.ts'
import {eventually} from '../../support/serve.ts'

/** A process is taken for hung sooner than a user's is, so that the tests do not wait. */
const IMPATIENT = {timing: {answer: 500, end: 500}}

let bundle = ''
let world: EmbeddedWorld
let engine: Engine
const cleanups: (() => unknown)[] = []

beforeAll(() => {
  bundle = buildBundle()
})
afterAll(() => rmSync(bundle, {recursive: true, force: true}))
beforeEach(async () => {
  world = new EmbeddedWorld(bundle)
  engine = await world.engine(IMPATIENT)
  await engine.createNetwork(world.network, call())
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await world.dispose()
})

const create = (name: string, host: number, by = engine) =>
  by.createDecky(world.request(name, host), world.network, call())
const restart = (name: string, host: number) => engine.restartDecky(world.request(name, host), world.network, call())

async function states(): Promise<Record<string, string>> {
  const {instances} = await engine.observe(call().signal)
  return Object.fromEntries(instances.map(({decky, state}) => [decky, state]))
}

/** Polls, because deckies that are taken up again are not waited for. */
async function answering(ip: string): Promise<void> {
  const end = Date.now() + 5000
  while (!(await listens(ip))) {
    if (Date.now() > end) throw new Error(`nothing listens on ${ip}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the process', () => {
  it('is in a session of its own and survives the end of its terminal', async () => {
    await create('web-01', 10)
    const pid = world.pid ?? 0
    const [session, parent] = execFileSync('ps', ['-o', 'sid=,tty=', '-p', String(pid)], {encoding: 'utf8'})
      .trim()
      .split(/\s+/)
    expect([Number(session), parent]).toEqual([pid, '?'])
    process.kill(pid, 'SIGHUP')
    expect(await (await RedisClient.open(world.ip(10))).ask()).toBe('+PONG\r\n')
    expect(world.pid).toBe(pid)
  })

  it('is seen as ended after a kill, and one restarted decky brings all of them back', async () => {
    await Promise.all([create('web-01', 10), create('web-02', 11), create('web-03', 12)])
    await world.kill()
    expect(await states()).toEqual({'web-01': 'exited', 'web-02': 'exited', 'web-03': 'exited'})
    expect(await engine.observe(call().signal)).toMatchObject({
      imagePresent: false,
      network: {subnet: expect.any(String)},
    })
    expect(await engine.probe(['web-01'], call().signal)).toMatchObject([{error: 'the decoy process does not run'}])
    await restart('web-01', 10)
    await Promise.all([answering(world.ip(11)), answering(world.ip(12))])
    expect(await states()).toEqual({'web-01': 'running', 'web-02': 'running', 'web-03': 'running'})
    expect(await listens(world.ip(10))).toBe(true)
  })

  it('takes up all deckies again when another one is created', async () => {
    await create('web-01', 10)
    await world.kill()
    await create('web-02', 11)
    await answering(world.ip(10))
    expect(await states()).toEqual({'web-01': 'running', 'web-02': 'running'})
  })

  it('does not take up what was stopped to be removed, and removes deckies of a dead process without playing any', async () => {
    await create('web-01', 10)
    await create('web-02', 11)
    await world.kill()
    await engine.removeDecky('web-01', call())
    expect(await states()).toEqual({'web-02': 'exited'})
    expect(world.stored.length).toBeGreaterThan(0)
    await restart('web-02', 11)
    expect(await states()).toEqual({'web-02': 'running'})
    expect(await listens(world.ip(10))).toBe(false)
  })

  it('runs once, however many commands start it at the same time', async () => {
    const engines = await Promise.all(Array.from({length: 4}, () => world.engine()))
    await Promise.all(engines.map((each, index) => create(`web-${index}`, 10 + index, each)))
    const running = () =>
      execFileSync('ps', ['-eo', 'pid=,args='], {encoding: 'utf8'})
        .split('\n')
        .filter((line) => line.includes('embedded.cjs') && line.includes(world.directory))
    // One that came too late ends by itself, before it has bound or written anything.
    await expect.poll(() => running().length, {timeout: 5000}).toBe(1)
    expect(Number.parseInt(running()[0] ?? '', 10)).toBe(world.pid)
    expect(Object.values(await states())).toEqual(['running', 'running', 'running', 'running'])
  })

  it('is not started beside one whose socket is gone, but takes its place when deckies are to be restarted', async () => {
    await create('web-01', 10)
    const pid = world.pid
    rmSync(join(world.directory, 'control.sock'))
    expect(await states()).toEqual({'web-01': 'paused'})
    await expect(create('web-02', 11)).rejects.toMatchObject({
      fault: 'unavailable',
      message: `the decoy process (pid ${pid}) does not answer`,
    })
    await restart('web-01', 10)
    expect(world.pid).not.toBe(pid)
    expect(await states()).toEqual({'web-01': 'running'})
  })

  it('is started over a stale socket and a pid file that names somebody else, who is left alone', async () => {
    const bystander = spawn('sleep', ['60'], {stdio: 'ignore'})
    cleanups.push(() => bystander.kill('SIGKILL'))
    const server = createServer().listen(join(world.directory, 'control.sock'))
    await eventually(() => server.listening)
    const socket = join(world.directory, 'control.sock')
    const kept = join(world.base, 'kept.sock')
    // The end of a listening process leaves its socket behind; a hard link does the same here.
    execFileSync('ln', [socket, kept])
    await new Promise((resolve) => server.close(resolve))
    execFileSync('mv', [kept, socket])
    const record = {v: PROTOCOL_VERSION, pid: bystander.pid, identity: 'boot 1', runtimeId: 'x', boot: 'b'}
    writeFileSync(join(world.directory, 'process.json'), JSON.stringify(record))
    await create('web-01', 10)
    expect(await states()).toEqual({'web-01': 'running'})
    expect(processIdentity(bystander.pid ?? 0)).not.toBeNull()
  })

  it('that is stopped is told within the deadline, and restarted with all its deckies', async () => {
    await create('web-01', 10)
    await create('web-02', 11)
    const pid = world.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    const startedAt = performance.now()
    expect(await engine.probe(['web-01', 'web-02'], call().signal)).toMatchObject([
      {decky: 'web-01', error: 'the decoy process does not answer', services: []},
      {decky: 'web-02', error: 'the decoy process does not answer'},
    ])
    expect(performance.now() - startedAt).toBeLessThan(3000)
    expect(await states()).toEqual({'web-01': 'paused', 'web-02': 'paused'})
    await expect(create('web-03', 12)).rejects.toMatchObject({fault: 'unavailable'})
    await restart('web-01', 10)
    expect(world.pid).not.toBe(pid)
    await answering(world.ip(11))
    expect(await states()).toEqual({'web-01': 'running', 'web-02': 'running'})
  })

  it('that is stopped does not keep a decky from being removed', async () => {
    await create('web-01', 10)
    process.kill(world.pid ?? 0, 'SIGSTOP')
    await engine.removeDecky('web-01', call())
    expect(await states()).toEqual({})
    await engine.removeNetwork(call())
    expect(world.files).toEqual([])
  })

  it('of another version goes on until a decky is played by the new one, which takes over all of them', async () => {
    await create('web-01', 10)
    const [pid, old] = [world.pid, engine.runtimeId]
    const newer = join(world.base, 'newer')
    mkdirSync(newer)
    cpSync(bundle, newer, {recursive: true})
    appendFileSync(join(newer, 'embedded.cjs'), '\n//')
    const session = await RedisClient.open(world.ip(10))
    await session.ask('GET treasure')
    engine = await world.engine({bundle: newer})
    expect(engine.runtimeId).not.toBe(old)
    expect(await engine.observe(call().signal)).toMatchObject({imagePresent: false, instances: [{state: 'running'}]})
    expect(await session.ask()).toBe('+PONG\r\n')
    await create('web-02', 11)
    await answering(world.ip(10))
    expect(world.pid).not.toBe(pid)
    expect((await engine.observe(call().signal)).imagePresent).toBe(true)
    expect(await states()).toEqual({'web-01': 'running', 'web-02': 'running'})
    await engine.removeDecky('web-01', call())
    const events = world.stored.map((line) => JSON.parse(line))
    const ended = events.find(({event, decky}) => event === 'session.end' && decky === 'web-01')
    expect(ended).toBeDefined()
    expect(new Set(events.map(({boot}) => boot)).size).toBe(2)
    expect(new Set(events.map(({id}) => id)).size).toBe(events.length)
  })

  it('works in a directory that is too deep for the path of a socket', async () => {
    const deep = new EmbeddedWorld(bundle, {depth: 'a-rather-long-name/'.repeat(10)})
    cleanups.push(() => deep.dispose())
    const there = await deep.engine()
    await there.createNetwork(deep.network, call())
    await there.createDecky(deep.request('web-01', 40, [REDIS, HTTP]), deep.network, call())
    expect(await there.probe(['web-01'], call().signal)).toMatchObject([{error: null}])
    expect(deep.files).toContain('control.sock')
    await there.removeDecky('web-01', call())
    await there.removeNetwork(call())
    expect(deep.files).toEqual([])
  })

  it('tells why it cannot be started', async () => {
    const broken = join(world.base, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'embedded.cjs'), "throw new Error('no such luck')\n")
    engine = await world.engine({bundle: broken})
    await expect(create('web-01', 10)).rejects.toMatchObject({
      fault: 'not-ready',
      message: expect.stringMatching(/^the decoy process ended with exit code 1: .*no such luck/),
    })
    await expect(world.engine({bundle: join(world.base, 'none')})).rejects.toMatchObject({code: 'ENGINE_FAILED'})
  })
})

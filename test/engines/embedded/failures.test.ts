import {execFileSync} from 'node:child_process'
import {chmodSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'

import {missingAddressHint, refusalError} from '../../../src/engines/embedded/failures.ts'
import type {Engine} from '../../../src/engines/engine.ts'
import {buildBundle, call, EmbeddedWorld, HTTP, listens, OFFSET, REDIS, RedisClient} from '../../support/embedded.ts'

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
  engine = await world.engine()
  await engine.createNetwork(world.network, call())
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await world.dispose()
})

async function hold(ip: string, port: number): Promise<void> {
  const server = createServer().listen(port, ip)
  await new Promise((resolve) => server.once('listening', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
}

describe('a port that somebody else holds', () => {
  it('fails its decky alone, names the holder, and leaves nothing bound', async () => {
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    await hold(world.ip(11), 80 + OFFSET)
    await expect(
      engine.createDecky(world.request('web-02', 11, [REDIS, HTTP]), world.network, call()),
    ).rejects.toMatchObject({
      name: 'EngineError',
      fault: 'address-in-use',
      message: expect.stringMatching(
        new RegExp(
          `^web-02: http cannot listen on ${world.ip(11)}:${80 + OFFSET}/tcp: .*\\(pid ${process.pid}\\) holds it$`,
        ),
      ),
      hint: expect.stringContaining('--port-offset'),
    })
    expect(await listens(world.ip(11))).toBe(false)
    const {instances} = await engine.observe(call().signal)
    expect(instances).toMatchObject([{decky: 'web-01', state: 'running'}])
    expect(await listens(world.ip(10))).toBe(true)
  })

  it('brings the previous decky back when it is met in a replacement', async () => {
    await engine.createDecky(world.request('web-01', 10), world.network, call())
    await hold(world.ip(10), 80 + OFFSET)
    await expect(
      engine.replaceDecky(world.request('web-01', 10, [REDIS, HTTP], 'hash-2'), world.network, call()),
    ).rejects.toMatchObject({
      fault: 'address-in-use',
      message: expect.stringMatching(/holds it \(rolled back: the previous one runs again\)$/),
    })
    expect(await (await RedisClient.open(world.ip(10))).ask()).toBe('+PONG\r\n')
    const {instances} = await engine.observe(call().signal)
    expect(instances).toMatchObject([{configHash: 'hash-1', state: 'running'}])
  })

  it('is waited for by a decky that is taken up again, whose other services answer meanwhile', async () => {
    await engine.createDecky(world.request('web-01', 10, [REDIS, HTTP]), world.network, call())
    await world.kill()
    await hold(world.ip(10), 80 + OFFSET)
    await engine.createDecky(world.request('web-02', 11), world.network, call())
    await expect
      .poll(async () => (await engine.probe(['web-01'], call().signal))[0]?.services.map(({state}) => state))
      .toEqual(['answering', 'down'])
    for (const cleanup of cleanups.splice(0)) await cleanup()
    await expect
      .poll(async () => (await engine.probe(['web-01'], call().signal))[0]?.services.map(({state}) => state), {
        timeout: 5000,
      })
      .toEqual(['answering', 'answering'])
  })
})

describe('what is refused', () => {
  it('a port that needs privilege, with the way out', async ({skip}) => {
    const floor = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
    const root = process.getuid?.() === 0
    skip(floor <= 22, 'every port is free for all here')
    skip(root && !hasSetpriv(), 'run as root, and there is no setpriv to become somebody else')
    const script = `
      import {EmbeddedWorld, SSH, call} from './test/support/embedded.ts'
      const world = new EmbeddedWorld(process.argv[1])
      try {
        const engine = await world.engine({portOffset: 0})
        await engine.createNetwork(world.network, call())
        await engine.createDecky(world.request('web-01', 10, [SSH]), world.network, call())
      } catch ({fault, message, hint}) {
        console.log(JSON.stringify({fault, message, hint}))
      } finally {
        await world.dispose()
      }`
    if (root) chmodSync(bundle, 0o755)
    const command = [process.execPath, '--input-type=module', '-e', script, bundle]
    const drop = root ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'] : []
    const [program = '', ...args] = [...drop, ...command]
    const output = execFileSync(program, args, {encoding: 'utf8', cwd: join(import.meta.dirname, '../../..')})
    expect(JSON.parse(output)).toMatchObject({
      fault: 'permission',
      message: expect.stringMatching(
        /^web-01: ssh may not listen on 127\.90\.\d+\.10:22\/tcp: the port needs privilege$/,
      ),
      hint: '--port-offset 10000',
    })
  })

  it.each(['10.0.0.0/24', '0.0.0.0/0', '127.0.0.0/7', '192.168.1.0/24'])('the network %s', async (subnet) => {
    await expect(engine.createNetwork({...world.network, subnet}, call())).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining(`${subnet} is not inside 127.0.0.0/8`),
    })
  })

  it('a decky outside of loopback, by the engine and by the process', async () => {
    const request = world.request('web-01', 10)
    const outside = {...request, decky: {...request.decky, ip: '0.0.0.0'}}
    await expect(engine.createDecky(outside, world.network, call())).rejects.toMatchObject({fault: 'refused'})
    expect(world.pid).toBeNull()
  })

  it('a custom service', async () => {
    const request = world.request('web-01', 10)
    const custom = {name: 'scada', image: 'x', exec: [], ports: [], options: {}}
    const with1 = {...request, decky: {...request.decky, customServices: [custom]}}
    await expect(engine.createDecky(with1, world.network, call())).rejects.toMatchObject({
      fault: 'refused',
      message: 'web-01: scada needs a container, and this engine has none',
    })
  })

  it('a directory that others may enter', async () => {
    chmodSync(world.directory, 0o755)
    await expect(engine.createDecky(world.request('web-01', 10), world.network, call())).rejects.toMatchObject({
      fault: 'permission',
      hint: `chmod 700 ${world.directory}`,
    })
  })

  it('more deckies than the process may have descriptors for', async () => {
    // The limit is inherited by the process that a command starts.
    const script = `
      import {EmbeddedWorld, call} from './test/support/embedded.ts'
      const world = new EmbeddedWorld(process.argv[1])
      const services = [6379, 6380, 6381, 6382].map((port) => ({name: 'redis', ports: [{port, protocol: 'tcp'}], options: {}}))
      try {
        const engine = await world.engine()
        await engine.createNetwork(world.network, call())
        let made = 0
        try {
          for (; made < 10; made++) await engine.createDecky(world.request('web-' + made, 10 + made, services), world.network, call())
        } catch ({fault, message, hint}) {
          console.log(JSON.stringify({made, fault, message, hint}))
        }
      } finally {
        await world.dispose()
      }`
    const command = `ulimit -n 110; exec "$0" --input-type=module -e "$1" "$2"`
    const output = execFileSync('bash', ['-c', command, process.execPath, script, bundle], {
      encoding: 'utf8',
      cwd: join(import.meta.dirname, '../../..'),
    })
    expect(JSON.parse(output)).toMatchObject({
      made: 3,
      fault: 'capacity',
      message: 'web-3: the decoy process may open 110 files (RLIMIT_NOFILE), and the fleet needs 112',
    })
  })
})

describe('messages', () => {
  it('tell that an address is missing, as on macOS', () => {
    const failure = {service: 'ssh', port: 22, offset: 10_000, protocol: 'tcp', stage: 'listen'} as const
    const failures = [{...failure, code: 'EADDRNOTAVAIL', message: 'x'}]
    const error = refusalError('web-01', '127.77.0.2', {code: 'not-ready', failures, rolledBack: false})
    expect(error).toMatchObject({
      fault: 'refused',
      message: 'web-01: ssh cannot listen on 127.77.0.2:10022/tcp: this machine has no address 127.77.0.2',
    })
    expect(missingAddressHint('darwin', '127.77.0.2')).toBe(
      'only 127.0.0.1 exists on darwin: add the address (sudo ifconfig lo0 alias 127.77.0.2), or use Linux',
    )
  })

  it('name all ports that are not up, the one with a cause first', () => {
    const failure = {service: 'ssh', offset: 0, protocol: 'tcp'} as const
    const failures = [
      {...failure, port: 22, stage: 'self-test' as const, code: null, message: 'listens but does not answer'},
      {...failure, port: 23, stage: 'listen' as const, code: 'EMFILE', message: 'too many open files'},
    ]
    expect(refusalError('a', '127.0.0.2', {code: 'not-ready', failures, rolledBack: false})).toMatchObject({
      fault: 'capacity',
      message: 'a: ssh cannot listen on 127.0.0.2:23/tcp: too many open files; not up either: ssh 22/tcp',
    })
  })
})

function hasSetpriv(): boolean {
  try {
    execFileSync('setpriv', ['--version'])
    return true
  } catch {
    return false
  }
}

import {spawn} from 'node:child_process'
import {createSocket} from 'node:dgram'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {connect, createServer, type Server} from 'node:net'
import {tmpdir, uptime} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'

import {Evidence} from '../../src/decoy/evidence.ts'
import {isSilent, SILENT_SECONDS, startHeartbeat} from '../../src/decoy/heartbeat.ts'
import {parseProcNet} from '../../src/decoy/listening-ports.ts'
import {encodeManifest, type Manifest, type ServiceManifest} from '../../src/decoy/manifest.ts'
import {combine, probe} from '../../src/decoy/probe.ts'
import {Runtime} from '../../src/decoy/runtime.ts'
import {CLOSE, type Service, write} from '../../src/decoy/service.ts'
import type {ServiceLoader} from '../../src/decoy/services.ts'
import {type Status, StatusFile} from '../../src/decoy/status.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {eventually} from '../support/serve.ts'
import {FACTS} from './services/redis/support.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'decoy-runtime-'))
  cleanups.push(() => rmSync(directory, {recursive: true, force: true}))
  return directory
}

/** A port that was free a moment ago. */
async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host)
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function manifestOf(...deckies: {bind: string; services: ServiceManifest[]}[]): Manifest {
  return {v: 1, deckies: deckies.map((decky, index) => ({name: `decky-${index + 1}`, persona: FACTS, ...decky}))}
}

const service = (name: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): ServiceManifest => ({
  name,
  ports: [{port, protocol}],
  options: {},
})

function echo(reply: string): Service {
  return {
    tcp: () => ({
      kind: 'protocol',
      session: () => ({open: () => [write(reply)], feed: (bytes) => [write(bytes)], end: () => [CLOSE]}),
    }),
    udp: () => ({datagram: (bytes) => ({replies: [bytes], events: [{event: 'query'}]})}),
    selfTest: () => ({send: Buffer.from('x'), accepts: (bytes) => bytes.toString().includes('x')}),
  }
}

const LOADERS: ReadonlyMap<string, ServiceLoader> = new Map<string, ServiceLoader>([
  ['good', async () => () => echo('hello ')],
  ['mute', async () => () => ({...echo(''), selfTest: () => ({send: Buffer.alloc(0), accepts: () => false})})],
  [
    'broken',
    async () => () => {
      throw new Error('no key can be made')
    },
  ],
])

async function started(manifest: Manifest) {
  const events: EvidenceEvent[] = []
  const evidence = new Evidence({sink: {write: (line) => events.push(JSON.parse(line)) > 0}, eventsPerSecond: 200})
  const file = join(temporary(), 'status.json')
  const runtime = new Runtime({manifest, evidence, status: new StatusFile(file, evidence.boot), loaders: LOADERS})
  cleanups.push(() => runtime.stop())
  await runtime.start()
  const states = () =>
    (JSON.parse(readFileSync(file, 'utf8')) as Status).services.map(
      ({decky, name, state}) => `${decky} ${name} ${state}`,
    )
  return {events, file, states, boot: evidence.boot}
}

function greeting(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host)
    socket.once('data', (chunk) => {
      resolve(chunk.toString())
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

describe('the runtime', () => {
  it('plays several deckies on addresses of their own, and tells which ports answer', async () => {
    const port = await freePort()
    const other = await freePort()
    const {events, states, file, boot} = await started(
      manifestOf(
        {bind: '127.0.0.1', services: [service('good', port), service('mute', other)]},
        {bind: '127.0.0.2', services: [service('good', port), service('good', other, 'udp')]},
      ),
    )
    const ready = events
      .filter(({event}) => event === 'service.ready')
      .map(({decky, service: name, data}) => ({decky, name, ...data}))
    expect(ready).toHaveLength(4)
    expect(ready).toContainEqual({
      decky: 'decky-1',
      name: 'good',
      port,
      protocol: 'tcp',
      listening: true,
      answering: true,
    })
    expect(ready).toContainEqual({
      decky: 'decky-1',
      name: 'mute',
      port: other,
      protocol: 'tcp',
      listening: true,
      answering: false,
    })
    expect(ready).toContainEqual({
      decky: 'decky-2',
      name: 'good',
      port: other,
      protocol: 'udp',
      listening: true,
      answering: true,
    })
    expect(states()).toEqual([
      'decky-1 good answering',
      'decky-1 mute listening',
      'decky-2 good answering',
      'decky-2 good answering',
    ])
    expect(events.map(({event}) => event)).not.toContain('session.start')
    expect(await greeting('127.0.0.2', port)).toBe('hello ')
    await eventually(() =>
      events.some(({event, decky, dst}) => event === 'session.end' && decky === 'decky-2' && dst?.ip === '127.0.0.2'),
    )
    expect(probe(file)).toMatchObject({boot, error: null})
    expect(probe(file).services.map(({state}) => state)).toEqual(['answering', 'listening', 'answering', 'answering'])
  })

  it('reports what cannot be created or bound, and goes on with the rest', async () => {
    const port = await freePort()
    const taken: Server = createServer().listen(await freePort(), '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    const busy = typeof address === 'object' && address !== null ? address.port : 0
    const {events, states} = await started(
      manifestOf({
        bind: '127.0.0.1',
        services: [service('broken', 1), service('good', busy), service('unknown', 2), service('good', port)],
      }),
    )
    const errors = events
      .filter(({event}) => event === 'service.error')
      .map(({service: name, data}) => ({name, ...data}))
    expect(errors).toContainEqual({
      name: 'broken',
      port: 1,
      protocol: 'tcp',
      stage: 'create',
      message: 'Error: no key can be made',
    })
    expect(errors).toContainEqual(
      expect.objectContaining({
        name: 'good',
        port: busy,
        stage: 'listen',
        message: expect.stringContaining('EADDRINUSE'),
      }),
    )
    expect(errors).toContainEqual(expect.objectContaining({name: 'unknown', stage: 'create'}))
    expect(states()).toEqual([
      'decky-1 broken down',
      'decky-1 good down',
      'decky-1 unknown down',
      'decky-1 good answering',
    ])
    await new Promise((resolve) => taken.close(resolve))
    await eventually(() => states()[1] === 'decky-1 good answering')
  })

  it('answers datagrams within a budget, and counts what it did not look at', async () => {
    const port = await freePort()
    const {events} = await started(manifestOf({bind: '127.0.0.1', services: [service('good', port, 'udp')]}))
    const socket = createSocket('udp4')
    cleanups.push(() => socket.close())
    let replies = 0
    socket.on('message', () => replies++)
    for (let index = 0; index < 200; index++) socket.send('ping', port, '127.0.0.3')
    const flood = setInterval(() => {
      for (let index = 0; index < 100; index++) socket.send('ping', port, '127.0.0.1')
    }, 1)
    cleanups.push(() => clearInterval(flood))
    await eventually(() => events.some(({event, data}) => event === 'suppressed' && data?.reason === 'datagram-rate'))
    clearInterval(flood)
    // The decky's own address is never answered, whoever uses it.
    expect(replies).toBe(0)
    const stranger = createSocket('udp4').bind(0, '127.0.0.9')
    cleanups.push(() => stranger.close())
    const answered = new Promise((resolve) => stranger.once('message', (bytes) => resolve(bytes.toString())))
    stranger.send('once', port, '127.0.0.1')
    expect(await answered).toBe('once')
  })
})

describe('the look from inside', () => {
  it('reads bound ports from the kernel tables', () => {
    const table = `  sl  local_address rem_address   st
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
   1: 0500A8C0:0016 0900A8C0:C350 01 00000000:00000000
   2: 00000000:0050 00000000:0000 0A 00000000:00000000`
    expect(parseProcNet(table, 'tcp')).toEqual([
      {protocol: 'tcp', ip: '127.0.0.1', port: 8080},
      {protocol: 'tcp', ip: '0.0.0.0', port: 80},
    ])
  })

  it('believes the kernel rather than the file', () => {
    const port = {decky: 'a', name: 'ssh', bind: '10.0.0.1', port: 22, protocol: 'tcp', state: 'answering'} as const
    const status: Status = {v: 1, boot: 'b', addresses: [], services: [port]}
    expect(combine(status, [], false)).toEqual([{...port, state: 'down'}])
    expect(combine(status, [{protocol: 'udp', ip: '10.0.0.1', port: 22}], false)).toEqual([{...port, state: 'down'}])
    const bound = [{protocol: 'tcp', ip: '10.0.0.1', port: 22}] as const
    expect(combine(status, bound, false)).toEqual([port])
    expect(combine(status, bound, true)).toEqual([{...port, state: 'listening'}])
    expect(combine(status, [], true)).toEqual([{...port, state: 'down'}])
    expect(probe('/nonexistent/status.json')).toMatchObject({
      boot: null,
      services: [],
      error: expect.stringContaining('ENOENT'),
    })
  })
})

describe('the heartbeat', () => {
  it('tells a runtime that hangs from one that is busy for a moment', () => {
    const file = join(temporary(), 'status.json')
    expect(isSilent(file)).toBe(false)
    startHeartbeat(file)
    expect(isSilent(file)).toBe(false)
    expect(isSilent(file, uptime() + SILENT_SECONDS - 1)).toBe(false)
    expect(isSilent(file, uptime() + SILENT_SECONDS + 1)).toBe(true)
  })
})

describe('the process', () => {
  const MAIN = join(import.meta.dirname, '../../src/decoy/main.ts')

  function launch(manifest: string | undefined) {
    const status = join(temporary(), 'status.json')
    const child = spawn(process.execPath, [MAIN], {
      env: {STATUS_FILE: status, ...(manifest === undefined ? {} : {MANIFEST: manifest})},
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
    cleanups.push(() => child.kill('SIGKILL'))
    const events = () =>
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as EvidenceEvent)
    return {child, exit, events, status, stderr: () => err}
  }

  it.each([undefined, '', '{"v":2}', 'gz:xx'])('ends with 78 for the manifest %j', async (manifest) => {
    const {exit, stderr} = launch(manifest)
    expect(await exit).toBe(78)
    expect(stderr()).toContain('the manifest is unreadable')
  })

  it('plays redis until SIGTERM, and then ends its sessions at once', async () => {
    const port = await freePort()
    const {child, exit, events, status} = launch(
      encodeManifest(manifestOf({bind: '127.0.0.1', services: [service('redis', port)]})),
    )
    await eventually(() => events().some(({event, data}) => event === 'service.ready' && data?.answering === true))
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('PING\r\n')
    await eventually(() => events().some(({event}) => event === 'command'))
    expect(existsSync(status)).toBe(true)
    expect(readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')).not.toContain('decoy')
    const asked = performance.now()
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    expect(performance.now() - asked).toBeLessThan(1000)
    expect(events().at(-1)).toMatchObject({event: 'session.end', data: {reason: 'shutdown'}})
    expect(events().map(({seq}) => seq)).toEqual(events().map((_, index) => index + 1))
  })
})

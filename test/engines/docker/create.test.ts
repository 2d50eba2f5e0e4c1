import {describe, expect, it} from 'vitest'

import {decodeManifest} from '../../../src/decoy/manifest.ts'
import {specOf} from '../../support/fake-engine.ts'
import {frame, readyLine} from '../../support/fake-engine-state.ts'
import {INSTALL, network, request, service} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const create = (...args: Parameters<typeof request>) =>
  bench.engine.createDecky(request(...args), network(), bench.within())

describe('creating a decky', () => {
  it('is one create and one start, and ends when every service answers', async () => {
    await bench.prepare()
    await create({services: [service('ssh', 22), service('http', 80)]})
    expect(bench.fake.changes()).toEqual(['POST /containers/create', 'POST /containers/ID/start'])
    expect(bench.steps).toEqual(['creating', 'starting', 'waiting for ssh, http'])
  })

  it('labels the container, names it neutrally and gives it the persona', async () => {
    await bench.prepare()
    await create()
    const call = bench.fake.calls.find(({path}) => path === '/containers/create')
    const spec = specOf(call)
    expect(call?.query.get('name')).toBe('dn-01234567-web-01-aaaaaaaa')
    expect(spec.Labels).toEqual({
      'decnet.fleet': INSTALL.id,
      'decnet.decky': 'web-01',
      'decnet.generation': '1',
      'decnet.config-hash': 'a'.repeat(64),
    })
    const manifest = decodeManifest(spec.Env[0]?.replace('MANIFEST=', '') ?? '')
    expect(manifest.deckies[0]).toMatchObject({
      name: 'web-01',
      bind: '0.0.0.0',
      persona: {
        hostname: 'WEB01',
        domain: 'corp.example',
        since: INSTALL.since,
        seed: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      services: [{name: 'ssh', ports: [{port: 22, protocol: 'tcp'}]}],
    })
    expect(spec.Env[0]).not.toContain(INSTALL.secret.toString('hex'))
  })

  it('changes nothing when it is there already', async () => {
    await bench.prepare()
    await create()
    bench.fake.calls.length = 0
    await create()
    expect(bench.fake.changes()).toEqual([`POST /containers/ID/exec`, expect.stringContaining('POST /exec/')])
  })

  it('starts what an interrupted run left created, and what a daemon without restart left stopped', async () => {
    await bench.prepare()
    for (const status of ['created', 'exited'] as const) {
      await create()
      for (const container of bench.fake.state.containers.values()) container.status = status
      await create()
      expect([...bench.fake.state.containers.values()].map((container) => container.status)).toEqual(['running'])
    }
    expect(bench.fake.count(/create/)).toBe(1)
  })

  it('removes a container of another hash, with its evidence, before it creates', async () => {
    await bench.prepare()
    await create()
    const [old] = bench.fake.state.containers.values()
    old?.log.push(frame('stdout', '{"v":1,"event":"command"}\n'))
    bench.fake.calls.length = 0
    await create({}, 'b'.repeat(64), 2)
    expect(bench.fake.changes()).toEqual([
      'POST /containers/ID/update',
      'POST /containers/ID/stop',
      'DELETE /containers/ID',
      'POST /containers/create',
      'POST /containers/ID/start',
    ])
    expect(bench.evidence).toContain('{"v":1,"event":"command"}')
    expect(bench.fake.state.containers.size).toBe(1)
  })

  it('unpauses a paused one', async () => {
    await bench.prepare()
    await create()
    for (const container of bench.fake.state.containers.values()) container.status = 'paused'
    await create()
    expect(bench.steps).toContain('unpausing')
    expect(bench.fake.count(/create/)).toBe(1)
  })

  it('is refused without a network, naming what to do', async () => {
    bench.fake.state.images.set(bench.engine.runtimeId, {})
    const failure = await failureOf(create())
    expect(failure).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('lan0'),
      hint: expect.stringContaining('reconcile'),
    })
    expect(bench.fake.changes()).toEqual([])
  })
})

describe('a name that the engine reserves for a call still under way', () => {
  it('is waited for', async () => {
    await bench.prepare()
    const text = 'Conflict. The container name "/dn" is already in use by container "c0ffee".'
    bench.fake.fail({on: /^POST \/containers\/create/, status: 409, text, times: 6})
    await bench.engine.createDecky(request({services: [service('ssh', 22)]}), network(), bench.within(5_000))
    expect(bench.fake.state.containers.size).toBe(1)
  })
})

describe('a decky that does not become ready', () => {
  it('is removed, and the error ends with its last lines, escaped', async () => {
    await bench.prepare()
    const failure = await failureOf(create({services: [service('ssh', 22, {behave: 'exit'})]}))
    expect(failure).toMatchObject({name: 'EngineError', fault: 'not-ready'})
    expect(failure.message).toContain('its process ends again and again (exit code 3)')
    expect(failure.message).toContain('giving up \\x1b[31mnow')
    expect(bench.fake.state.containers.size).toBe(0)
  })

  it('says which services are missing when the time runs out', async () => {
    await bench.prepare()
    const services = [service('ssh', 22), service('http', 80, {behave: 'silent'})]
    const failure = await failureOf(bench.engine.createDecky(request({services}), network(), bench.within(300)))
    expect(failure).toMatchObject({
      fault: 'not-ready',
      message: expect.stringContaining('http 80/tcp did not answer in time'),
    })
    expect(bench.fake.state.containers.size).toBe(0)
  })

  it.each([
    [
      'a service.error',
      '{"boot":"b","service":"ssh","event":"service.error","data":{"message":"listen EADDRINUSE"}}\n',
      'ssh: listen EADDRINUSE',
    ],
    ['a port that does not answer', readyLine('ssh', 22, {answering: false}), 'ssh 22/tcp listens but does not answer'],
  ])('fails at once on %s', async (_, line, message) => {
    await bench.prepare()
    bench.fake.state.onStart = ({log}) => log.push(frame('stdout', line))
    expect(await failureOf(create())).toMatchObject({fault: 'not-ready', message: expect.stringContaining(message)})
  })

  it('does not count announcements of an earlier start', async () => {
    await bench.prepare()
    const services = [service('ssh', 22), service('http', 80)]
    bench.fake.state.onStart = ({log}) => {
      log.push(frame('stdout', readyLine('ssh', 22, {boot: '1'})), frame('stdout', readyLine('http', 80, {boot: '2'})))
    }
    const failure = await failureOf(bench.engine.createDecky(request({services}), network(), bench.within(300)))
    expect(failure.message).toContain('ssh 22/tcp did not answer')
  })

  it('is waited for through a log stream that ends early', async () => {
    await bench.prepare()
    bench.fake.fail({on: /logs/, reset: 'before', times: 3})
    await create()
    expect(bench.fake.count(/logs/)).toBeGreaterThan(3)
  })

  it('understands an announcement that the engine cut in pieces', async () => {
    await bench.prepare()
    const line = readyLine('ssh', 22)
    bench.fake.state.onStart = ({log}) => {
      const bytes = Buffer.concat([
        frame('stderr', 'noise\n'),
        frame('stdout', line.slice(0, 20)),
        frame('stdout', line.slice(20)),
      ])
      for (const byte of bytes) log.push(Buffer.from([byte]))
    }
    await create()
  })
})

describe('verification after the start', () => {
  it('refuses a container with another MAC than asked', async () => {
    await bench.prepare()
    const failure = await failureOf(
      (async () => {
        bench.fake.state.onStart = (container) => {
          for (const endpoint of Object.values(container.endpoints)) endpoint.MacAddress = '02:42:0a:4e:00:0b'
          container.log.push(frame('stdout', readyLine('ssh', 22)))
        }
        await create()
      })(),
    )
    expect(failure).toMatchObject({fault: 'refused', message: expect.stringContaining('has MAC 02:42:0a:4e:00:0b')})
    expect(bench.fake.state.containers.size).toBe(0)
  })

  it.each([
    ['ReadonlyRootfs', false, 'has a writable root'],
    ['CapAdd', ['NET_ADMIN'], 'runs with capability NET_ADMIN'],
    ['SecurityOpt', ['no-new-privileges:true'], 'runs without the seccomp profile'],
    ['Sysctls', {}, 'lacks the setting net.ipv4.ip_unprivileged_port_start'],
    ['PidsLimit', 0, 'has no process limit'],
  ])('refuses an engine that drops %s', async (key, value, message) => {
    await bench.prepare()
    bench.fake.state.onStart = (container) => {
      container.host[key] = value
      container.log.push(frame('stdout', readyLine('ssh', 22)))
    }
    expect(await failureOf(create())).toMatchObject({fault: 'refused', message: expect.stringContaining(message)})
  })
})

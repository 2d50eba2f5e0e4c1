/** What a Docker Engine can do wrong, played by the fake Engine through the real client. */
import {chmod} from 'node:fs/promises'
import {describe, expect, it} from 'vitest'

import {LABEL} from '../../../src/engines/docker/labels.ts'
import {network, request, service} from '../../support/fleet-parts.ts'
import {failureOf, QUICK, useBench} from './bench.ts'

const bench = useBench()
const create = (milliseconds = 3_000) => bench.engine.createDecky(request(), network(), bench.within(milliseconds))
const statuses = () => [...bench.fake.state.containers.values()].map(({status}) => status)

describe('an engine that is not there', () => {
  it('is ENGINE_UNAVAILABLE with the socket named', async () => {
    const engine = await bench.another({host: 'unix:///nonexistent/docker.sock'})
    expect(await failureOf(engine.observe(AbortSignal.timeout(2_000)))).toMatchObject({
      name: 'DecnetError',
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('unix:///nonexistent/docker.sock'),
      hint: expect.stringContaining('systemctl start docker'),
    })
  })

  it('is ENGINE_UNAVAILABLE when nobody listens on the socket', async () => {
    await bench.fake.dispose()
    await expect(bench.engine.observe(AbortSignal.timeout(2_000))).rejects.toMatchObject({code: 'ENGINE_UNAVAILABLE'})
  })

  it.skipIf(process.getuid?.() !== 0)('is PERMISSION with the docker group when the socket refuses us', async () => {
    await chmod(bench.fake.socket, 0o600)
    await chmod(bench.fake.socket.replace(/\/docker.sock$/, ''), 0o711)
    process.seteuid?.(65534)
    try {
      expect(await failureOf(bench.engine.observe(AbortSignal.timeout(2_000)))).toMatchObject({
        code: 'PERMISSION',
        hint: expect.stringContaining('docker group'),
      })
    } finally {
      process.seteuid?.(0)
    }
  })

  it('is never another one: DOCKER_HOST of the environment is not looked at', async () => {
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:1'
    try {
      const engine = await bench.another({})
      await engine.observe(AbortSignal.timeout(2_000))
      expect(bench.fake.calls.length).toBeGreaterThan(0)
      expect(process.env.DOCKER_HOST).toBe('tcp://127.0.0.1:1')
    } finally {
      delete process.env.DOCKER_HOST
    }
  })

  it('is asked nothing more once the connection is closed', async () => {
    bench.fake.fail({on: /GET \/networks/, silence: 'before', times: 99})
    const look = failureOf(bench.engine.observe(AbortSignal.timeout(2_000)))
    await bench.engine.close()
    expect(await look).toMatchObject({name: 'EngineError', fault: 'unavailable'})
    const {length} = bench.fake.calls
    expect(await failureOf(bench.engine.observe(AbortSignal.timeout(2_000)))).toMatchObject({fault: 'unavailable'})
    expect(bench.fake.calls).toHaveLength(length)
  })

  it('is refused when it is too old', async () => {
    bench.fake.apiVersion = '1.40'
    expect(await failureOf(bench.engine.observe(AbortSignal.timeout(2_000)))).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      hint: expect.stringContaining('20.10'),
    })
  })

  it('is spoken to in its own lowest version when it has dropped ours', async () => {
    bench.fake.apiVersion = '1.52'
    bench.fake.minimumVersion = '1.44'
    await bench.engine.observe(AbortSignal.timeout(2_000))
  })
})

describe('answers that are none', () => {
  it.each(['truncated', 'garbage'] as const)('a %s list is an error, not an empty fleet', async (body) => {
    bench.fake.fail({on: /GET \/containers\/json/, body, times: 99})
    const failure = await failureOf(bench.engine.observe(AbortSignal.timeout(4_000)))
    expect(failure).toMatchObject({name: 'EngineError', fault: 'unavailable'})
  })

  it('an answer without end is cut off, not kept', async () => {
    const patient = await bench.another({timing: {...QUICK, read: 20_000}})
    bench.fake.fail({on: /GET \/containers\/json/, body: 'endless', times: 99})
    const failure = await failureOf(patient.observe(AbortSignal.timeout(20_000)))
    expect(failure).toMatchObject({fault: 'unavailable', message: expect.stringContaining('longer than 8388608 bytes')})
  })

  it('a silent engine is given up at the deadline of the call', async () => {
    bench.fake.fail({on: /GET \/containers\/json/, silence: 'before', times: 99})
    const started = Date.now()
    const failure = await failureOf(bench.engine.observe(AbortSignal.timeout(700)))
    expect(failure).toMatchObject({name: 'EngineError'})
    expect(Date.now() - started).toBeLessThan(1_500)
  })

  it('an engine that breaks one read is asked again', async () => {
    bench.fake.fail({on: /GET \/containers\/json/, reset: 'before'})
    await bench.engine.observe(AbortSignal.timeout(2_000))
  })

  it('an engine that starts up answers 503 and is waited for', async () => {
    bench.fake.fail({on: /GET \/containers\/json/, status: 503, text: 'starting', times: 3})
    await bench.engine.observe(AbortSignal.timeout(2_000))
  })
})

describe('refusals', () => {
  const START = /POST .*start/

  it.each([
    [403, 'Address already in use', 'address-in-use', '10.78.0.11'],
    [
      500,
      'failed to add interface veth1 to sandbox: error setting interface "veth1" MAC to "00:50:56:00:00:11": address already in use',
      'mac-in-use',
      '00:50:56:00:00:11',
    ],
    [500, 'write /var/lib/docker/x: no space left on device', 'capacity', 'disk'],
    [500, 'accept4: too many open files', 'capacity', 'run out'],
    [400, 'open /proc/sys/net/ipv4/tcp_nope: no such file or directory: unknown', 'refused', 'tcp_nope'],
    [400, 'exec: "/usr/bin/node": stat /usr/bin/node: no such file or directory: unknown', 'refused', 'decnet-decoy'],
    [500, 'seccomp is not enabled in your kernel', 'refused', 'seccomp'],
    [404, 'network dn-01234567 not found', 'refused', 'network disappeared'],
    [500, "Invalid address 10.79.0.1: It does not belong to any of this network's subnets", 'refused', 'outside'],
  ])('%i %s → %s, and nothing is left', async (status, text, fault, mentioned) => {
    await bench.prepare()
    bench.fake.fail({on: START, status, text, times: 9})
    const failure = await failureOf(create())
    expect(failure).toMatchObject({name: 'EngineError', fault, message: expect.stringContaining(mentioned)})
    expect(failure.cause).toBeInstanceOf(Error)
    if (mentioned !== 'outside') expect(failure.hint).toMatch(/\w/)
    expect(statuses()).toEqual([])
    expect(bench.fake.count(START)).toBe(1)
  })

  it.each([
    [500, 'container 1234: driver "overlay2" failed: device or resource busy'],
    [503, 'daemon is shutting down'],
  ])('%i %s passes and is tried again', async (status, text) => {
    await bench.prepare()
    bench.fake.fail({on: START, status, text, times: 2})
    await create()
    expect(bench.fake.count(START)).toBe(3)
  })

  it('leftovers of containerd are passed by with another container, three times at most', async () => {
    await bench.prepare()
    bench.fake.fail({on: START, status: 500, text: 'task 12ab: already exists', times: 2})
    await create()
    expect(bench.fake.count(/containers\/create/)).toBe(3)
    bench.fake.fail({on: START, status: 500, text: 'id already in use', times: 9})
    const failure = await failureOf(bench.engine.createDecky(request({}, 'c'.repeat(64)), network(), bench.within()))
    expect(failure.message).toContain('containerd')
    expect(bench.fake.count(/containers\/create/)).toBe(6)
  })

  it('names who holds the address', async () => {
    await bench.prepare()
    await create()
    const second = request({name: 'two', mac: '00:50:56:00:00:12'})
    const failure = await failureOf(bench.engine.createDecky(second, network(), bench.within()))
    expect(failure.message).toBe('the address 10.78.0.11 is already in use by decky web-01')
  })

  it('names the gateway as the holder of its address', async () => {
    await bench.prepare()
    const failure = await failureOf(bench.engine.createDecky(request({ip: '10.78.0.1'}), network(), bench.within()))
    expect(failure.message).toContain('already in use by the gateway')
  })

  it('304 is success', async () => {
    await bench.prepare()
    bench.fake.fail({
      on: START,
      first: () => {
        for (const container of bench.fake.state.containers.values()) bench.fake.state.start(container)
      },
    })
    await create()
  })

  it('a missing image of ours is made by running again', async () => {
    await bench.prepare()
    bench.fake.state.images.clear()
    expect(await failureOf(create())).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('decnet-decoy:'),
      hint: expect.stringContaining('makes the image'),
    })
  })

  it('a foreign container of our name stays, and is named', async () => {
    await bench.prepare()
    bench.fake.state.images.set('other', {})
    const foreign = bench.fake.state.createContainer('dn-01234567-web-01-aaaaaaaa', {
      Image: 'other',
      Env: [],
      Labels: {[LABEL.fleet]: 'somebody else'},
      Tty: false,
      StopTimeout: 1,
      Healthcheck: {Test: []},
      HostConfig: {},
    })
    expect(await failureOf(create())).toMatchObject({fault: 'foreign', message: expect.stringContaining(foreign.name)})
    expect([...bench.fake.state.containers.keys()]).toEqual([foreign.id])
  })
})

it('has at most the allowed calls in flight', async () => {
  await bench.prepare()
  bench.fake.latencyMs = 5
  await Promise.all(
    Array.from({length: 12}, (_, i) =>
      bench.engine.createDecky(
        request({
          name: `d${i}`,
          ip: `10.78.0.${20 + i}`,
          mac: `00:50:56:00:01:${10 + i}`,
          services: [service('ssh', 22)],
        }),
        network(),
        bench.within(10_000),
      ),
    ),
  )
  expect(statuses()).toHaveLength(12)
  expect(bench.fake.mostCallsInFlight).toBeGreaterThan(1)
  // Streams of readiness do not count as calls.
  expect(bench.fake.mostCallsInFlight).toBeLessThanOrEqual(4)
})

it('stops waiting when it is interrupted', async () => {
  await bench.prepare()
  const interrupt = new AbortController()
  const services = [service('ssh', 22, {behave: 'silent'})]
  const running = failureOf(
    bench.engine.createDecky(request({services}), network(), {
      signal: interrupt.signal,
      onStep: (step) => {
        if (step.startsWith('waiting')) setTimeout(() => interrupt.abort(), 20)
      },
    }),
  )
  expect(await running).toMatchObject({fault: 'timeout', message: expect.stringContaining('interrupted')})
  expect(statuses()).toEqual([])
})

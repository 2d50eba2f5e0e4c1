/** The Docker engine on real Engines: what a fake cannot prove. */
import {rm} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {OS_PROFILES} from '../../src/catalog/os-profiles.ts'
import {NODE_PATH} from '../../src/engines/docker/container.ts'
import {createDockerEngine} from '../../src/engines/docker/index.ts'
import {DEFAULT_TIMING, type Timing} from '../../src/engines/docker/timing.ts'
import type {CallOptions, DeckyRequest, Engine} from '../../src/engines/engine.ts'
import type {CustomService} from '../../src/fleet/spec.ts'
import {importBusybox} from '../lab/busybox.ts'
import type {DockerVersion} from '../lab/docker-binaries.ts'
import {LAN_INTERFACE} from '../lab/layout.ts'
import {poll} from '../lab/process.ts'
import {INSTALL, network, request, service} from '../support/fleet-parts.ts'
import {describeOnLab, type Lab, startLab} from '../support/lab.ts'
import {writeStubDecoy} from '../support/stub-decoy.ts'

const WEB = {name: 'web-01', ip: '10.77.0.11', mac: '00:50:56:00:00:11'}
const LAN = network({interface: LAN_INTERFACE, subnet: '10.77.0.0/24', gateway: '10.77.0.1'})
const CROWD = 40
/** 130 to 350 ms each, with both processors shared. */
const CROWD_MS = 40_000
const ROUNDS = 6

/** Deadlines that pass in the middle of calls, at instants that differ from round to round. */
function hastyTiming(round: number): Timing {
  const deadline = () => 5 + Math.floor(Math.random() * 60 * (round + 1))
  const [create, start, stop, remove] = [deadline(), deadline(), deadline(), deadline()]
  return {...DEFAULT_TIMING, create, start, stop, remove, backoff: 20, look: 50, rollback: 3_000}
}

/** What an intruder who has taken a decoy over tries; prints one JSON object of outcomes. */
const BREAK_OUT = `
const {connect} = require('node:net'), {createSocket} = require('node:dgram'), dns = require('node:dns'), fs = require('node:fs')
const found = {}
const attempt = (name, act) => new Promise((resolve) => {
  const end = (outcome) => { found[name] ??= outcome; resolve() }
  setTimeout(end, 2000, 'nothing came back').unref()
  try { act(end) } catch (error) { end(error.code) }
})
const dial = (end, port, host) => connect(port, host).on('connect', () => end('CONNECTED')).on('error', (error) => end(error.code))
Promise.all([
  attempt('tcp', (end) => dial(end, 22, process.argv[1])),
  attempt('gateway', (end) => dial(end, 443, process.argv[2])),
  attempt('udp', (end) => createSocket('udp4').on('error', (e) => end(e.code)).send('x', 53, process.argv[1], (e) => end(e ? e.code : 'SENT'))),
  attempt('dns', (end) => dns.resolve4('example.com', (e) => end(e ? e.code : 'RESOLVED'))),
  attempt('root', (end) => { fs.writeFileSync('/srv/x', ''); end('WRITTEN') }),
  attempt('exec', (end) => { fs.writeFileSync('/tmp/x', '#!/usr/bin/node', {mode: 0o755}); require('node:child_process').execFileSync('/tmp/x'); end('RAN') }),
]).then(() => {
  const status = fs.readFileSync('/proc/self/status', 'utf8')
  const field = (name) => new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm').exec(status)[1]
  for (const name of ['Uid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp']) found[name] = field(name)
  process.stdout.write(JSON.stringify(found) + '\\n', () => process.exit(0))
})
`

function suite(version: DockerVersion | undefined): void {
  let lab: Lab
  let engine: Engine
  let bundle: string
  let busybox: string
  let evidence: string[] = []
  const steps: string[] = []

  const options = () => ({
    install: INSTALL,
    evidence: {store: (lines: readonly string[]) => evidence.push(...lines)},
    host: `unix://${lab.socket}`,
    image: null,
    osProfiles: OS_PROFILES,
    parallel: 4,
    bundleDirectory: bundle,
  })
  const makeEngine = () => createDockerEngine(options())
  const within = (milliseconds = 60_000): CallOptions => ({
    signal: AbortSignal.timeout(milliseconds),
    onStep: (step) => steps.push(step),
  })
  const observe = () => engine.observe(AbortSignal.timeout(20_000))
  const create = (asked: DeckyRequest) => engine.createDecky(asked, LAN, within())
  const instance = async (name: string) => (await observe()).instances.find(({decky}) => decky === name)
  /** What the intruder's shell prints; empty where the connection hangs, as one to an address that is just gone does. */
  const dial = async (script: string) => {
    const outcome = await lab.intruder('timeout', ['3', 'bash', '-c', script])
    return outcome.stdout.trim()
  }
  /** The first line that a port greets with. */
  const greeting = (ip: string, port: number) => dial(`exec 3<>/dev/tcp/${ip}/${port} && head -n 1 <&3`)

  beforeAll(async () => {
    lab = await startLab({name: 'docker', ...(version && {version})})
    bundle = await writeStubDecoy()
    busybox = await importBusybox(lab)
    engine = await makeEngine()
  })

  afterAll(async () => {
    await engine?.close()
    await lab?.dispose()
    if (bundle !== undefined) await rm(bundle, {recursive: true})
  })

  it('makes the image once, also when two ask for it together', async () => {
    const other = await makeEngine()
    await Promise.all([engine.ensureImage(within()), other.ensureImage(within())])
    await other.close()
    const images = await lab.docker(['images', '--all', '--format', '{{.Repository}}:{{.Tag}}'])
    expect(images.trim().split('\n').toSorted()).toEqual([busybox, engine.runtimeId].toSorted())
  })

  it('brings a decky up on the LAN under its own address and MAC', async () => {
    await engine.createNetwork(LAN, within())
    await create(request({...WEB, services: [service('ssh', 22), service('http', 80)]}))
    expect(await greeting(WEB.ip, 22)).toBe('ssh of WEB01')
    expect((await lab.intruder('ip', ['neigh', 'show', WEB.ip])).stdout).toContain(`lladdr ${WEB.mac}`)
    expect(await instance(WEB.name)).toMatchObject({
      state: 'running',
      ip: WEB.ip,
      mac: WEB.mac,
      restarts: 0,
      deviations: [],
    })
    expect(await engine.probe([WEB.name], AbortSignal.timeout(20_000))).toMatchObject([
      {
        ip: WEB.ip,
        mac: WEB.mac,
        services: [
          {name: 'ssh', state: 'answering'},
          {name: 'http', state: 'answering'},
        ],
      },
    ])
  })

  it('is the same decky when it is asked for again', async () => {
    const before = await instance(WEB.name)
    await create(request({...WEB, services: [service('ssh', 22), service('http', 80)]}))
    expect(await instance(WEB.name)).toEqual(before)
  })

  it('lets nothing out of a decoy that was taken over', async () => {
    const {intruderAddress, gateway} = lab.layout
    const received = async () => (await lab.intruder('cat', ['/proc/net/snmp'])).stdout
    const id = (await instance(WEB.name))?.id ?? ''
    const before = await received()
    const output = await lab.docker(['exec', id, NODE_PATH, '-e', BREAK_OUT, intruderAddress, gateway])
    expect(JSON.parse(output)).toEqual({
      tcp: 'EPERM',
      gateway: 'EPERM',
      udp: 'EPERM',
      dns: 'ECONNREFUSED',
      root: 'EROFS',
      exec: 'EACCES',
      Uid: '65532',
      CapEff: '0000000000000000',
      CapBnd: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
    })
    expect(await received()).toBe(before)
  })

  it('keeps a hand from weakening it unseen', async () => {
    await lab.docker([
      'update',
      '--restart',
      'no',
      '--memory',
      '512m',
      '--memory-swap',
      '512m',
      (await instance(WEB.name))?.id ?? '',
    ])
    expect((await instance(WEB.name))?.deviations).toEqual([
      'has restart policy no',
      `has a memory limit of ${512 * 1024 * 1024}`,
    ])
  })

  it('replaces it under the same address, and takes its evidence first', async () => {
    evidence = []
    await engine.replaceDecky(request({...WEB, os: 'windows', hostname: 'WIN01'}, 'b'.repeat(64), 2), LAN, within())
    expect(await greeting(WEB.ip, 22)).toBe('ssh of WIN01')
    expect((await observe()).instances).toMatchObject([{generation: 2, mac: WEB.mac, deviations: []}])
    expect(evidence.map((line) => JSON.parse(line).event)).toEqual(['service.ready', 'service.ready', 'session.end'])
    const ping = await lab.intruder('ping', ['-c', '1', '-W', '2', WEB.ip])
    expect(ping.stdout).toContain('ttl=128')
  })

  it('drains records that the Engine cut at 16 KiB as whole lines', async () => {
    await engine.replaceDecky(
      request({...WEB, services: [service('ssh', 22, {behave: 'chatty'})]}, 'c'.repeat(64)),
      LAN,
      within(),
    )
    evidence = []
    await engine.replaceDecky(request(WEB, 'd'.repeat(64)), LAN, within())
    const long = evidence.filter((line) => line.length > 20_000).map((line) => JSON.parse(line).data.text.length)
    expect(long).toEqual([20_000, 20_000, 20_000])
  })

  it.each([
    ['exit', 'its process ends again and again'],
    ['error', 'listen EADDRINUSE'],
    ['mute', 'does not answer'],
  ])('brings the previous one back when the next would %s', async (behave, reason) => {
    const failing = request({...WEB, services: [service('ssh', 22, {behave})]}, 'e'.repeat(64))
    await expect(engine.replaceDecky(failing, LAN, within())).rejects.toMatchObject({
      fault: 'not-ready',
      message: expect.stringMatching(new RegExp(`${reason}[^]*rolled back`)),
    })
    await poll('the previous one greets', async () => (await greeting(WEB.ip, 22)) === 'ssh of WEB01', {
      timeoutMs: 10_000,
    })
    expect((await observe()).instances).toMatchObject([{configHash: 'd'.repeat(64), state: 'running', deviations: []}])
  })

  it('names who holds an address or a MAC', async () => {
    const second = {name: 'two', ip: '10.77.0.12', mac: '00:50:56:00:00:12'}
    await expect(create(request({...second, ip: WEB.ip}))).rejects.toMatchObject({
      fault: 'address-in-use',
      message: expect.stringContaining('by decky web-01'),
    })
    await expect(create(request({...second, mac: WEB.mac}))).rejects.toMatchObject({fault: 'mac-in-use'})
    expect((await observe()).instances).toHaveLength(1)
  })

  it('says which setting the kernel does not have', async () => {
    const strange = new Map([
      ['linux' as const, {name: 'linux' as const, ouis: [], sysctls: {'net.ipv4.decnet_nope': '1'}}],
    ])
    const other = await createDockerEngine({...options(), osProfiles: strange})
    const two = request({name: 'two', ip: '10.77.0.12', mac: '00:50:56:00:00:12'})
    await expect(other.createDecky(two, LAN, within())).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('decnet_nope'),
    })
    await other.close()
  })

  it('brings a stopped, a paused and a killed one back', async () => {
    const asked = request(WEB, 'd'.repeat(64))
    for (const harm of ['stop', 'pause', 'kill']) {
      await lab.docker([harm, (await instance(WEB.name))?.id ?? ''])
      await engine.restartDecky(asked, LAN, within())
      expect(await greeting(WEB.ip, 22)).toBe('ssh of WEB01')
      expect(await instance(WEB.name)).toMatchObject({state: 'running', deviations: []})
    }
  })

  it('has its deckies back after the daemon was killed', async () => {
    await lab.restartDockerd({signal: 'SIGKILL'})
    await poll('it greets again', async () => (await greeting(WEB.ip, 22)) === 'ssh of WEB01', {timeoutMs: 30_000})
    expect(await instance(WEB.name)).toMatchObject({state: 'running', deviations: []})
  })

  describe('with a custom service', () => {
    const echo: CustomService = {
      name: 'echo',
      image: '',
      exec: ['/bin/nc', '-ll', '-p', '7', '-e', '/bin/cat'],
      ports: [{port: 7, protocol: 'tcp'}],
      options: {},
    }
    const echoes = () => dial(`exec 3<>/dev/tcp/${WEB.ip}/7 && echo hello >&3 && head -n 1 <&3`)

    it('runs it in the network namespace of the decky, and again when that is new', async () => {
      const asked = request({...WEB, customServices: [{...echo, image: busybox}]}, 'f'.repeat(64))
      await engine.replaceDecky(asked, LAN, within())
      expect(await echoes()).toBe('hello')
      const own = (await observe()).instances.find(({customService}) => customService === null)
      await lab.docker(['restart', own?.id ?? ''])
      const sidecar = (await observe()).instances.find(({customService}) => customService === 'echo')
      expect(sidecar?.deviations).toEqual(['is in the network namespace of an earlier start'])
      await create(asked)
      expect(await echoes()).toBe('hello')
      expect((await observe()).instances.flatMap(({deviations}) => deviations)).toEqual([])
    })
  })

  it('leaves neither a duplicate nor a hole when calls are given up at random instants', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const hasty = await createDockerEngine({...options(), timing: hastyTiming(round)})
      const asked = request(WEB, `${round % 2}`.repeat(64))
      await hasty.replaceDecky(asked, LAN, within(5_000)).catch(() => {})
      await hasty.close()
      await engine.replaceDecky(asked, LAN, within())
      expect((await observe()).instances).toMatchObject([
        {configHash: asked.configHash, state: 'running', deviations: []},
      ])
    }
  })

  it('ends near its deadline when the daemon hangs, and goes on where it stood', async () => {
    const asked = request(WEB, '9'.repeat(64))
    const started = performance.now()
    const frozen = engine.replaceDecky(asked, LAN, {
      signal: AbortSignal.timeout(4_000),
      onStep: (step) => {
        if (step === 'creating') void lab.freezeDockerd()
      },
    })
    await expect(frozen).rejects.toMatchObject({name: 'EngineError'})
    expect(performance.now() - started).toBeLessThan(12_000)
    await expect(engine.observe(AbortSignal.timeout(1_000))).rejects.toThrow()
    await lab.thawDockerd()
    await engine.replaceDecky(asked, LAN, within())
    expect((await observe()).instances).toMatchObject([
      {configHash: asked.configHash, state: 'running', deviations: []},
    ])
  })

  it('leaves alone what is not its own', async () => {
    const labels = ['--label', 'decnet.fleet=another', '--label', `decnet.decky=${WEB.name}`]
    const id = (
      await lab.docker([
        'run',
        '-d',
        '--name',
        'dn-01234567-web-01',
        ...labels,
        '--network',
        'none',
        busybox,
        'sleep',
        '600',
      ])
    ).trim()
    const state = () => lab.docker(['inspect', '--format', '{{.Id}} {{.State.StartedAt}}', id])
    const before = await state()
    await engine.removeDecky(WEB.name, within())
    expect(await state()).toBe(before)
    expect((await observe()).instances).toEqual([])
    await lab.docker(['rm', '-f', id])
  })

  it(`brings ${CROWD} up, four calls at a time, and takes them down`, async () => {
    const crowd = Array.from({length: CROWD}, (_, i) =>
      request({
        name: `d-${i}`,
        ip: `10.77.0.${100 + i}`,
        mac: `00:50:56:00:02:${String(10 + i)}`,
        services: [service('ssh', 22), service('http', 80), service('redis', 6379)],
      }),
    )
    const started = performance.now()
    const queue = [...crowd]
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await create(next)
    }
    await Promise.all(Array.from({length: 4}, worker))
    const up = performance.now() - started
    const {instances} = await observe()
    expect(instances.filter(({state, deviations}) => state === 'running' && deviations.length === 0)).toHaveLength(
      CROWD,
    )
    const removing = performance.now()
    queue.push(...crowd)
    const remover = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await engine.removeDecky(next.decky.name, within())
      }
    }
    await Promise.all(Array.from({length: 4}, remover))
    const down = performance.now() - removing
    console.info(`dockerd ${lab.version}: ${CROWD} deckies up in ${Math.round(up)} ms, down in ${Math.round(down)} ms`)
    expect(up).toBeLessThan(CROWD_MS)
  })

  it('leaves nothing behind', async () => {
    await engine.removeNetwork(within())
    await engine.removeImage(within())
    expect(await observe()).toEqual({network: null, surplusNetworks: [], imagePresent: false, instances: []})
    expect((await lab.docker(['ps', '-aq'])).trim()).toBe('')
  })
}

describeOnLab('the Docker engine on the installed Engine', () => suite(undefined))
describeOnLab('the Docker engine on dockerd 26.1', () => suite('26.1'), {version: '26.1'})

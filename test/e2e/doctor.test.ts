import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {importBusybox} from '../lab/busybox.ts'
import {INTRUDER_INTERFACE, LAN_INTERFACE} from '../lab/layout.ts'
import {collect} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import type {DecnetOptions} from '../support/decnet.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'

interface Finding {
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly detail: string
  readonly fix: string | null
}

const ENTRY = resolve(import.meta.dirname, '../../bin/run.js')
const FLEET = fleetText({web: {services: 'http', ip: '10.77.0.40'}, files: {services: 'ssh', ip: '10.77.0.41'}})

/** Runs doctor, expects its exit code, and returns its findings by id. */
async function doctor(on: Bench, exit: number, flags: readonly string[] = [], options: DecnetOptions = {}) {
  const outcome = await on.run(['doctor', '--json', ...flags], options)
  expect(outcome, said(outcome)).toMatchObject({code: exit, stderr: ''})
  const document = outcome.json as {ok: boolean; checks: (Finding & {id: string})[]}
  expect(document).toMatchObject({schema: 'decnet.doctor/v1', ok: exit === 0})
  return new Map(document.checks.map((check): [string, Finding] => [check.id, check]))
}

function failures(findings: ReadonlyMap<string, Finding>): string[] {
  return [...findings].filter(([, {result}]) => result === 'failed').map(([id]) => id)
}

describeOnLab('doctor', () => {
  const bench = useBench('doctor')

  it('finds nothing that fails on a healthy lab, before and after a deployment, and changes nothing', async () => {
    const on = bench()
    const before = await doctor(on, 0, ['-', '--probe-lan'], {input: FLEET})
    expect(before.get('docker-reachable')).toMatchObject({result: 'ok'})
    expect(before.get('parent-interface')).toMatchObject({result: 'ok', detail: 'lan0 is up and has a carrier'})
    expect(before.get('lan-addresses')).toMatchObject({result: 'ok'})
    expect(before.get('state-file')).toMatchObject({result: 'skipped'})
    expect(await on.site.remains()).toEqual([])
    await on.deploy(FLEET)
    const after = await doctor(on, 0)
    expect(after.get('state-file')).toMatchObject({result: 'ok', detail: expect.stringContaining('2 deckies')})
    expect(after.get('own-leftovers')).toMatchObject({result: 'ok'})
    expect(after.get('ghost-containers')).toMatchObject({result: 'ok'})
    expect((await on.status()).drifted).toBe(false)
  })

  it('finds an interface that is down, to which a deploy is then refused with nothing done', async () => {
    const on = bench()
    await on.lab.run('ip', ['link', 'set', LAN_INTERFACE, 'down'])
    try {
      const flags = ['--interface', LAN_INTERFACE, '--subnet', on.lab.layout.subnet, '--gateway', on.lab.layout.gateway]
      const found = await doctor(on, 69, flags)
      expect(failures(found)).toEqual(['parent-interface'])
      expect(found.get('parent-interface')).toMatchObject({fix: `ip link set ${LAN_INTERFACE} up`})
      const error = await on.refused(['deploy', '-', ...flags], 69, {input: FLEET})
      expect(error).toMatchObject({code: 'PLATFORM_UNSUPPORTED', hint: `ip link set ${LAN_INTERFACE} up`})
      expect(await on.site.remains()).toEqual([])
      expect((await on.run(['lifecycle', '--json'])).json).toMatchObject({rows: []})
    } finally {
      const {address, prefix, gateway} = on.lab.layout
      await on.lab.run('ip', ['link', 'set', LAN_INTERFACE, 'up'])
      await on.lab.run('ip', ['addr', 'replace', `${address}/${prefix}`, 'dev', LAN_INTERFACE])
      await on.lab.run('ip', ['route', 'replace', 'default', 'via', gateway])
    }
  })

  it('finds who has the address of a decky: a machine on the LAN, and a container that the host cannot see', async () => {
    const on = bench()
    const {subnet, gateway} = on.lab.layout
    const busybox = await importBusybox(on.lab)
    await on.lab.docker([
      'network',
      'create',
      '-d',
      'macvlan',
      '-o',
      `parent=${LAN_INTERFACE}`,
      '--subnet',
      subnet,
      '--gateway',
      gateway,
      'others',
    ])
    await on.lab.docker([
      'run',
      '-d',
      '--name',
      'printer',
      '--network',
      'others',
      '--ip',
      '10.77.0.40',
      busybox,
      'sleep',
      '36000',
    ])
    await on.lab.intruder('ip', ['addr', 'add', '10.77.0.41/24', 'dev', INTRUDER_INTERFACE])
    try {
      const found = await doctor(on, 69, ['-', '--probe-lan'], {input: FLEET})
      expect(failures(found)).toEqual(['docker-networks', 'docker-addresses', 'lan-addresses'])
      expect(found.get('docker-addresses')?.detail).toBe('10.77.0.40 (container printer) in use')
      expect(found.get('lan-addresses')?.detail).toMatch(/^10\.77\.0\.41 \(([0-9a-f]{2}:?){6}\) in use, found by/)
      expect(failures(await doctor(on, 69, ['-'], {input: FLEET}))).toEqual(['docker-networks', 'docker-addresses'])
    } finally {
      await on.lab.intruder('ip', ['addr', 'del', '10.77.0.41/24', 'dev', INTRUDER_INTERFACE])
      await on.lab.docker(['rm', '-f', 'printer'])
      await on.lab.docker(['network', 'rm', 'others'])
    }
  })

  it('finds deckies of another state directory', async () => {
    const on = bench()
    await on.deploy(FLEET)
    const found = await doctor(on, 69, [], {stateDir: `${on.stateDir}-other`})
    expect(found.get('other-fleets')).toMatchObject({
      result: 'warning',
      detail: expect.stringContaining('2 containers'),
    })
    expect(failures(found)).toContain('docker-networks')
  })

  it.each([
    ['stopped', (on: Bench) => on.lab.killDockerd(), (on: Bench) => on.lab.startDockerd()],
    ['frozen', (on: Bench) => on.lab.freezeDockerd(), (on: Bench) => on.lab.thawDockerd()],
  ])('finds a Docker that is %s, within seconds', async (_, stop, start) => {
    const on = bench()
    await stop(on)
    try {
      const found = await doctor(on, 69, [], {timeoutMs: 20_000})
      expect(failures(found)).toEqual(['docker-reachable'])
      expect(found.get('docker-version')).toMatchObject({result: 'skipped'})
    } finally {
      await start(on)
    }
  })

  it('finds that there is no Docker, and says what goes without it', async () => {
    const on = bench()
    const env = {DOCKER_HOST: 'unix:///nonexistent/docker.sock'}
    const found = await doctor(on, 69, [], {env})
    expect(failures(found)).toEqual(['docker-reachable'])
    expect(found.get('docker-reachable')?.fix).toContain('--engine embedded')
  })

  it('fits its text into a pipe: each check, then one line of numbers, then what to do', async () => {
    const outcome = await bench().run(['doctor'])
    expect(outcome, said(outcome)).toMatchObject({code: 0, stderr: ''})
    expect(outcome.stdout).toMatch(/^ {2}✓ Docker Engine +answers at unix:/m)
    expect(outcome.stdout).toMatch(/\n\d+ ok, .*\.\n\nNext.*:\n.+\n {2}decnet deploy fleet\.ini {2}deploy it\n$/)
  })
})

/** Whoever may not use the socket of Docker: to be told so, not that there is no Docker. */
describe.skipIf(process.getuid?.() !== 0)('an ordinary user without permission for the socket of Docker', () => {
  let directory = ''
  let server: Server | undefined

  afterEach(async () => {
    await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)))
    await rm(directory, {recursive: true, force: true})
  })

  it.each([['doctor'], ['plan', 'fleet.ini']])('gets exit code 77 of decnet %s', async (...args) => {
    directory = await mkdtemp(join(tmpdir(), 'decnet-nobody-'))
    const socket = join(directory, 'docker.sock')
    server = createServer().listen(socket)
    await once(server, 'listening')
    await writeFile(join(directory, 'fleet.ini'), '[general]\nengine = docker\n\n[web]\nservices = http\n')
    await chmod(directory, 0o777)
    await chmod(join(directory, 'fleet.ini'), 0o644)
    await chmod(socket, 0o600)
    const identity = ['--reuid=65534', '--regid=65534', '--clear-groups']
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      DOCKER_HOST: `unix://${socket}`,
      DECNET_STATE_DIR: join(directory, 'state'),
    }
    const command = [process.execPath, ENTRY, ...args.filter((word) => typeof word === 'string'), '--json']
    const child = spawn('setpriv', [...identity, ...command], {cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe']})
    const outcome = await collect(child, `decnet ${args[0]} as nobody`, 60_000)
    expect(outcome, outcome.stdout + outcome.stderr).toMatchObject({code: 77, stderr: ''})
    expect(outcome.stdout).toContain('docker group')
  })
})

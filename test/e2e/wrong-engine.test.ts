/** Peers that are not the Engine that was asked for, names that are paths, clocks that jump. */
import {mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {beforeAll, expect, it} from 'vitest'
import {findCommand, installPackages} from '../lab/debian.ts'
import {must} from '../lab/process.ts'
import {audit, lifecycleRecords} from '../support/audit.ts'
import {said, useBench} from '../support/bench.ts'
import {Authority} from '../support/certificates.ts'
import {changeFleet, modelText, randomFleet} from '../support/fleet-model.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {keep} from '../support/promise-tally.ts'
import {Random, seedOfRun} from '../support/random.ts'
import {rounds} from '../support/soak.ts'
import {WrongPeer} from '../support/wrong-peer.ts'
import type {PeerOptions} from '../support/wrong-peer-main.ts'

const FILE = fleetText({alpha: {services: 'http'}})
const DEPLOY = ['deploy', '-', '--yes', '--json']
const REPLACE = ['deploy', '-', '--replace-fleet', '--yes']

describeOnLab('a peer that is not the Engine', () => {
  const bench = useBench('wrong', {subnet: '10.94.0.0/24'})
  let ours: Authority
  let theirs: Authority

  beforeAll(async () => {
    const missing = ['openssl', 'faketime'].filter((name) => findCommand(name) === undefined)
    if (missing.length > 0) await installPackages(missing, (line) => console.info(`lab: ${line}`))
    const directory = bench().lab.layout.directory
    ours = await Authority.create(join(directory, 'our-ca'))
    theirs = await Authority.create(join(directory, 'their-ca'))
  })

  it('is sent nothing where the Docker host is not one that decnet speaks to', {timeout: 120_000}, async () => {
    const on = bench()
    const peer = await WrongPeer.start(on.lab)
    const at = `127.0.0.1:${peer.port}`
    const hosts = [
      `tcp://${at}`,
      `http://${at}`,
      `https://${at}`,
      `ssh://root@${at}`,
      `tcp://user:secret@${at}`,
      `npipe://${at}`,
      `fd://${at}`,
      at,
      `tcp://${at}\n`,
      ` tcp://${at}`,
      'unix:relative.sock',
      'unix://relative.sock',
    ]
    await keep('P34', 'Docker hosts that are refused', hosts.length, async ({index}) => {
      const host = hosts[index] ?? ''
      const outcome = await on.run(DEPLOY, {input: FILE, env: {DOCKER_HOST: host, DOCKER_TLS_VERIFY: undefined}})
      expect(outcome, `${host}: ${said(outcome)}`).toMatchObject({code: 64, json: {error: {code: 'USAGE'}}})
      expect(outcome.stdout, 'a secret of the URL').not.toContain('secret')
      expect(peer.connections, host).toBe(0)
    })
    await peer.stop()
  })

  it('is sent no API call where TLS says that it is another one', {timeout: 120_000}, async () => {
    const on = bench()
    const good = await ours.clientDirectory('good')
    const garbage = await ours.clientDirectory('garbage', {'ca.pem': 'no certificate\n'})
    const mismatch = await ours.clientDirectory('mismatch', {'key.pem': (await ours.issue('other')).key})
    const foreign = await theirs.issue('foreign')
    const right = await ours.issue('right')
    const trusting = {NODE_EXTRA_CA_CERTS: theirs.path('ca.pem')}
    const cases: [string, PeerOptions, string, NodeJS.ProcessEnv?][] = [
      ['plain HTTP', {}, good],
      ['a foreign authority', foreign, good],
      ['a foreign authority, and NODE_TLS_REJECT_UNAUTHORIZED=0', foreign, good, {NODE_TLS_REJECT_UNAUTHORIZED: '0'}],
      ['a foreign authority that the system trusts', foreign, good, trusting],
      ['an expired certificate', await ours.issue('expired', {made: '-3d'}), good],
      ['a certificate of the future', await ours.issue('future', {made: '+5d'}), good],
      ['a certificate of another name', await ours.issue('elsewhere', {name: 'DNS:elsewhere.example'}), good],
      ['a ca.pem that is garbage', right, garbage],
      ['a key that is not the certificate’s', right, mismatch],
      ['a certificate directory that is not there', right, join(good, 'missing')],
    ]
    const attempt = async (options: PeerOptions, certificates: string, env: NodeJS.ProcessEnv = {}) => {
      const peer = await WrongPeer.start(on.lab, options)
      const hosts = {DOCKER_HOST: `tcp://127.0.0.1:${peer.port}`, DOCKER_CERT_PATH: certificates}
      const outcome = await on.run(DEPLOY, {input: FILE, env: {...env, ...hosts}})
      await peer.stop()
      return {outcome, peer}
    }
    await keep('P34', 'TLS peers that are refused', cases.length, async ({index}) => {
      const [name, options, certificates, env] = cases[index] ?? ['', {}, '']
      const {outcome, peer} = await attempt(options, certificates, env)
      expect([64, 69], `${name}: ${said(outcome)}`).toContain(outcome.code)
      expect(peer.requests, name).toEqual([])
    })
    // The right one is spoken to: the peers would have noticed.
    const {peer} = await attempt(right, good)
    expect(peer.requests).toContain('request GET /version?')
  })

  it('is not found by way of other variables of the environment', {timeout: 120_000}, async () => {
    const on = bench()
    const peer = await WrongPeer.start(on.lab)
    const url = `http://127.0.0.1:${peer.port}`
    const env = {
      ...{DOCKER_CONTEXT: 'elsewhere', DOCKER_TLS_VERIFY: '1', DOCKER_TLS: '1', DOCKER_PATH_PREFIX: '/elsewhere'},
      ...{DOCKER_CLIENT_TIMEOUT: '1', DOCKER_API_VERSION: '9.99', SSH_AUTH_SOCK: '/nonexistent'},
      ...{HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, ALL_PROXY: url, NODE_USE_ENV_PROXY: '1'},
    }
    await keep('P34', 'environments that name another engine', 1, async () => {
      const outcome = await on.run(DEPLOY, {input: FILE, env})
      expect(outcome, said(outcome)).toMatchObject({code: 0})
      expect(peer.connections).toBe(0)
    })
    await peer.stop()
  })
})

describeOnLab('a name that is a path', () => {
  const bench = useBench('paths', {subnet: '10.95.0.0/24'})

  it('leads to no file outside of the state', {timeout: 240_000}, async () => {
    const on = bench()
    const sandbox = join(on.lab.layout.directory, 'sandbox')
    const cwd = join(sandbox, 'a/b/c')
    await mkdir(cwd, {recursive: true})
    const stateDir = join(sandbox, 'a/state')
    const env = {TMPDIR: join(sandbox, 'tmp'), HOME: join(sandbox, 'home')}
    await mkdir(env.TMPDIR)
    await mkdir(env.HOME)
    await on.run(['config', 'set', 'deployment-limit', '50'], {cwd, env, stateDir})
    const payloads = traversals(sandbox)
    const before = await filesOutside(sandbox, stateDir)
    await keep('P36', 'names and values that are paths', payloads.length, async ({index, note}) => {
      const [args, input] = payloads[index] ?? [[]]
      const outcome = await on.run(args, {cwd, env, stateDir, ...(input !== undefined && {input})})
      note(`exit ${outcome.code}`)
      expect(outcome.code, `${JSON.stringify(args)} ${input} ${said(outcome)}`).not.toBe(1)
      expect(await filesOutside(sandbox, stateDir), `${JSON.stringify(args)} ${input}`).toEqual(before)
    })
    const end = await on.run(['teardown', '--all', '--yes'], {cwd, env, stateDir})
    expect(end, said(end)).toMatchObject({code: 0})
  })
})

describeOnLab('a clock that jumps', () => {
  const bench = useBench('clock', {subnet: '10.96.0.0/24'})

  it('does no harm between commands, in the middle of one, and after a killed one', {timeout: 900_000}, async () => {
    const on = bench()
    let fleet = randomFleet(new Random(seedOfRun()), 4)
    const file = join(on.lab.layout.directory, 'clock')
    const env = await fakeClock(file)
    await writeFile(file, '+0')
    await on.run(['config', 'set', 'deployment-limit', '50'])
    const first = await on.run(REPLACE, {input: modelText(fleet), env})
    expect(first, said(first)).toMatchObject({code: 0})
    await keep('P37', 'deploys with a clock that jumps by a day', rounds(2, 16), async ({index, random, note}) => {
      fleet = changeFleet(random, fleet, '10.96.0.')
      const [before, meanwhile] = random.pick([
        ['+1d', '+1d'],
        ['-1d', '-1d'],
        ['+1d', '-1d'],
        ['-1d', '+1d'],
      ] as const)
      await writeFile(file, before)
      const running = on.start(REPLACE, {input: modelText(fleet), env})
      await pause(random.between(500, 1500))
      await writeFile(file, meanwhile)
      const isKilled = index % 2 === 1 && running.child.kill('SIGKILL')
      note(isKilled ? 'killed' : `${before} then ${meanwhile}`)
      const outcome = await running.done
      if (outcome.code === null) await writeFile(file, before === '+1d' ? '-1d' : '+1d')
      else expect(outcome, said(outcome)).toMatchObject({code: 0})
      const again = await on.run(REPLACE, {input: modelText(fleet), env})
      expect(again, said(again)).toMatchObject({code: 0})
      expect(await audit(on, fleet)).toEqual([])
    })
    expect((await on.reconcile()).summary).toMatchObject({unchanged: fleet.size, failed: 0})
    const shown = await on.run(['lifecycle', '--json'], {env})
    expect(shown, said(shown)).toMatchObject({code: 0})
    const ids = lifecycleRecords(on).map(({id}) => id)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })
})

/** Every file and directory below, but for those of the state and of Node's own cache. */
async function filesOutside(sandbox: string, stateDir: string): Promise<string[]> {
  const all = await readdir(sandbox, {recursive: true, withFileTypes: true})
  return all
    .map(({parentPath, name}) => join(parentPath, name))
    .filter((path) => !path.startsWith(stateDir) && !path.includes('/node-compile-cache'))
    .toSorted()
}

type Payload = readonly [args: string[], input?: string]

function traversals(sandbox: string): Payload[] {
  const paths = ['../escape', '../../escape', `${sandbox}/escape`, '..', './escape', 'a/../../escape', '..%2fescape']
  const names = [
    ...paths,
    '..\\escape',
    '%2e%2e/escape',
    'a\u0000../escape',
    '....//escape',
    '~/escape',
    '$HOME/escape',
  ]
  const deploy = (text: string): Payload => [DEPLOY, text]
  const decky = (keys: Record<string, string>): Payload => deploy(fleetText({alpha: {services: 'http', ...keys}}))
  return [
    ...names.map((name) => deploy(fleetText({[name]: {services: 'http'}}))),
    ...paths
      .slice(0, 3)
      .flatMap((path) => [
        decky({hostname: path}),
        decky({host: path}),
        decky({services: path}),
        deploy(fleetText({alpha: {services: 'http'}, [`alpha.${path}`]: {title: 'x'}})),
        deploy(fleetText({alpha: {services: 'custom'}, [`custom-${path}`]: {binary: 'busybox', ports: '99'}})),
        deploy(fleetText({alpha: {services: 'x'}, 'custom-x': {binary: path, ports: '99'}})),
        deploy(fleetText({alpha: {services: 'http'}}, {domain: path})),
        deploy(fleetText({alpha: {services: 'http'}}, {interface: path})),
      ]),
    [['teardown', '../escape', '--yes']],
    [['status', '../escape']],
    [['lifecycle', '--decky', '../escape']],
    [['config', 'set', '../escape', 'x']],
    [['config', 'set', 'image', '../escape']],
    [['plan', '../../escape.ini']],
  ]
}

/** The environment of a command whose wall clock is off by what `file` says, even while it runs. */
async function fakeClock(file: string): Promise<NodeJS.ProcessEnv> {
  const files = (await must('dpkg', ['-L', 'libfaketime'])).split('\n')
  const library = files.find((path) => path.endsWith('/libfaketime.so.1'))
  if (library === undefined) throw new Error('libfaketime has no library')
  // Timers run on the monotonic clock, which no operator can set.
  const monotonic = {FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1'}
  return {LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', ...monotonic}
}

import {kill} from 'node:process'
import {expect, it} from 'vitest'
import {importBusybox} from '../lab/busybox.ts'
import {must, poll} from '../lab/process.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {type DeckyDocument, outcomes} from '../support/documents.ts'
import {
  type ContainerView,
  DECKY_LABEL,
  deckyContainers,
  FLEET_LABEL,
  incarnations,
  inspectContainers,
  networks,
} from '../support/engine-view.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'

const FLEET = fleetText({well: {services: 'http'}, victim: {services: 'http, ssh', ip: '10.77.0.40'}})

const SECOND = {field: 'instances', desired: '1', observed: '2'}

/** Enough for the Engine's pauses between restarts to be longer than a look takes. */
const CRASHES = 7

interface Fault {
  readonly fault: string
  readonly harm: (on: Bench, container: ContainerView) => Promise<unknown>
  /** What `status` calls the decky then. */
  readonly state: string
  /** The drift that says what is wrong, among others. */
  readonly drift: Partial<DeckyDocument['drift'][number]>
  /** What `reconcile` does about it. */
  readonly repair: string
}

const networkOf = ({NetworkSettings}: ContainerView): string => Object.keys(NetworkSettings.Networks)[0] ?? ''

/** Runs a command in the network namespace of a container. */
const inside = ({State}: ContainerView, command: string, args: readonly string[]): Promise<string> =>
  must('nsenter', ['-t', String(State.Pid), '-n', command, ...args])

async function reconnect({lab}: Bench, container: ContainerView, ip: string): Promise<void> {
  await lab.docker(['network', 'disconnect', networkOf(container), container.Id])
  await lab.docker(['network', 'connect', '--ip', ip, networkOf(container), container.Id])
}

async function crashLoop({lab}: Bench, {Id}: ContainerView): Promise<void> {
  const look = async () => (await inspectContainers(lab)).find((container) => container.Id === Id)
  let last = 0
  for (let crash = 0; crash < CRASHES; crash++) {
    last = await poll(
      'the decoy runs again',
      async () => {
        const {Running = false, Pid = 0} = (await look())?.State ?? {}
        return Running && Pid !== 0 && Pid !== last && Pid
      },
      {timeoutMs: 30_000, everyMs: 20},
    )
    kill(last, 'SIGKILL')
  }
  await poll('the Engine waits to restart it', async () => (await look())?.State.Status === 'restarting', {
    timeoutMs: 10_000,
    everyMs: 20,
  })
}

/** A process that hangs keeps its ports; only the missing heartbeat tells, after a while. */
async function hang(on: Bench, {State}: ContainerView): Promise<void> {
  kill(State.Pid, 'SIGSTOP')
  await poll('the silence to be noticed', async () => (await on.status()).drifted, {timeoutMs: 30_000, everyMs: 500})
}

const FAULTS: readonly Fault[] = [
  {
    fault: 'a removed container',
    harm: ({lab}, {Id}) => lab.docker(['rm', '-f', Id]),
    state: 'missing',
    drift: {field: 'instance', observed: 'missing'},
    repair: 'created',
  },
  {
    fault: 'a stopped container',
    harm: ({lab}, {Id}) => lab.docker(['stop', Id]),
    state: 'stopped',
    drift: {field: 'state', observed: 'exited'},
    repair: 'restarted',
  },
  {
    fault: 'a paused container',
    harm: ({lab}, {Id}) => lab.docker(['pause', Id]),
    state: 'paused',
    drift: {field: 'state', observed: 'paused'},
    repair: 'restarted',
  },
  {
    fault: 'a changed restart policy',
    harm: ({lab}, {Id}) => lab.docker(['update', '--restart', 'no', Id]),
    state: 'running',
    drift: {field: 'hardening', observed: 'has restart policy no'},
    repair: 'replaced',
  },
  {
    fault: 'a raised memory limit',
    harm: ({lab}, {Id}) => lab.docker(['update', '--memory', '1g', '--memory-swap', '1g', Id]),
    state: 'running',
    drift: {field: 'hardening', observed: expect.stringContaining('memory limit')},
    repair: 'replaced',
  },
  {
    fault: 'another address',
    harm: (on, container) => reconnect(on, container, '10.77.0.41'),
    state: expect.stringMatching(/running|degraded/),
    drift: {field: 'ip', desired: '10.77.0.40', observed: '10.77.0.41'},
    repair: 'replaced',
  },
  {
    fault: 'a container that was disconnected',
    harm: ({lab}, container) => lab.docker(['network', 'disconnect', networkOf(container), container.Id]),
    state: 'degraded',
    drift: {field: 'ip', observed: 'none'},
    repair: 'replaced',
  },
  {
    fault: 'a crash loop',
    harm: crashLoop,
    state: 'restarting',
    drift: {field: 'state', observed: 'restarting'},
    repair: 'restarted',
  },
  {
    fault: 'a listener that died inside',
    harm: (_, container) => inside(container, 'ss', ['-K', 'state', 'listening', 'sport', '=', ':22']),
    state: 'degraded',
    drift: {field: 'service ssh/22', desired: 'answering', observed: 'down'},
    repair: 'restarted',
  },
  {
    fault: 'a decoy that hangs',
    harm: hang,
    state: 'degraded',
    drift: {field: 'service ssh/22', desired: 'answering', observed: 'listening'},
    repair: 'restarted',
  },
  {
    fault: 'an address that is gone inside, while the Engine believes in it',
    harm: (_, container) => inside(container, 'ip', ['address', 'flush', 'dev', 'eth0']),
    state: 'degraded',
    drift: {field: 'ip inside', desired: '10.77.0.40'},
    repair: 'restarted',
  },
]

describeOnLab('drift', () => {
  const bench = useBench('drift', {keepsFleet: true})

  it.each(FAULTS)('is seen and repaired: $fault', async ({harm, state, drift, repair}) => {
    const on = bench()
    await on.replace(FLEET)
    expect(await on.status()).toMatchObject({drifted: false})
    const {well} = await incarnations(on.lab)
    await harm(on, await containerOf(on, 'victim'))

    const seen = await on.status()

    expect(seen.drifted).toBe(true)
    const [victim, other] = seen.deckies
    expect(victim).toMatchObject({name: 'victim', state})
    expect(victim?.drift).toContainEqual(expect.objectContaining(drift))
    expect(other).toMatchObject({name: 'well', state: 'running', drift: []})

    expect(outcomes((await on.reconcile()).lifecycle)).toEqual([`victim: ${repair}`, 'well: unchanged'])
    expect(await on.status()).toMatchObject({drifted: false})
    expect(await incarnations(on.lab)).toMatchObject({well})
  })

  it('is seen and repaired: a network that is gone with all containers', async () => {
    const on = bench()
    await on.replace(FLEET)
    for (const {Id} of (await deckyContainers(on.lab)).values()) await on.lab.docker(['rm', '-f', Id])
    for (const {Id} of await networks(on.lab)) await on.lab.docker(['network', 'rm', Id])
    const before = await on.status()
    expect(before).toMatchObject({drifted: true})
    expect(before.deckies.map(({state}) => state)).toEqual(['missing', 'missing'])
    await on.reconcile()
    const after = await on.status()
    expect(after).toMatchObject({drifted: false})
    expect(after.deckies.map(({ip, mac}) => ({ip, mac}))).toEqual(before.deckies.map(({ip, mac}) => ({ip, mac})))
  })

  it.each([
    ['a decky that no fleet has', 'ghost', {leftovers: ['ghost']}],
    ['a decky that has one already', 'victim', {deckies: [{drift: expect.arrayContaining([SECOND])}, {drift: []}]}],
  ])('is seen and repaired: an own container of %s', async (_, name, expected) => {
    const on = bench()
    await on.replace(FLEET)
    const {Config} = await containerOf(on, 'victim')
    const image = await importBusybox(on.lab)
    const labels = [`${FLEET_LABEL}=${Config.Labels[FLEET_LABEL]}`, `${DECKY_LABEL}=${name}`]
    const options = labels.flatMap((label) => ['--label', label])
    await on.lab.docker(['run', '-d', '--name', 'surplus', '--network', 'none', ...options, image, 'sleep', '3600'])

    expect(await on.status()).toMatchObject({drifted: true, ...expected})

    await on.reconcile()
    expect(await on.status()).toMatchObject({drifted: false, leftovers: []})
    expect((await inspectContainers(on.lab)).map(({Name}) => Name)).not.toContain('/surplus')
  })

  it('is seen and repaired: a custom service that ended', async () => {
    const on = bench()
    const image = await importBusybox(on.lab)
    const custom = {'custom-panel': {binary: image, exec: 'httpd -f -p 8080', ports: '8080'}}
    await on.replace(fleetText({...custom, plc: {services: 'http, panel'}}))
    const panels = async () => (await inspectContainers(on.lab)).filter(({Config}) => Config.Image === image)
    const [panel] = await panels()
    await on.lab.docker(['stop', '-t', '0', String(panel?.Id)])

    const drift = [{field: 'service panel', desired: 'running', observed: 'exited'}]
    expect(await on.status()).toMatchObject({drifted: true, deckies: [{name: 'plc', state: 'degraded', drift}]})

    await on.reconcile()
    expect(await on.status()).toMatchObject({drifted: false})
    expect(await panels()).toMatchObject([{State: {Running: true}}])
  })

  it('is only shown by reconcile --dry-run', async () => {
    const on = bench()
    await on.replace(FLEET)
    await on.lab.docker(['stop', (await containerOf(on, 'victim')).Id])
    const before = await incarnations(on.lab)
    const outcome = await on.run(['reconcile', '--dry-run', '--detailed-exitcode'])
    expect(outcome).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('~ decky/victim  restart  its instance is exited'),
    })
    expect(await incarnations(on.lab)).toEqual(before)
    expect(await on.status()).toMatchObject({drifted: true})
  })

  it('is not assumed where the Engine cannot be asked', async () => {
    const on = bench()
    await on.replace(FLEET)
    const env = {DOCKER_HOST: `unix://${on.lab.layout.directory}/nothing.sock`}
    const outcome = await on.run(['status', '--json', '--detailed-exitcode'], {env})
    expect(outcome.code).toBe(69)
    expect(outcome.json).toMatchObject({ok: false, deckies: [{state: 'unknown'}, {state: 'unknown'}]})
    const error = await on.refused(['reconcile', '--yes'], 69, {env})
    expect(error.code).toBe('ENGINE_UNAVAILABLE')
    expect((await on.status()).drifted).toBe(false)
  })
})

async function containerOf({lab}: Bench, decky: string): Promise<ContainerView> {
  const container = (await deckyContainers(lab)).get(decky)
  if (container === undefined) throw new Error(`${decky} has no container`)
  return container
}

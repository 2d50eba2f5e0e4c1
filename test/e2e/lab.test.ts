import {existsSync} from 'node:fs'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {importBusybox} from '../lab/busybox.ts'
import type {DockerVersion} from '../lab/docker-binaries.ts'
import {answersPing, callEngine} from '../lab/engine-api.ts'
import {bringUp} from '../lab/lab.ts'
import {LAN_INTERFACE} from '../lab/layout.ts'
import {poll} from '../lab/process.ts'
import {daemonsOf, killAll} from '../lab/processes.ts'
import {readRecord, writeRecord} from '../lab/record.ts'
import {installTools} from '../lab/tools.ts'
import {describeOnLab, type Lab, startLab} from '../support/lab.ts'

const NOTHING = {processes: [], mounts: [], namespaces: [], cgroups: [], directories: []}
const MAC = '00:50:56:9a:0c:52'
const ADDRESS = '10.77.0.82'

const report = (line: string): void => console.info(`lab: ${line}`)

async function startDecoy(lab: Lab): Promise<void> {
  const image = await importBusybox(lab, report)
  const {subnet, gateway} = lab.layout
  const network = ['network', 'create', '-d', 'macvlan', '-o', `parent=${LAN_INTERFACE}`]
  await lab.docker([...network, '--subnet', subnet, '--gateway', gateway, '--ip-range', '10.77.0.254/32', 'lan'])
  // Process 1 of a container ignores SIGTERM, and dockerd would wait ten seconds for it at each restart.
  const quick = ['--stop-signal', 'SIGKILL', '--restart', 'always']
  const endpoint = ['--network', 'lan', '--ip', ADDRESS, '--mac-address', MAC]
  const command = ['nc', '-ll', '-p', '23', '-e', '/bin/cat']
  await lab.docker(['run', '-d', '--name', 'decoy', ...quick, ...endpoint, image, ...command])
}

/** What the intruder's kernel learned by ARP about an address. */
async function neighbour(lab: Lab): Promise<string> {
  return (await lab.intruder('ip', ['neigh', 'show', ADDRESS])).stdout
}

const echoes = async (lab: Lab): Promise<boolean> => {
  const answer = await lab.intruder('nc', ['-N', '-w', '2', ADDRESS, '23'], {input: 'hello\n', timeoutMs: 5000})
  return answer.stdout === 'hello\n'
}

function describeEngine(version: DockerVersion | undefined): void {
  let lab: Lab

  beforeAll(async () => {
    await installTools(['ping', 'nc'], report)
    lab = await startLab({name: 'self', ...(version && {version})})
    await startDecoy(lab)
  })

  afterAll(async () => {
    await lab?.dispose()
  })

  it('has an Engine that answers, of the version asked for', async () => {
    const answer = await callEngine(lab.socket, 'GET', '/version')
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body).Version).toMatch(new RegExp(`^${lab.version.replace('.', '\\.')}\\.`))
    if (version !== undefined) expect(lab.version).toBe(version)
  })

  it('runs a command beside the Engine with the state directory and Engine of the lab', async () => {
    const outcome = await lab.run('sh', ['-c', 'echo "$DOCKER_HOST $DECNET_STATE_DIR"; command -v decnet; ip -o link'])
    expect(outcome.stdout).toContain(`unix://${lab.socket} ${lab.layout.stateDir}`)
    expect(outcome.stdout).toContain(`${lab.layout.binDir}/decnet`)
    expect(outcome.stdout).toContain(LAN_INTERFACE)
  })

  it('shows the intruder a container under its own address and MAC', async () => {
    expect((await lab.intruder('ping', ['-c', '1', '-W', '2', ADDRESS])).code).toBe(0)
    expect(await neighbour(lab)).toContain(`lladdr ${MAC}`)
    await poll('the decoy echoes', () => echoes(lab), {timeoutMs: 10_000})
    expect(await lab.containers()).toMatchObject([{name: 'decoy', state: 'running', ip: ADDRESS, mac: MAC}])
  })

  it('lets nothing out: beyond the LAN there is no route', async () => {
    const outcome = await lab.run('ping', ['-c', '1', '-W', '1', '192.0.2.1'])
    expect(outcome.code).not.toBe(0)
    expect((await lab.intruder('ip', ['route'])).stdout).not.toContain('default')
    expect((await lab.intruder('ip', ['-o', 'link'])).stdout.trim().split('\n')).toHaveLength(2)
  })

  it('freezes the Engine and thaws it', async () => {
    await lab.freezeDockerd()
    expect(await answersPing(lab.socket, 300)).toBe(false)
    await lab.thawDockerd()
    await poll('dockerd answers', () => lab.isUp(), {timeoutMs: 5000})
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('restarts the Engine after %s, and the container returns', async (name) => {
    const before = await lab.dockerdPid()
    await lab.restartDockerd({signal: name})
    expect(await lab.dockerdPid()).not.toBe(before)
    await poll('the decoy echoes', () => echoes(lab), {timeoutMs: 20_000})
    expect(await neighbour(lab)).toContain(`lladdr ${MAC}`)
  })

  it('leaves nothing behind', async () => {
    expect(lab.remains()).not.toEqual(NOTHING)
    await lab.dispose()
    expect(lab.remains()).toEqual(NOTHING)
    await lab.dispose()
  })
}

describeOnLab('a lab on the installed Engine', () => describeEngine(undefined))
describeOnLab('a lab on dockerd 26.1', () => describeEngine('26.1'), {version: '26.1'})

describeOnLab('labs beside each other and after a crash', () => {
  const labs: Lab[] = []
  afterAll(async () => {
    for (const lab of labs) await lab.dispose()
  })

  it('runs two with different subnets that do not see each other', async () => {
    labs.push(await startLab({name: 'left'}), await startLab({name: 'right', subnet: '10.78.0.0/24'}))
    const [left, right] = labs
    await left?.docker(['network', 'create', '-d', 'macvlan', '-o', `parent=${LAN_INTERFACE}`, 'lan'])
    expect(await right?.docker(['network', 'ls', '--format', '{{.Name}}'])).not.toContain('lan')
    expect((await left?.intruder('ping', ['-c', '1', '-W', '1', '10.78.0.2']))?.code).not.toBe(0)
    expect((await right?.intruder('ping', ['-c', '1', '-W', '1', '10.78.0.2']))?.code).toBe(0)
  })

  it('removes the lab of a test process that was killed, and no other', async () => {
    const orphan = await startLab({name: 'orphan'})
    const kept = await startLab({name: 'kept'})
    labs.push(orphan, kept)
    const record = await readRecord(orphan.layout)
    if (record === undefined) throw new Error('a lab without a record')
    await writeRecord(orphan.layout, {...record, owner: {pid: process.pid, startTime: 'of a process that has ended'}})
    labs.push(await startLab({name: 'next'}))
    expect(orphan.remains()).toEqual(NOTHING)
    expect(await kept.isUp()).toBe(true)
  })

  it('starts again over what a crash left, and finds a lab that is up', async () => {
    const crashed = await startLab({name: 'crash'})
    const {name} = crashed.layout
    labs.push(crashed)
    await startDecoy(crashed)
    await crashed.killDockerd()
    // A containerd that is being killed may still start a helper for the shim that went first.
    const daemons = (): number[] => daemonsOf(crashed.layout.directory)
    const gone = async (): Promise<boolean> => killAll(daemons()).then(() => daemons().length === 0)
    await poll('daemons and shims end', gone, {timeoutMs: 10_000})
    const {processes, mounts} = crashed.remains()
    expect(processes, 'what the container ran goes on without its shim').not.toEqual([])
    expect(mounts).not.toEqual([])

    const again = await bringUp({name})
    expect(await again.containers()).toEqual([])
    const pid = await again.dockerdPid()
    expect(await (await bringUp({name})).dockerdPid()).toBe(pid)
    await again.dispose()
    expect(existsSync(again.layout.directory)).toBe(false)
    expect(again.remains()).toEqual(NOTHING)
  })
})

import {spawn} from 'node:child_process'
import {closeSync, existsSync, openSync} from 'node:fs'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {join} from 'node:path'
import type {DockerBinaries} from './docker-binaries.ts'
import {answersPing} from './engine-api.ts'
import {inNamespace, type LabLayout} from './layout.ts'
import {poll} from './process.ts'
import {daemonsOf, isRunning} from './processes.ts'

const CONTAINERD_LIMIT_MS = 20_000
const DOCKERD_LIMIT_MS = 40_000
const ATTEMPTS = 3

/**
 * Starts containerd, as a daemon of its own: that is how hosts run it, and a killed dockerd then leaves the
 * containers to a containerd that still knows them.
 */
export async function startContainerd(layout: LabLayout, binaries: DockerBinaries): Promise<void> {
  const config = join(layout.directory, 'containerd.toml')
  // Without a file of ours the machine's /etc/containerd/config.toml would be read.
  await writeFile(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
  const args = [
    ...['--config', config, '--address', layout.containerdSocket],
    ...['--root', join(layout.directory, 'containerd'), '--state', join(layout.directory, 'containerd-state')],
  ]
  const pid = launch(layout, binaries, binaries.containerd, args, layout.containerdLog)
  await writeFile(layout.containerdPidFile, String(pid))
  await awaitDaemon(pid, layout.containerdLog, () => accepts(layout.containerdSocket), CONTAINERD_LIMIT_MS)
}

/**
 * Starts dockerd and waits until it answers. It is tried again when it ends at once, which it does while the
 * previous one's containers are still being taken down.
 *
 * @throws Error with the last lines of its log.
 */
export async function startDockerd(layout: LabLayout, binaries: DockerBinaries): Promise<void> {
  const args = [
    ...['--data-root', join(layout.directory, 'data'), '--exec-root', join(layout.directory, 'exec')],
    ...['--pidfile', layout.pidFile, '-H', `unix://${layout.socket}`, '--containerd', layout.containerdSocket],
    ...['--config-file', join(layout.directory, 'daemon.json'), '--cgroup-parent', `/${layout.cgroup}`],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
  ]
  await writeFile(join(layout.directory, 'daemon.json'), '{}')
  for (let attempt = 1; ; attempt += 1) {
    // A killed dockerd leaves its pid file, and the next one refuses to start if that pid is anything's by now.
    await rm(layout.pidFile, {force: true})
    const pid = launch(layout, binaries, binaries.dockerd, args, layout.dockerdLog)
    try {
      await awaitDaemon(pid, layout.dockerdLog, () => answersPing(layout.socket), DOCKERD_LIMIT_MS)
      return
    } catch (error) {
      if (attempt === ATTEMPTS || isRunning(pid)) throw error
    }
  }
}

/** A daemon outlives whoever starts it: the lab of the command line has to, that of a test is swept. */
function launch(
  layout: LabLayout,
  binaries: DockerBinaries,
  command: string,
  args: readonly string[],
  log: string,
): number {
  const output = openSync(log, 'a', 0o600)
  try {
    const [program, programArgs] = inNamespace(layout.namespace, command, args)
    const path = [...binaries.path, process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(':')
    const child = spawn(program, programArgs, {
      detached: true,
      stdio: ['ignore', output, output],
      env: {PATH: path, HOME: layout.directory, TMPDIR: layout.directory},
    })
    child.on('error', () => {})
    child.unref()
    if (child.pid === undefined) throw new Error(`${program} could not be started`)
    return child.pid
  } finally {
    closeSync(output)
  }
}

async function awaitDaemon(pid: number, log: string, ready: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  try {
    await poll(
      'the daemon answers',
      async () => {
        if (!isRunning(pid)) throw new Error('the daemon ended')
        return await ready()
      },
      {timeoutMs},
    )
  } catch (error) {
    const tail = existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n').slice(-8).join('\n') : ''
    throw new Error(`${error instanceof Error ? error.message : error}; the end of ${log}:\n${tail}`, {cause: error})
  }
}

function accepts(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket)
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', () => resolve(false))
  })
}

/** The pid in a pid file, if a daemon of this lab has it now. */
export async function daemonPid(layout: LabLayout, pidFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  return daemonsOf(layout.directory).includes(pid) ? pid : undefined
}

import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, symlink, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {daemonPid, startContainerd, startDockerd} from './daemons.ts'
import type {Report} from './debian.ts'
import {type DockerBinaries, type DockerVersion, dockerBinaries} from './docker-binaries.ts'
import {answersPing, type LabContainer, listContainers, removeEverything} from './engine-api.ts'
import {inNamespace, type LabLayout, layoutOf} from './layout.ts'
import {createNetwork, namespaceExists} from './network.ts'
import {type CaptureOptions, collect, must, type Outcome, poll} from './process.ts'
import {end, isRunning, isStopped, type ProcessMark, signal} from './processes.ts'
import {type LabRecord, readRecord, writeRecord} from './record.ts'
import {type Remains, remainsOf, sweep} from './sweep.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const DAEMON_GRACE_MS = 15_000

export interface LabOptions {
  readonly name?: string
  readonly subnet?: string
  readonly version?: DockerVersion
  /** A lab whose owner has ended is removed by the next test that starts one. */
  readonly owner?: ProcessMark
  readonly report?: Report
}

/** A Docker Engine on a LAN of its own, and an intruder on the same LAN. */
export class Lab {
  readonly layout: LabLayout
  readonly version: string
  readonly #binaries: DockerBinaries

  constructor(layout: LabLayout, record: LabRecord) {
    this.layout = layout
    this.version = record.binaries.version
    this.#binaries = record.binaries
  }

  get socket(): string {
    return this.layout.socket
  }

  /** What a command inside the lab sees: its Engine, its state directory, and `decnet` on the PATH. */
  environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const {
      DOCKER_CONTEXT: _context,
      DOCKER_TLS_VERIFY: _tls,
      DOCKER_CERT_PATH: _certificates,
      ...inherited
    } = process.env
    const path = [this.layout.binDir, ...this.#binaries.path, inherited.PATH ?? '', '/usr/sbin', '/sbin']
    return {
      ...inherited,
      PATH: path.join(':'),
      DOCKER_HOST: `unix://${this.socket}`,
      DOCKER_CONFIG: join(this.layout.directory, 'docker-config'),
      DECNET_STATE_DIR: this.layout.stateDir,
      ...extra,
    }
  }

  /** Runs a command beside the Engine. A non-zero exit is an outcome, not an error. */
  run(command: string, args: readonly string[] = [], options: CaptureOptions = {}): Promise<Outcome> {
    return this.#capture(this.layout.namespace, command, args, options)
  }

  /** Runs a command as the intruder, who has nothing but the LAN. */
  intruder(command: string, args: readonly string[] = [], options: CaptureOptions = {}): Promise<Outcome> {
    return this.#capture(this.layout.intruderNamespace, command, args, options)
  }

  #capture(namespace: string, command: string, args: readonly string[], options: CaptureOptions): Promise<Outcome> {
    const {env, cwd, input, timeoutMs} = options
    const stdio: SpawnOptions['stdio'] = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
    const child = this.spawn(command, args, {stdio, ...(env && {env}), ...(cwd && {cwd})}, namespace)
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    return collect(child, [command, ...args].join(' '), timeoutMs)
  }

  /** Starts a command in a namespace of the lab (its own by default) and leaves it to the caller. */
  spawn(
    command: string,
    args: readonly string[] = [],
    options: SpawnOptions = {},
    namespace: string = this.layout.namespace,
  ): ChildProcess {
    const [program, programArgs] = inNamespace(namespace, command, args)
    return spawn(program, programArgs, {...options, env: this.environment(options.env)})
  }

  /**
   * Runs the Docker CLI against this lab's Engine and returns what it printed.
   *
   * @throws Error when it fails.
   */
  docker(args: readonly string[], options: CaptureOptions = {}): Promise<string> {
    return must(this.#binaries.docker, args, {...options, env: this.environment(options.env)})
  }

  containers(): Promise<LabContainer[]> {
    return listContainers(this.socket)
  }

  /** Makes a folder an image: no registry is needed, and none is reachable. */
  async importFolder(folder: string, reference: string): Promise<void> {
    const tar = join(this.layout.directory, 'image.tar')
    await must('tar', ['--numeric-owner', '-C', folder, '-cf', tar, '.'])
    await this.docker(['import', tar, reference])
  }

  dockerdPid(): Promise<number | undefined> {
    return daemonPid(this.layout, this.layout.pidFile)
  }

  /** Stops the Engine as a crash does: containers go on without it. */
  killDockerd(): Promise<void> {
    return this.#stopDockerd('SIGKILL')
  }

  async #stopDockerd(name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const pid = await this.dockerdPid()
    if (pid === undefined) return
    signal(pid, name)
    // A frozen one keeps SIGTERM until it is thawed.
    signal(pid, 'SIGCONT')
    await poll('dockerd ends', () => !isRunning(pid), {timeoutMs: 60_000, everyMs: 20})
  }

  /** Starts the Engine that {@link killDockerd} stopped and waits until it answers. */
  startDockerd(): Promise<void> {
    return startDockerd(this.layout, this.#binaries)
  }

  async restartDockerd({signal: name = 'SIGTERM'}: {signal?: 'SIGTERM' | 'SIGKILL'} = {}): Promise<void> {
    await this.#stopDockerd(name)
    await this.startDockerd()
  }

  /** Makes the Engine hang: it accepts connections and never answers, until {@link thawDockerd}. */
  async freezeDockerd(): Promise<void> {
    const pid = await this.dockerdPid()
    if (pid === undefined) throw new Error(`dockerd of lab ${this.layout.name} does not run`)
    signal(pid, 'SIGSTOP')
    // Its threads stop one by one, and each may still answer until it does.
    await poll('dockerd stops', () => isStopped(pid), {timeoutMs: 5000, everyMs: 2})
  }

  async thawDockerd(): Promise<void> {
    const pid = await this.dockerdPid()
    if (pid !== undefined) signal(pid, 'SIGCONT')
  }

  isUp(): Promise<boolean> {
    return answersPing(this.socket)
  }

  /** Removes the lab and everything in it, whatever state its daemons are in. */
  async dispose(): Promise<void> {
    await this.thawDockerd()
    try {
      if (await this.isUp()) await removeEverything(this.socket)
      for (const pidFile of [this.layout.pidFile, this.layout.containerdPidFile]) {
        const pid = await daemonPid(this.layout, pidFile)
        if (pid !== undefined) await end(pid, DAEMON_GRACE_MS)
      }
    } finally {
      await sweep(this.layout)
    }
  }

  /** What this lab has on the machine right now. */
  remains(): Remains {
    return remainsOf(this.layout)
  }
}

/** The lab of that name, if there is one, whether or not its Engine answers. */
export async function openLab(name: string): Promise<Lab | undefined> {
  const record = await readRecord(layoutOf(name))
  return record && new Lab(layoutOf(name, record.subnet), record)
}

/**
 * Brings a lab up, or finds it up. What a crashed lab of the same name left is removed first.
 *
 * @throws Error when the lab is up with another Engine or subnet, or cannot be made.
 */
export async function bringUp(options: LabOptions = {}): Promise<Lab> {
  const report = options.report ?? (() => {})
  const layout = layoutOf(options.name ?? 'lab', options.subnet)
  const existing = await openLab(layout.name)
  if (existing !== undefined && (await existing.isUp()) && namespaceExists(layout.intruderNamespace)) {
    assertSame(existing, layout, options.version)
    return existing
  }
  const binaries = await dockerBinaries(options.version, report)
  await sweep(layout)
  const record: LabRecord = {subnet: layout.subnet, binaries, ...(options.owner && {owner: options.owner})}
  await mkdir(layout.directory, {mode: 0o700})
  await writeRecord(layout, record)
  try {
    await prepare(layout, binaries)
    await createNetwork(layout)
    await startContainerd(layout, binaries)
    await startDockerd(layout, binaries)
    return new Lab(layout, record)
  } catch (error) {
    await sweep(layout)
    throw error
  }
}

function assertSame(lab: Lab, layout: LabLayout, version: DockerVersion | undefined): void {
  if (lab.layout.subnet !== layout.subnet || (version !== undefined && lab.version !== version)) {
    throw new Error(
      `lab ${layout.name} is up with dockerd ${lab.version} on ${lab.layout.subnet}: take it down first, or use another name`,
    )
  }
}

async function prepare(layout: LabLayout, binaries: DockerBinaries): Promise<void> {
  await mkdir(layout.stateDir, {mode: 0o700})
  await mkdir(layout.binDir)
  await mkdir(join(layout.directory, 'docker-config'))
  await symlink(binaries.docker, join(layout.binDir, 'docker'))
  const entry = join(REPOSITORY, 'bin/run.js')
  if (!existsSync(entry)) throw new Error(`${entry} is missing`)
  const wrapper = `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`
  await writeFile(join(layout.binDir, 'decnet'), wrapper, {mode: 0o755})
}

import {readdirSync, readFileSync, readlinkSync, statSync} from 'node:fs'
import {basename} from 'node:path'
import {poll} from './process.ts'

const DAEMONS = new Set([
  'dockerd',
  'containerd',
  'containerd-shim',
  'containerd-shim-runc-v1',
  'containerd-shim-runc-v2',
  'docker-proxy',
])

/** A process identified for good: a pid alone may be handed to another one. */
export interface ProcessMark {
  readonly pid: number
  readonly startTime: string
}

/** Whether a process runs; one that only waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  const fields = statFields(pid)
  return fields !== undefined && fields[0] !== 'Z' && fields[0] !== 'X'
}

export function markOf(pid: number): ProcessMark | undefined {
  const startTime = statFields(pid)?.[19]
  return startTime === undefined ? undefined : {pid, startTime}
}

export function isSameProcess(mark: ProcessMark): boolean {
  return isRunning(mark.pid) && markOf(mark.pid)?.startTime === mark.startTime
}

/** Whether SIGSTOP has reached every thread of a process. */
export function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => statFields(`${pid}/task/${thread}`)?.[0] === 'T')
}

/** Fields of /proc/PID/stat from the third on: the second may contain spaces and parentheses. */
function statFields(process: number | string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function pids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
}

/** The daemons and shims that were started with paths inside `directory`, whoever their parent is by now. */
export function daemonsOf(directory: string): number[] {
  return pids().filter((pid) => {
    const [program = '', ...args] = argumentsOf(pid)
    return (
      DAEMONS.has(basename(program)) && args.some((arg) => arg.replace(/^unix:\/\//, '').startsWith(`${directory}/`))
    )
  })
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Every process inside a network namespace of the given name. */
export function processesIn(namespace: string): number[] {
  const wanted = inodeOf(`/run/netns/${namespace}`)
  // A name without a namespace behind it (its mount is gone) is an empty file of some other file system.
  if (wanted === undefined) return []
  return pids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/net`) === `net:[${wanted}]`
    } catch {
      return false
    }
  })
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino
  } catch {
    return undefined
  }
}

/** Sends a signal; a process that is gone already is what the caller wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Ends processes at once and waits until none runs. */
export async function killAll(targets: readonly number[]): Promise<void> {
  for (const pid of targets) signal(pid, 'SIGKILL')
  await poll(`processes ${targets.join(', ')} end`, () => !targets.some(isRunning), {timeoutMs: 10_000, everyMs: 10})
}

/** Asks a process to end, and makes it after `graceMs`. */
export async function end(pid: number, graceMs: number): Promise<void> {
  signal(pid, 'SIGTERM')
  try {
    await poll(`process ${pid} ends`, () => !isRunning(pid), {timeoutMs: graceMs, everyMs: 20})
  } catch {
    await killAll([pid])
  }
}

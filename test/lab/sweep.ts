import {existsSync, lstatSync, readdirSync, readFileSync, rmdirSync} from 'node:fs'
import {readdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {LabLayout} from './layout.ts'
import {deleteNetwork, namespaceExists} from './network.ts'
import {capture, poll} from './process.ts'
import {daemonsOf, killAll, processesIn} from './processes.ts'

/** What of a lab is on the machine; all empty means that it left nothing. */
export interface Remains {
  readonly processes: readonly number[]
  readonly mounts: readonly string[]
  readonly namespaces: readonly string[]
  readonly cgroups: readonly string[]
  readonly directories: readonly string[]
}

export function remainsOf(layout: LabLayout): Remains {
  return {
    processes: processesOf(layout),
    mounts: mountsUnder(layout.directory),
    namespaces: [layout.namespace, layout.intruderNamespace].filter(namespaceExists),
    cgroups: cgroupsOf(layout),
    directories: [layout.directory].filter((directory) => existsSync(directory)),
  }
}

/**
 * Removes a lab whose daemons may be dead, killed or frozen: everything that is recognizably its own (paths in its
 * directory, its namespaces, its control groups) and nothing else. Does nothing where there is no lab.
 */
export async function sweep(layout: LabLayout): Promise<void> {
  if (!isOwn(layout.directory)) throw new Error(`${layout.directory} is not a directory of this user`)
  const shimSockets = await shimSocketsOf(layout)
  // A daemon that dies may just have forked; what it forked shows up in the next round.
  await poll(
    `processes of lab ${layout.name} end`,
    async () => {
      const alive = processesOf(layout)
      await killAll(alive)
      return alive.length === 0
    },
    {timeoutMs: 20_000, everyMs: 20},
  )
  // The innermost mount first: the kernel lists them in the order they were made.
  for (const mount of mountsUnder(layout.directory).reverse()) await unmount(layout, mount)
  await removeCgroups(layout)
  await deleteNetwork(layout)
  for (const socket of shimSockets) await rm(socket, {force: true})
  await rm(layout.directory, {recursive: true, force: true})
}

async function unmount(layout: LabLayout, mount: string): Promise<void> {
  const outcome = await capture('umount', ['--lazy', mount])
  // Another process may be sweeping the same orphan.
  if (outcome.code !== 0 && mountsUnder(layout.directory).includes(mount)) throw new Error(outcome.stderr.trim())
}

/** A lab's directory is in a folder that all may write to: what another user put there is not a lab. */
export function isOwn(directory: string): boolean {
  const stat = lstatSync(directory, {throwIfNoEntry: false})
  return stat === undefined || (stat.isDirectory() && stat.uid === process.getuid?.())
}

function processesOf(layout: LabLayout): number[] {
  return [
    ...new Set([
      ...daemonsOf(layout.directory),
      ...processesIn(layout.namespace),
      ...processesIn(layout.intruderNamespace),
      ...cgroupsOf(layout).flatMap(processesOfCgroup),
    ]),
  ]
}

function mountsUnder(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${directory}/`))
}

/** The lab's control groups, children before their parents, in every hierarchy that is mounted. */
function cgroupsOf(layout: LabLayout): string[] {
  const root = '/sys/fs/cgroup'
  const hierarchies = [root, ...folders(root)]
  return hierarchies
    .map((hierarchy) => join(hierarchy, layout.cgroup))
    .filter((group) => existsSync(group))
    .flatMap(descendants)
}

const descendants = (group: string): string[] => [...folders(group).flatMap(descendants), group]

function folders(parent: string): string[] {
  try {
    return readdirSync(parent, {withFileTypes: true})
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name))
  } catch {
    return []
  }
}

function processesOfCgroup(group: string): number[] {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

async function removeCgroups(layout: LabLayout): Promise<void> {
  // The kernel empties a group some time after its last process was reaped, and refuses (EBUSY) until then.
  await poll(
    `control groups of lab ${layout.name} empty`,
    () => {
      for (const group of cgroupsOf(layout)) {
        try {
          rmdirSync(group)
        } catch {
          return false
        }
      }
      return true
    },
    {timeoutMs: 10_000, everyMs: 20},
  )
}

/** Shims keep their sockets in one folder for all containerds; only their bundles say which are whose. */
async function shimSocketsOf(layout: LabLayout): Promise<string[]> {
  const bundles = join(layout.directory, 'containerd-state', 'io.containerd.runtime.v2.task', 'moby')
  if (!existsSync(bundles)) return []
  const sockets = await Promise.all(
    (await readdir(bundles)).map((id) => readFile(join(bundles, id, 'address'), 'utf8').catch(() => '')),
  )
  return sockets
    .map((address) => address.replace(/^unix:\/\//, '').trim())
    .filter((path) => path.startsWith('/run/containerd/s/'))
}

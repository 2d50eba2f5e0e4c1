/** What the Engine has, asked without any code of ours: scenarios compare it before and after. */
import {callEngine} from '../lab/engine-api.ts'
import type {Lab} from './lab.ts'

export interface ContainerView {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly RestartCount: number
  readonly State: {
    readonly Status: string
    readonly Running: boolean
    readonly Paused: boolean
    readonly Pid: number
    readonly StartedAt: string
    readonly FinishedAt: string
  }
  readonly Config: {
    readonly Image: string
    readonly User: string
    readonly Env: readonly string[] | null
    readonly Labels: Readonly<Record<string, string>>
  }
  readonly HostConfig: {
    readonly CapAdd: readonly string[] | null
    readonly CapDrop: readonly string[] | null
    readonly SecurityOpt: readonly string[] | null
    readonly ReadonlyRootfs: boolean
    readonly Privileged: boolean
    readonly PidsLimit: number | null
    readonly Memory: number
    readonly Binds: readonly string[] | null
    readonly Devices: readonly unknown[] | null
    readonly PidMode: string
    readonly IpcMode: string
    readonly UTSMode: string
    readonly RestartPolicy: {readonly Name: string}
    readonly LogConfig: {readonly Type: string; readonly Config: Readonly<Record<string, string>>}
    readonly Sysctls: Readonly<Record<string, string>> | null
  }
  readonly Mounts: readonly unknown[]
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, {readonly NetworkID: string; readonly IPAddress: string; readonly MacAddress: string}>
    >
  }
}

export interface NetworkView {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Labels: Readonly<Record<string, string>> | null
}

async function get<T>(lab: Lab, path: string): Promise<T> {
  const answer = await callEngine(lab.socket, 'GET', path)
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.body}`)
  return JSON.parse(answer.body)
}

/** Every container with all its details, by name. One that goes away meanwhile is left out. */
export async function inspectContainers(lab: Lab): Promise<ContainerView[]> {
  const views: ContainerView[] = []
  for (const {id} of await lab.containers()) {
    const answer = await callEngine(lab.socket, 'GET', `/containers/${id}/json`)
    if (answer.status === 200) views.push(JSON.parse(answer.body))
  }
  return views.toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
}

export const DECKY_LABEL = 'decnet.decky'
export const FLEET_LABEL = 'decnet.fleet'

/** The containers that deckies run in, of one fleet or of any, by decky. Throws when one has two. */
export async function deckyContainers(lab: Lab, fleet?: string): Promise<ReadonlyMap<string, ContainerView>> {
  const found = new Map<string, ContainerView>()
  for (const container of await inspectContainers(lab)) {
    const name = container.Config.Labels[DECKY_LABEL]
    if (name === undefined || (fleet !== undefined && container.Config.Labels[FLEET_LABEL] !== fleet)) continue
    if (found.has(name)) throw new Error(`${name} has two containers`)
    found.set(name, container)
  }
  return found
}

/** Which container each decky runs in and since when: equal before and after means untouched. */
export async function incarnations(lab: Lab): Promise<Record<string, string>> {
  const containers = [...(await deckyContainers(lab))]
  return Object.fromEntries(containers.map(([name, {Id, State}]) => [name, `${Id} since ${State.StartedAt}`]))
}

/** The address of every decky's container, by decky. */
export async function addresses(lab: Lab): Promise<Record<string, string | undefined>> {
  const containers = [...(await deckyContainers(lab))]
  return Object.fromEntries(
    containers.map(([name, {NetworkSettings}]) => [name, Object.values(NetworkSettings.Networks)[0]?.IPAddress]),
  )
}

const BUILT_IN = new Set(['bridge', 'host', 'none'])

/** By name: the Engine lists them in another order each time. */
export async function networks(lab: Lab): Promise<NetworkView[]> {
  const listed = await get<NetworkView[]>(lab, '/networks')
  return listed.filter(({Name}) => !BUILT_IN.has(Name)).toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
}

export async function images(lab: Lab): Promise<string[]> {
  const listed = await get<{Id: string; RepoTags: string[] | null}[]>(lab, '/images/json')
  return listed.map(({Id, RepoTags}) => `${Id} ${(RepoTags ?? []).join(' ')}`).toSorted()
}

/** Everything that a command which changes nothing must leave as it is. */
export async function snapshot(lab: Lab): Promise<unknown> {
  const containers = await inspectContainers(lab)
  return {containers, networks: await networks(lab), images: await images(lab)}
}

/** Compares what the state says with what the Engine has, without any code of ours. */
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {Bench} from './bench.ts'
import {type ContainerView, DECKY_LABEL, FLEET_LABEL, images, inspectContainers, networks} from './engine-view.ts'
import type {FleetModel} from './fleet-model.ts'
import {stateRows} from './state-files.ts'

interface StoredRow {
  readonly name: string
  readonly ip: string
  readonly config_hash: string
  /** JSON. */
  readonly decky: string
}

export interface LifecycleRecord {
  readonly id: number
  readonly decky: string
  readonly status: string
  readonly error: string | null
}

/** Every row of the lifecycle table; none while there is no state. */
export function lifecycleRecords(on: Bench): LifecycleRecord[] {
  return (tablesOf(on).lifecycle ?? []) as LifecycleRecord[]
}

export function openRows(on: Bench): LifecycleRecord[] {
  return lifecycleRecords(on).filter(({status}) => status === 'pending' || status === 'running')
}

/** The outcome of the newest deployment; null: it has none yet. Undefined: there is no deployment. */
export function lastOutcome(on: Bench): string | null | undefined {
  const deployments = (tablesOf(on).deployments ?? []) as {outcome: string | null}[]
  return deployments.at(-1)?.outcome
}

function tablesOf({stateDir}: Bench): Record<string, unknown[]> {
  return existsSync(join(stateDir, 'state.db')) ? stateRows(stateDir) : {}
}

/** Everything in which state and Engine differ from each other or from what is wanted, in words. Empty: they agree. */
export async function audit(on: Bench, wanted: FleetModel): Promise<string[]> {
  const tables = stateRows(on.stateDir)
  const stored = new Map((tables.deckies as StoredRow[]).map((row) => [row.name, row]))
  const install = String((tables.meta as {install_id: string}[])[0]?.install_id)
  const own = (await inspectContainers(on.lab)).filter(({Config}) => Config.Labels[FLEET_LABEL] === install)
  return [
    ...openRows(on).map(({id, decky, status}) => `row ${id} of ${decky} is still ${status}`),
    ...(tables.deployments as {id: number; outcome: string | null}[])
      .filter(({outcome}) => outcome === null)
      .map(({id}) => `deployment ${id} has no outcome`),
    ...auditState(stored, wanted),
    ...[...stored.values()].flatMap((row) => auditDecky(row, own)),
    ...own.filter(({Config}) => !stored.has(`${Config.Labels[DECKY_LABEL]}`)).map(({Name}) => `${Name} is left over`),
    ...duplicates(own),
    ...(await auditResources(on, install, wanted.size > 0)),
  ]
}

function auditState(stored: ReadonlyMap<string, StoredRow>, wanted: FleetModel): string[] {
  const problems: string[] = []
  for (const [name, {ip}] of wanted) {
    const row = stored.get(name)
    if (row === undefined) problems.push(`the state lacks ${name}`)
    else if (ip !== undefined && row.ip !== ip) problems.push(`the state has ${name} at ${row.ip} instead of ${ip}`)
  }
  for (const name of stored.keys()) if (!wanted.has(name)) problems.push(`the state still has ${name}`)
  return problems
}

function auditDecky(row: StoredRow, own: readonly ContainerView[]): string[] {
  const found = own.filter(({Config}) => Config.Labels[DECKY_LABEL] === row.name)
  const [container] = found
  if (container === undefined || found.length > 1) return [`${row.name} has ${found.length} containers`]
  const {mac}: {mac: string} = JSON.parse(row.decky)
  const [endpoint] = Object.values(container.NetworkSettings.Networks)
  const facts: [string, unknown, unknown][] = [
    ['state', container.State.Status, 'running'],
    ['address', endpoint?.IPAddress, row.ip],
    ['MAC', endpoint?.MacAddress.toLowerCase(), mac],
    ['config hash', container.Config.Labels['decnet.config-hash'], row.config_hash],
    ['restart policy', container.HostConfig.RestartPolicy.Name, 'always'],
  ]
  return facts.flatMap(([what, is, should]) => (is === should ? [] : [`${row.name} has ${what} ${is}, not ${should}`]))
}

function duplicates(own: readonly ContainerView[]): string[] {
  const seen = new Set<string>()
  const held = own.flatMap(({NetworkSettings}) =>
    Object.values(NetworkSettings.Networks).flatMap(({IPAddress, MacAddress}) => [IPAddress, MacAddress]),
  )
  return held
    .filter((address) => address !== '' && seen.size === seen.add(address).size)
    .map((a) => `${a} is held twice`)
}

async function auditResources(on: Bench, install: string, wanted: boolean): Promise<string[]> {
  const problems: string[] = []
  const own = (await networks(on.lab)).filter(({Labels}) => Labels?.[FLEET_LABEL] === install)
  if (own.length !== (wanted ? 1 : 0)) problems.push(`there are ${own.length} networks`)
  const ofDecoys = (await images(on.lab)).filter((line) => /decnet-decoy:[0-9a-f]{16}|<none>| $/.test(line))
  if (ofDecoys.length !== (wanted ? 1 : 0)) problems.push(`there are ${ofDecoys.length} images: ${ofDecoys.join(', ')}`)
  return problems
}

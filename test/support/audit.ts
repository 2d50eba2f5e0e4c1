/** Compares what the state says with what the engine has, without any code of ours. */
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {Bench} from './bench.ts'
import type {FleetModel} from './fleet-model.ts'
import type {StoredDecky} from './site.ts'
import {stateRows} from './state-files.ts'

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

/** Everything in which state and engine differ from each other or from what is wanted, in words. Empty: they agree. */
export async function audit(on: Bench, wanted: FleetModel): Promise<string[]> {
  const tables = stateRows(on.stateDir)
  const stored = new Map((tables.deckies as StoredDecky[]).map((row) => [row.name, row]))
  const install = String((tables.meta as {install_id: string}[])[0]?.install_id)
  return [
    ...openRows(on).map(({id, decky, status}) => `row ${id} of ${decky} is still ${status}`),
    ...(tables.deployments as {id: number; outcome: string | null}[])
      .filter(({outcome}) => outcome === null)
      .map(({id}) => `deployment ${id} has no outcome`),
    ...auditState(stored, wanted),
    ...(await on.site.differences([...stored.values()], install)),
  ]
}

function auditState(stored: ReadonlyMap<string, StoredDecky>, wanted: FleetModel): string[] {
  const problems: string[] = []
  for (const [name, {ip}] of wanted) {
    const row = stored.get(name)
    if (row === undefined) problems.push(`the state lacks ${name}`)
    else if (ip !== undefined && row.ip !== ip) problems.push(`the state has ${name} at ${row.ip} instead of ${ip}`)
  }
  for (const name of stored.keys()) if (!wanted.has(name)) problems.push(`the state still has ${name}`)
  return problems
}

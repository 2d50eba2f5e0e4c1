import type {FleetNetwork} from '../../fleet/decky.ts'
import type {EngineName} from '../../fleet/spec.ts'
import type {Deps} from '../deps.ts'

import type {CheckResult} from './check.ts'
import {CHECKS} from './checks.ts'
import {DoctorFacts, type DoctorRequest} from './facts.ts'
import {type CheckReport, runChecks} from './run-checks.ts'

export type {CheckResult, Group} from './check.ts'
export type {DoctorRequest} from './facts.ts'
export type {CheckReport} from './run-checks.ts'

export interface Diagnosis {
  readonly engine: EngineName
  /** Null: it could not be found out. */
  readonly network: FleetNetwork | null
  readonly checks: readonly CheckReport[]
}

/** Looks at everything that a deployment depends on. Takes no lock and changes nothing. */
export async function diagnose(deps: Deps, request: DoctorRequest, signal: AbortSignal): Promise<Diagnosis> {
  const facts = new DoctorFacts(deps, request, signal)
  const checks = await runChecks(CHECKS, facts, signal)
  const network = await facts.knownNetwork()
  return {engine: facts.engine, network: network?.network ?? null, checks}
}

/** How many checks ended in each way. */
export function countResults(checks: readonly CheckReport[]): Record<CheckResult, number> {
  const count = {ok: 0, warning: 0, failed: 0, skipped: 0}
  for (const {result} of checks) count[result]++
  return count
}

import {EngineError} from '../../engines/engine.ts'
import {DecnetError} from '../../fleet/errors.ts'
import type {EngineName} from '../../fleet/spec.ts'
import type {ParentProblem} from '../../network/parent.ts'

import type {DoctorFacts} from './facts.ts'

export type CheckResult = 'ok' | 'warning' | 'failed' | 'skipped'

/** What checks are about, in the order they are shown. */
export const GROUPS = ['machine', 'engine', 'network', 'addresses', 'state', 'leftovers'] as const
export type Group = (typeof GROUPS)[number]

/** What one check found. */
export interface Finding {
  readonly result: CheckResult
  readonly detail: string
  /** What to do, preferably a command; null: nothing. */
  readonly fix: string | null
  /** It failed because the user may not do it. */
  readonly permission: boolean
}

/** One thing that is looked at. It changes nothing, neither on this machine nor on an engine. */
export interface Check {
  /** Stable: scripts select by it. */
  readonly id: string
  readonly group: Group
  readonly title: string
  /** Why it matters, in one sentence. */
  readonly why: string
  /** Absent: for each. */
  readonly engine?: EngineName
  /** Milliseconds until it is given up; 5000 where absent. */
  readonly deadlineMs?: number
  run(facts: DoctorFacts, signal: AbortSignal): Finding | Promise<Finding>
}

export function ok(detail: string): Finding {
  return {result: 'ok', detail, fix: null, permission: false}
}

export function warning(detail: string, fix: string): Finding {
  return {result: 'warning', detail, fix, permission: false}
}

export function failed(detail: string, fix: string | null, {permission = false} = {}): Finding {
  return {result: 'failed', detail, fix, permission}
}

export function skipped(detail: string, fix: string | null = null): Finding {
  return {result: 'skipped', detail, fix, permission: false}
}

/** The finding of a problem with the interface, or what is fine where there is none. */
export function ofParent(problem: ParentProblem | null, fine: string): Finding {
  if (problem === null) return ok(fine)
  return {result: problem.severity, detail: problem.detail, fix: problem.fix, permission: false}
}

/** The finding of an error that a look ended with. Anything but an expected failure is thrown on: it is a bug. */
export function ofError(error: unknown): Finding {
  if (error instanceof DecnetError) {
    return failed(error.message, error.hint ?? null, {permission: error.code === 'PERMISSION'})
  }
  if (error instanceof EngineError) {
    return failed(error.message, error.hint ?? null, {permission: error.fault === 'permission'})
  }
  throw error
}

import {DecnetError} from './errors.ts'

/** One decky's operation within a deployment. */
export type LifecycleStatus = 'pending' | 'running' | 'succeeded' | 'failed'
export type LifecycleOperation = 'create' | 'replace' | 'restart' | 'remove' | 'keep'
export type LifecycleOutcome = 'created' | 'replaced' | 'restarted' | 'removed' | 'unchanged'

export interface LifecycleRow {
  readonly id: number
  readonly deploymentId: number
  readonly decky: string
  readonly host: string
  readonly operation: LifecycleOperation
  readonly status: LifecycleStatus
  /** Set exactly when the status is `succeeded`. */
  readonly outcome: LifecycleOutcome | null
  /** Set exactly when the status is `failed`. */
  readonly error: string | null
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly startedAt: string | null
  readonly completedAt: string | null
  readonly durationMs: number | null
}

export type LifecycleEvent = 'start' | 'succeed' | 'fail'

/** The whole state machine: terminal rows accept no event. */
const TRANSITIONS: Readonly<Record<LifecycleStatus, Partial<Record<LifecycleEvent, LifecycleStatus>>>> = {
  pending: {start: 'running', succeed: 'succeeded', fail: 'failed'},
  running: {succeed: 'succeeded', fail: 'failed'},
  succeeded: {},
  failed: {},
}

/** The status after an event. Throws INTERNAL on a transition that the table does not have. */
export function transition(status: LifecycleStatus, event: LifecycleEvent): LifecycleStatus {
  const next = TRANSITIONS[status][event]
  if (next === undefined) throw new DecnetError('INTERNAL', `a lifecycle row cannot ${event} when ${status}`)
  return next
}

/** Whether a row in this status may still change. */
export function isOpen(status: LifecycleStatus): boolean {
  return status === 'pending' || status === 'running'
}

const OUTCOMES: Readonly<Record<LifecycleOperation, LifecycleOutcome>> = {
  create: 'created',
  replace: 'replaced',
  restart: 'restarted',
  remove: 'removed',
  keep: 'unchanged',
}

/** What a succeeded operation is called. */
export function outcomeOf(operation: LifecycleOperation): LifecycleOutcome {
  return OUTCOMES[operation]
}

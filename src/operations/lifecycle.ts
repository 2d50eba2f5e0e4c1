import {setTimeout as sleep} from 'node:timers/promises'

import {isOpen, type LifecycleRow, type LifecycleStatus} from '../fleet/lifecycle.ts'

import type {Deps} from './deps.ts'
import {withState} from './state.ts'

export interface LifecycleQuery {
  readonly ids?: readonly number[]
  readonly decky?: string | undefined
  /** Absent: the last deployment, unless ids or a decky are given. */
  readonly deployment?: number | undefined
  readonly status?: LifecycleStatus | undefined
  readonly limit?: number | undefined
}

/** Rows of the state, in the order of their ids; empty without a state. Takes no lock. */
export function lifecycleRows(deps: Deps, query: LifecycleQuery): LifecycleRow[] {
  const selective = (query.ids?.length ?? 0) > 0 || query.decky !== undefined
  const deployment = query.deployment ?? (selective ? undefined : 'last')
  const {ids, decky, status, limit} = query
  return withState(deps, [], (store) =>
    store.lifecycle({
      ...(ids === undefined || ids.length === 0 ? {} : {ids}),
      ...(decky === undefined ? {} : {decky}),
      ...(status === undefined ? {} : {status}),
      ...(limit === undefined ? {} : {limit}),
      ...(deployment === undefined ? {} : {deployment}),
    }),
  )
}

export interface WatchOptions {
  /** Milliseconds until the watch gives up. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const POLL_MS = 500

/** Follows the rows until none is open any more, or until the time is up. Resolves with the rows as last seen. */
export async function watchLifecycle(
  deps: Deps,
  query: LifecycleQuery,
  options: WatchOptions,
): Promise<LifecycleRow[]> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const rows = lifecycleRows(deps, query)
    const open = rows.some(({status}) => isOpen(status))
    if (!open || performance.now() >= deadline) return rows
    await sleep(POLL_MS, undefined, {signal: options.signal}).catch(() => options.signal.throwIfAborted())
  }
}

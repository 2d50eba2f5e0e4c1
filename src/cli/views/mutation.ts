import type {LifecycleRow} from '../../fleet/lifecycle.ts'
import type {MutationResult} from '../../operations/mutation.ts'

import type {Style} from './style.ts'
import {deckies, sanitize} from './text.ts'

/**
 * What became of a deploy, teardown or reconcile: the failures first, one line of numbers, and what to do next: `advice`
 * where all went well.
 */
export function mutationView(result: MutationResult, style: Style, advice?: string): string {
  const failed = result.rows.filter(({status}) => status === 'failed')
  const lines = [
    ...result.resourceErrors.map((error) => `${style.bad('failed')}  ${sanitize(error)}`),
    ...failed.map((row) => `${style.bad('failed')}  ${sanitize(row.decky)}: ${sanitize(row.error ?? '')}`),
  ]
  const {created, replaced, restarted, removed, unchanged} = result.summary
  const counts = Object.entries({created, replaced, restarted, removed, unchanged})
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
  if (failed.length > 0) counts.push(style.bad(`${failed.length} failed`))
  const size = deckies(result.fleet.deckies.length)
  lines.push(`${counts.length === 0 ? 'Nothing to do' : counts.join(', ')}. The fleet has ${size}.`)
  const repair = repairStep(result, failed.length)
  if (repair !== undefined) lines.push(style.faint(repair))
  else if (result.fleet.deckies.length > 0) lines.push(advice ?? style.faint('Next: decnet status'))
  return lines.join('\n')
}

function repairStep(result: MutationResult, failed: number): string | undefined {
  if (result.interrupted) return 'Interrupted: run the same command again to resume.'
  if (failed > 0 || result.resourceErrors.length > 0) return 'Run the same command again once the cause is gone.'
  return undefined
}

/** Whether everything that was wanted was done. */
export function succeeded(result: MutationResult): boolean {
  return result.summary.failed === 0 && result.resourceErrors.length === 0 && !result.interrupted
}

/** `decnet.deploy/v1`; teardown and reconcile have the same shape under their own names. */
export function mutationDocument(kind: string, result: MutationResult, extra: object = {}): object {
  return {
    schema: `decnet.${kind}/v1`,
    ok: succeeded(result),
    deploymentId: result.deploymentId,
    mode: 'unihost',
    engine: result.fleet.engine,
    ...extra,
    summary: result.summary,
    lifecycle: result.rows.map(rowDocument),
    ...(result.resourceErrors.length === 0 ? {} : {errors: result.resourceErrors}),
  }
}

/** One lifecycle row as JSON. */
export function rowDocument(row: LifecycleRow): object {
  const {id, deploymentId, decky, host, operation, status, outcome, error, createdAt, startedAt, completedAt} = row
  const {durationMs} = row
  return {
    id,
    deploymentId,
    decky,
    host,
    operation,
    status,
    outcome,
    error,
    createdAt,
    startedAt,
    completedAt,
    durationMs,
  }
}

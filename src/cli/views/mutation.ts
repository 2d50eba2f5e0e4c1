import type {LifecycleRow} from '../../fleet/lifecycle.ts'
import type {MutationResult} from '../../operations/mutation.ts'
import {stepList} from './steps.ts'
import type {Style} from './style.ts'
import {deckies, sanitize} from './text.ts'
import {message} from './wrap.ts'

/**
 * What became of a deploy, teardown or reconcile: the failures first, one line of numbers, and what to do next: `advice`
 * where all went well.
 */
export function mutationView(
  result: MutationResult,
  style: Style,
  advice?: string,
  width = Number.POSITIVE_INFINITY,
): string {
  const failed = result.rows.filter(({status}) => status === 'failed')
  const failures = [
    ...result.resourceErrors.map(sanitize),
    ...failed.map((row) => `${sanitize(row.decky)}: ${sanitize(row.error ?? '')}`),
  ]
  const lines = failures.map((failure) => message('failed  ', failure, width, style.bad))
  const {created, replaced, restarted, removed, unchanged} = result.summary
  const counts = Object.entries({created, replaced, restarted, removed, unchanged})
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
  if (failed.length > 0) counts.push(style.bad(`${failed.length} failed`))
  lines.push(`${counts.length === 0 ? 'Nothing to do' : counts.join(', ')}. ${sizeText(result)}`)
  const repair = repairStep(result, failed.length)
  if (repair !== undefined) lines.push(style.faint(repair))
  else if (result.fleet.deckies.length > 0) {
    lines.push('', advice ?? stepList('Next:', [{command: 'decnet status', purpose: 'see what runs'}], style))
  }
  return lines.join('\n')
}

function sizeText({fleet, summary}: MutationResult): string {
  const size = fleet.deckies.length
  if (size > 0) return `The fleet has ${deckies(size)}.`
  return summary.removed > 0 ? 'There is no fleet any more.' : 'There is no fleet.'
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

import type {ProgressEvent} from '../../operations/progress.ts'
import type {Style} from '../views/style.ts'
import {duration, sanitize} from '../views/text.ts'

import type {ProgressSink, ProgressTarget} from './index.ts'
import {labelsOf, wordsOf} from './words.ts'

/** How addresses are shown; those that it lacks, as they are. */
type Labels = ReadonlyMap<string, string>

/** One line for each start and end: for logs, pipes and CI. Steps are left out: a log of them helps nobody. */
export function plainProgress({
  stream,
  style,
}: Pick<ProgressTarget, 'style'> & {stream: NodeJS.WritableStream}): ProgressSink {
  let labels: Labels = new Map()
  return {
    listener: (event) => {
      if (event.type === 'plan') labels = labelsOf(event.plan)
      const line = plainLine(event, style, labels)
      if (line !== undefined) stream.write(`${line}\n`)
    },
    end: async () => undefined,
  }
}

/** The line for an event, or undefined where it is not worth one. */
export function plainLine(event: ProgressEvent, style: Style, labels: Labels = new Map()): string | undefined {
  switch (event.type) {
    case 'waiting-for-lock':
      return `waiting: ${sanitize(event.holder)}`
    case 'notice':
      return `note: ${sanitize(event.message)}`
    case 'operation.started':
      return `${labelOf(event, labels)}: ${wordsOf(event.action).doing} (${sanitize(event.cause)})`
    case 'operation.finished':
      return `${labelOf(event, labels)}: ${endOf(event, style)}`
    default:
      return undefined
  }
}

function labelOf({address}: {readonly address: string}, labels: Labels): string {
  return labels.get(address) ?? sanitize(address)
}

function endOf(event: ProgressEvent & {type: 'operation.finished'}, style: Style): string {
  if (event.result === 'ok') return `${style.good(wordsOf(event.action).done)} (${duration(event.durationMs)})`
  const word = event.result === 'failed' ? style.bad('failed') : style.warn('skipped')
  return `${word}: ${sanitize(event.error ?? '')}`
}

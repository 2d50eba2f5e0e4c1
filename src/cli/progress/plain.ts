import type {ProgressEvent} from '../../operations/progress.ts'
import type {Style} from '../views/style.ts'
import {duration, sanitize} from '../views/text.ts'

import type {ProgressSink, ProgressTarget} from './index.ts'

/** One line for each start and end: for logs, pipes and CI. Steps are left out: a log of them helps nobody. */
export function plainProgress({
  stream,
  style,
}: Pick<ProgressTarget, 'style'> & {stream: NodeJS.WritableStream}): ProgressSink {
  return {
    listener: (event) => {
      const line = plainLine(event, style)
      if (line !== undefined) stream.write(`${line}\n`)
    },
    end: async () => undefined,
  }
}

/** The line for an event, or undefined where it is not worth one. */
export function plainLine(event: ProgressEvent, style: Style): string | undefined {
  switch (event.type) {
    case 'waiting-for-lock':
      return `waiting: ${sanitize(event.holder)}`
    case 'notice':
      return `note: ${sanitize(event.message)}`
    case 'operation.started':
      return `${sanitize(event.address)}: ${event.action} (${sanitize(event.cause)})`
    case 'operation.finished':
      return finishedLine(event, style)
    default:
      return undefined
  }
}

function finishedLine(event: ProgressEvent & {type: 'operation.finished'}, style: Style): string {
  const address = sanitize(event.address)
  if (event.result === 'ok') return `${address}: ${style.good('ok')} (${duration(event.durationMs)})`
  const word = event.result === 'failed' ? style.bad('failed') : style.warn('skipped')
  return `${address}: ${word}: ${sanitize(event.error ?? '')}`
}

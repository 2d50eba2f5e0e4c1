import {summarize} from '../../fleet/plan.ts'
import type {ProgressEvent} from '../../operations/progress.ts'

import type {ProgressSink} from './index.ts'

/** One JSON object a line, `decnet.progress/v1`, in the order of `seq`. */
export function ndjsonProgress(stream: NodeJS.WritableStream, now: () => Date = () => new Date()): ProgressSink {
  let seq = 0
  return {
    listener: (event) => {
      seq++
      stream.write(
        `${JSON.stringify({schema: 'decnet.progress/v1', seq, ts: now().toISOString(), ...encode(event)})}\n`,
      )
    },
    end: async () => undefined,
  }
}

/** A plan is announced by its numbers: the whole of it is what `decnet plan --json` is for. */
function encode(event: ProgressEvent): object {
  if (event.type !== 'plan') return event
  return {type: 'plan', operations: event.plan.operations.length, summary: summarize(event.plan)}
}

import type {Readable} from 'node:stream'

import {CallFailure, connectionFailure, safeText} from './call-failure.ts'
import {LineSplitter} from './line-splitter.ts'

const PROGRESS_LINE_LIMIT = 64 * 1024

/**
 * Reads an engine's progress stream (one JSON object a line) to its end. The status was sent before the work began,
 * so an error comes as an object of the stream. `onText` gets what a build prints.
 */
export async function readProgress(
  call: string,
  stream: Readable,
  onText: (text: string) => void = () => {},
): Promise<void> {
  const splitter = new LineSplitter(PROGRESS_LINE_LIMIT)
  try {
    for await (const chunk of stream) {
      for (const line of splitter.feed(Buffer.from(chunk))) checkProgress(call, line, onText)
    }
    for (const line of splitter.feed(Buffer.from('\n'))) checkProgress(call, line, onText)
  } catch (error) {
    throw connectionFailure(call, error)
  }
}

function checkProgress(call: string, line: string, onText: (text: string) => void): void {
  if (line.trim() === '') return
  let report: unknown
  try {
    report = JSON.parse(line)
  } catch (error) {
    throw new CallFailure(call, 'unknown', {text: 'the answer is not JSON', code: 'PROTOCOL', cause: error})
  }
  if (typeof report !== 'object' || report === null) return
  if ('stream' in report) onText(String(report.stream))
  if ('error' in report) {
    throw new CallFailure(call, 'refused', {status: 500, text: safeText(String(report.error))})
  }
}

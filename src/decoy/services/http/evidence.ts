/** What the requests of a peer become in the evidence. */
import type {Sample, ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import {type Fault, type Header, header, type RequestBody, type RequestHead} from './request/message.ts'

const HEADER_NAME_LIMIT = 64
const HEADER_VALUE_LIMIT = 512

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const show = (text: string, limit: number): string => printable(bytes(text).subarray(0, limit))
const shown = (text: string | undefined, limit: number): Sample | null =>
  text === undefined ? null : sample(bytes(text), limit)

/** In order, as many as fit into `budget` bytes. */
function shownHeaders(headers: readonly Header[], budget: number): [name: string, value: string][] {
  const kept: [string, string][] = []
  let left = budget
  for (const {name, value} of headers) {
    left -= Math.min(name.length, HEADER_NAME_LIMIT) + Math.min(value.length, HEADER_VALUE_LIMIT)
    if (left < 0) break
    kept.push([show(name, HEADER_NAME_LIMIT), show(value, HEADER_VALUE_LIMIT)])
  }
  return kept
}

export function requestEvent(head: RequestHead, body: RequestBody, status: number, limits: Limits): ServiceEvent {
  const {headers} = head
  return {
    event: 'request',
    data: {
      method: show(head.method, HEADER_NAME_LIMIT),
      target: shown(head.target, limits.sample),
      version: `${head.version.major}.${head.version.minor}`,
      host: show(header(headers, 'host') ?? '', HEADER_VALUE_LIMIT),
      userAgent: shown(header(headers, 'user-agent'), HEADER_VALUE_LIMIT),
      headers: shownHeaders(headers, 2 * limits.sample),
      headerCount: headers.length,
      status,
      contentType: show(header(headers, 'content-type') ?? '', HEADER_VALUE_LIMIT),
      bodyBytes: body.size,
      bodySample:
        body.size === 0
          ? null
          : {...sample(body.captured, limits.sample), bytes: body.size, truncated: body.size > limits.sample},
    },
  }
}

/** Requests that no client makes and that tools use to tell a decoy by its library: a version of four digits. */
const UNMASKING = /HTTP\/\d{3,}/

export function faultEvent(fault: Fault, raw: Buffer, limits: Limits): ServiceEvent {
  const unmasking = UNMASKING.test(raw.toString('latin1', 0, limits.line).split('\n', 1)[0] ?? '')
  return {
    event: unmasking ? 'probe' : 'malformed',
    data: {what: unmasking ? 'http-version' : fault.what, status: fault.status, sample: sample(raw, limits.sample)},
  }
}

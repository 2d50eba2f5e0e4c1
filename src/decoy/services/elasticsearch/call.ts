/** One request as a handler sees it, and the answers that handlers give. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import type {RequestBody, RequestHead} from '../http/request/message.ts'
import type {HeaderList} from '../http/response.ts'
import {exception, type Failure, type Json} from './failures.ts'
import type {Node} from './node.ts'

export interface Call {
  readonly node: Node
  readonly head: RequestHead
  readonly body: RequestBody
  readonly connection: Connection
  /** Decoded, without empty parts. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  /** As the client wrote it, query included. */
  readonly uri: string
}

export interface Answer {
  readonly status: number
  readonly content: {readonly kind: 'json'; readonly value: unknown} | {readonly kind: 'text'; readonly text: string}
  readonly headers?: HeaderList
  readonly events?: readonly ServiceEvent[]
  /** In many lines unless the client wishes otherwise. */
  readonly pretty?: true
}

export class FailedError extends Error {
  override readonly name = 'FailedError'
  readonly failure: Failure

  constructor(failure: Failure) {
    super('refused')
    this.failure = failure
  }
}

export const document = (value: unknown, events: readonly ServiceEvent[] = [], status = 200): Answer => ({
  status,
  content: {kind: 'json', value},
  events,
})

export const plain = (text: string): Answer => ({status: 200, content: {kind: 'text', text}})

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** The document of a request; empty where there is none. @throws FailedError */
export function sentDocument({body}: Call): Json {
  if (body.size === 0) return {}
  try {
    return object(JSON.parse(body.captured.toString('utf8')))
  } catch {
    const reason = 'Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes'
    throw new FailedError(exception(400, 'not_x_content_exception', reason))
  }
}

export const shown = (text: string): string => printable(Buffer.from(text, 'utf8').subarray(0, 256))

/** What changes something is an attack step. */
export function deed(call: Call, action: string, target: string): ServiceEvent {
  const {body, connection} = call
  return {
    event: 'command',
    data: {
      action,
      target: shown(target),
      ...(body.size === 0 ? {} : {body: sample(body.captured, connection.limits.sample)}),
    },
  }
}

export function asked(call: Call, action: string, target: string): ServiceEvent {
  const {body, connection, query} = call
  return {
    event: 'query',
    data: {
      action,
      target: shown(target),
      query: shown(query.get('q') ?? ''),
      ...(body.size === 0 ? {} : {body: sample(body.captured, connection.limits.sample)}),
    },
  }
}

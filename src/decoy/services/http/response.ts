import type {ServiceEvent} from '../../../events/event.ts'
import {type Action, type Initiative, type ProtocolSession, write} from '../../service.ts'

/** In the order in which they are sent. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** A response before it becomes bytes. Header order and case are the product's: they are what identifies it. */
export interface Response {
  readonly status: number
  /** Null: the status line ends with the status. */
  readonly reason: string | null
  readonly headers: HeaderList
  readonly body: Buffer
  /** The connection ends with this response. */
  readonly close: boolean
  /** An HTTP/0.9 answer is the body alone; one to HEAD is everything but the body. */
  readonly parts: 'all' | 'body' | 'head'
  /** Products that answer in the version of the request say 1.0 to a client of it. */
  readonly version?: '1.0'
  /** The rest of a body that is said in pieces, with pauses in between. */
  readonly rest?: readonly Action[]
  /** What goes on where this response ends, on the same connection. */
  readonly tunnel?: Tunnel
  /** What was found in the request besides what is recorded of every one. */
  readonly events?: readonly ServiceEvent[]
}

/**
 * Takes a connection over: what RFC 9110 §7.8 calls an upgrade, or a body that has no end yet. `initiative` speaks on
 * the connection without being asked; `resume` makes it HTTP again, with what the client has sent meanwhile, and
 * returns what is said to that.
 */
export type Tunnel = (initiative: Initiative, resume: (received: Buffer) => Action[]) => ProtocolSession

/**
 * RFC 9112 §4: status-line, field-lines, empty line, body. The body is not copied: one who asks for a document a thousand
 * times in one packet must not make a thousand of it.
 */
export function writes(response: Response): Action[] {
  if (response.parts === 'body') return [write(response.body)]
  const lines = response.headers.map(([name, value]) => `${name}: ${value}\r\n`)
  const reason = response.reason === null ? '' : ` ${response.reason}`
  const head = write(`HTTP/${response.version ?? '1.1'} ${response.status}${reason}\r\n${lines.join('')}\r\n`)
  return response.parts === 'head' || response.body.length === 0 ? [head] : [head, write(response.body)]
}

export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** RFC 9110 §5.6.7, IMF-fixdate; `toUTCString` has exactly that form. */
export const httpDate = (ms: number): string => new Date(ms).toUTCString()

const ENTITIES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}

export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')

/** A body in one chunk and the end of it, RFC 9112 §7.1. */
export const chunked = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])

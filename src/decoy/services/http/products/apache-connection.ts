import {atLeast, header, headerTokens, type RequestHead} from '../request/message.ts'
import type {HeaderList} from '../response.ts'
import type {Moment} from './product.ts'

/** `MaxKeepAliveRequests` and `KeepAliveTimeout`. */
const KEEP_ALIVE_REQUESTS = 100
const KEEP_ALIVE_SECONDS = 5
/** Statuses after which the rest of what a client sends makes no sense. */
const DROPPING: ReadonlySet<number> = new Set([400, 408, 413, 414, 501])

const CLOSE: HeaderList = [['Connection', 'close']]

/** What Apache says of the connection; one that goes on is announced only to a client that asked for it. */
export function connectionHeaders(head: RequestHead | null, status: number, {served}: Moment): HeaderList {
  if (head === null || DROPPING.has(status) || served >= KEEP_ALIVE_REQUESTS || isAmbiguous(head)) return CLOSE
  const wishes = headerTokens(head.headers, 'connection')
  const asked = wishes.includes('keep-alive')
  if (wishes.includes('close') || (!asked && !atLeast(head.version, 1, 1))) return CLOSE
  if (!asked) return []
  return [
    ['Keep-Alive', `timeout=${KEEP_ALIVE_SECONDS}, max=${KEEP_ALIVE_REQUESTS - served}`],
    ['Connection', 'Keep-Alive'],
  ]
}

/** RFC 9112 §6.1: a coding with a length beside it, or from a client too old to know codings. */
const isAmbiguous = (head: RequestHead): boolean =>
  head.framing.kind === 'chunked' &&
  (!atLeast(head.version, 1, 1) || header(head.headers, 'content-length') !== undefined)

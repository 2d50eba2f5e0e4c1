/** The HTTP server of Go's standard library, which Docker, Kubernetes and many others are built on. */
import {STATUS_CODES} from 'node:http'

import type {Dialect} from '../request/dialect.ts'
import {atLeast, type Fault, header, headerTokens, type RequestBody, type RequestHead} from '../request/message.ts'
import {chunked, type HeaderList, httpDate, type Response} from '../response.ts'
import {type GoStyle, goDialect} from './go-dialect.ts'
import type {AppResponse, Moment, Product} from './product.ts'

/** What a handler writes is held back until it is longer than this; then its length is not announced (`server.go`). */
const HELD_BACK = 2048
const PLAIN = ['Content-Type', 'text/plain; charset=utf-8'] as const
/** Statuses that have no body (RFC 9110 §6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 304])

export class GoServer implements Product {
  readonly dialect: Dialect

  constructor(style: GoStyle) {
    this.dialect = goDialect(style)
  }

  continues(): boolean {
    return true
  }

  hastens(): boolean {
    return false
  }

  /** The application answers everything, except a body that cannot be read. */
  answer(_head: RequestHead, {fault}: RequestBody): Response {
    return this.refuse(fault ?? {status: 404, what: 'nothing'})
  }

  /** Said past the response writer: no date, no length. */
  refuse({status, note}: Fault): Response {
    const reason = `${STATUS_CODES[status] ?? ''}${note === undefined ? '' : `: ${note}`}`
    const text = status === 501 ? 'Unsupported transfer encoding' : `${status} ${reason}`
    const headers: HeaderList = [PLAIN, ['Connection', 'close']]
    return {status, reason, headers, body: Buffer.from(text), close: true, parts: 'all'}
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    if (app.bare === true) return bare(app)
    const expected = header(head.headers, 'expect')
    if (expected !== undefined && expected.toLowerCase() !== '100-continue') return unexpected(moment)
    const old = !atLeast(head.version, 1, 1)
    const keep = keepsAlive(head) && app.close !== true
    const parts = head.method === 'HEAD' ? 'head' : 'all'
    const open = app.streamed === true || app.body.length > HELD_BACK
    const coded = open && !old && parts === 'all'
    const close = !keep || (open && !coded && parts === 'all')
    return {
      status: app.status,
      reason: app.reason ?? STATUS_CODES[app.status] ?? '',
      headers: [
        ...app.headers.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        ['Date', httpDate(moment.now)],
        ...lengthOf(app, open, parts),
        ...(app.detected === undefined ? [] : [['Content-Type', app.detected] as const]),
        ...connectionOf(old, close),
        ...(coded ? [['Transfer-Encoding', 'chunked'] as const] : []),
      ],
      body: coded && app.tunnel === undefined && app.rest === undefined ? chunked(app.body) : app.body,
      close: close && app.tunnel === undefined,
      parts,
      ...(old ? {version: '1.0' as const} : {}),
      ...(app.tunnel === undefined ? {} : {tunnel: app.tunnel}),
      ...(app.rest === undefined ? {} : {rest: app.rest}),
      ...(app.events === undefined ? {} : {events: app.events}),
    }
  }

  interrupted(): Response | null {
    return null
  }

  /** The same in every version of the protocol: it is written without looking at the request. */
  insecure(): Response | null {
    const body = Buffer.from('Client sent an HTTP request to an HTTPS server.\n')
    return {status: 400, reason: 'Bad Request', headers: [], body, close: true, parts: 'all', version: '1.0'}
  }
}

function bare({status, reason, headers, body, tunnel, events}: AppResponse): Response {
  return {
    status,
    reason: reason ?? STATUS_CODES[status] ?? '',
    headers,
    body,
    close: tunnel === undefined,
    parts: 'all',
    ...(tunnel === undefined ? {} : {tunnel}),
    ...(events === undefined ? {} : {events}),
  }
}

function unexpected({now}: Moment): Response {
  const headers: HeaderList = [
    ['Connection', 'close'],
    ['Date', httpDate(now)],
    ['Content-Length', '0'],
  ]
  return {status: 417, reason: 'Expectation Failed', headers, body: Buffer.alloc(0), close: true, parts: 'all'}
}

function lengthOf({status, headers, body}: AppResponse, open: boolean, parts: 'all' | 'head'): HeaderList {
  if (open || BODILESS.has(status) || headers.some(([name]) => name === 'Content-Length')) return []
  // Of a body that is not sent, only what a handler wrote is counted.
  return parts === 'head' && body.length === 0 ? [] : [['Content-Length', String(body.length)]]
}

function connectionOf(old: boolean, close: boolean): HeaderList {
  if (old) return close ? [] : [['Connection', 'keep-alive']]
  return close ? [['Connection', 'close']] : []
}

function keepsAlive({version, headers}: RequestHead): boolean {
  const wishes = headerTokens(headers, 'connection')
  if (version.major !== 1) return false
  return atLeast(version, 1, 1) ? !wishes.includes('close') : wishes.includes('keep-alive')
}

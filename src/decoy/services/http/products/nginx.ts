/** nginx, as Debian, Ubuntu and RHEL-like systems ship it: one static site, `try_files $uri $uri/ =404`. */
import {STATUS_CODES} from 'node:http'

import {challengesOf} from '../auth/guard.ts'
import type {Dialect} from '../request/dialect.ts'
import {
  atLeast,
  type Fault,
  fault,
  header,
  headerTokens,
  type RequestBody,
  type RequestHead,
} from '../request/message.ts'
import {chunked, type HeaderList, httpDate, type Response} from '../response.ts'
import {precondition, rangeApplies, type Validators} from '../site/conditional.ts'
import {acceptsGzip, gzipped} from '../site/encoding.ts'
import {decodePath, normalisePath, splitTarget} from '../site/path.ts'
import {type ByteRange, bytesOf, contentRange, multipart, parseRanges, satisfiable, slice} from '../site/range.ts'
import type {Document} from '../site/site.ts'
import {nginxDialect} from './nginx-dialect.ts'
import {NGINX_REASONS, nginxPage} from './nginx-pages.ts'
import {type AppResponse, type Moment, originOf, type Product, type ServerFacts} from './product.ts'

const PLAIN_HTTP = 'The plain HTTP request was sent to HTTPS port'
/** `keepalive_requests`. */
const REQUESTS_PER_CONNECTION = 1000
/** `client_max_body_size`. */
const BODY_LIMIT = 1024 * 1024
/** `gzip_min_length` and `gzip_comp_level`. */
const GZIP_MINIMUM = 20
const GZIP_LEVEL = 1
/** The longest file name of a Linux file system. */
const NAME_LIMIT = 255

interface Content {
  readonly status: number
  readonly type?: string
  readonly body: Buffer
  /** Between the length and `Connection`. */
  readonly before?: HeaderList
  readonly after?: HeaderList
  readonly chunked?: boolean
  /** The connection ends although `Connection` says otherwise. */
  readonly drop?: boolean
}

export interface NginxFacts extends ServerFacts {
  /** `gzip on`. */
  readonly gzip: boolean
  /** `server_tokens off`: it names itself without a version. */
  readonly hidden?: boolean
  /** The second value of `keepalive_timeout`: seconds that it says a connection is kept. */
  readonly keepAlive?: number
}

export class Nginx implements Product {
  readonly dialect: Dialect
  readonly #facts: NginxFacts
  readonly #name: string

  constructor(facts: NginxFacts) {
    this.#facts = facts
    this.#name = facts.hidden === true ? 'nginx' : `nginx/${facts.version}`
    this.dialect = nginxDialect(facts.version)
  }

  /** A static site reads no body, so it never asks for one. */
  continues(): boolean {
    return false
  }

  hastens(head: RequestHead): boolean {
    return tooLarge(head) || header(head.headers, 'expect')?.toLowerCase() === '100-continue'
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    const keep = keepsAlive(head, body, moment)
    return this.#respond(head, this.#content(head, moment), keep, moment)
  }

  refuse(fault: Fault, moment: Moment): Response {
    const headers = fault.head?.headers ?? []
    const page = nginxPage(fault.status, this.#name, headers, fault.note)
    return this.#respond(fault.head ?? null, {status: fault.status, type: 'text/html', body: page}, false, moment)
  }

  /** nginx's own code 497. */
  insecure(moment: Moment): Response {
    return this.refuse(fault(400, 'plain-http', PLAIN_HTTP), moment)
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    const typed = app.headers.find(([name]) => name === 'Content-Type')?.[1]
    const content: Content = {
      status: app.status,
      ...(typed === undefined ? {} : {type: typed}),
      body: app.body,
      after: app.headers.filter(([name]) => name !== 'Content-Type'),
      ...(app.streamed === true && atLeast(head.version, 1, 1) ? {chunked: true} : {}),
    }
    const response = this.#respond(head, content, keepsAlive(head, null, moment), moment)
    return {...response, reason: app.reason ?? STATUS_CODES[app.status] ?? ''}
  }

  interrupted({cause, stage, head, body}: Parameters<Product['interrupted']>[0], moment: Moment): Response | null {
    return cause === 'eof' && stage === 'body' && head !== null ? this.answer(head, body, moment) : null
  }

  #content(head: RequestHead, moment: Moment): Content {
    if (tooLarge(head)) return this.#error(413, head)
    const challenges = challengesOf(moment.access)
    if (challenges.length > 0) return {...this.#error(401, head), after: challenges}
    const target = splitTarget(head.target)
    const path = normalisePath(decodePath(target.path) ?? '/') ?? '/'
    const found = this.#facts.site.find(path)
    const named = path.split('/').every((name) => name.length <= NAME_LIMIT)
    if (found.kind === 'missing' || !named) return this.#error(404, head)
    if (!['GET', 'HEAD', 'POST'].includes(head.method)) return this.#error(405, head)
    if (found.kind === 'directory') return this.#error(403, head)
    if (found.kind === 'redirect') return this.#redirect(head, found.path, target.query, moment)
    return head.method === 'POST' ? this.#error(405, head) : this.#document(head, found.document, moment)
  }

  #error(status: number, head: RequestHead): Content {
    const page = nginxPage(status, this.#name, head.headers)
    return this.#compressible(head, {status, type: 'text/html', body: page})
  }

  #redirect(head: RequestHead, path: string, query: string | null, moment: Moment): Content {
    const authority = splitTarget(head.target).authority ?? header(head.headers, 'host')
    const name = authority === undefined ? moment.localIp : authority.replace(/:\d*$/, '').toLowerCase()
    const location = `${originOf(this.#facts, name)}${path}${query === null ? '' : `?${query}`}`
    return {...this.#error(301, head), before: [['Location', location]]}
  }

  #document(head: RequestHead, document: Document, moment: Moment): Content {
    const validators = nginxValidators(document)
    const modified = ['Last-Modified', httpDate(document.modified)] as const
    switch (precondition(head.headers, validators, {exactDates: true, now: null})) {
      case 'failed':
        return {...this.#error(412, head), drop: true}
      case 'not-modified':
        return {status: 304, body: Buffer.alloc(0), before: [modified], after: [['ETag', validators.etag]]}
      default:
    }
    const whole: Content = {
      status: 200,
      type: document.type,
      body: document.body,
      before: [modified],
      after: [
        ['ETag', validators.etag],
        ['Accept-Ranges', 'bytes'],
      ],
    }
    const packed = this.#compressible(head, whole)
    if (packed !== whole) return {...packed, after: [['ETag', `W/${validators.etag}`], ...(packed.after ?? [])]}
    return this.#range(head, document, validators, moment) ?? whole
  }

  /** Null: the whole document is sent. */
  #range(head: RequestHead, document: Document, validators: Validators, moment: Moment): Content | null {
    const value = header(head.headers, 'range')
    if (value === undefined || !/^bytes=/i.test(value) || !rangeApplies(head.headers, validators)) return null
    const size = document.body.length
    const parsed = parseRanges(value, size)
    const ranges = parsed === null ? [] : satisfiable(parsed.ranges)
    if (ranges.length === 0) return {...this.#error(416, head), after: [['Content-Range', `bytes */${size}`]]}
    if (bytesOf(ranges) > size) return null
    return this.#partial(document, ranges, validators, moment)
  }

  #partial(document: Document, ranges: readonly ByteRange[], validators: Validators, moment: Moment): Content {
    const before: HeaderList = [['Last-Modified', httpDate(document.modified)]]
    const etag = ['ETag', validators.etag] as const
    const [only, second] = ranges
    if (only !== undefined && second === undefined) {
      const after: HeaderList = [etag, ['Content-Range', contentRange(only, document.body.length)]]
      return {status: 206, type: document.type, body: slice(document, only), before, after}
    }
    // nginx counts its boundaries from the start of the worker.
    const boundary = String(Math.floor(moment.now / 1000) % 100_000).padStart(20, '0')
    const body = multipart(document, ranges, boundary, ['Content-Type', document.type])
    return {status: 206, type: `multipart/byteranges; boundary=${boundary}`, body, before, after: [etag]}
  }

  /** `gzip on`, with its default types: text/html of statuses 200, 403 and 404 and of HTTP/1.1. */
  #compressible(head: RequestHead, content: Content): Content {
    const wanted =
      this.#facts.gzip &&
      [200, 403, 404].includes(content.status) &&
      content.type === 'text/html' &&
      content.body.length >= GZIP_MINIMUM &&
      atLeast(head.version, 1, 1) &&
      header(head.headers, 'via') === undefined &&
      acceptsGzip(head.headers)
    if (!wanted) return content
    const body = gzipped(content.body, GZIP_LEVEL)
    return {...content, body, chunked: true, after: [['Content-Encoding', 'gzip']]}
  }

  #respond(head: RequestHead | null, content: Content, keep: boolean, moment: Moment): Response {
    const framed = framing(content, head?.method === 'HEAD')
    const before = content.before ?? []
    const {keepAlive} = this.#facts
    return {
      status: content.status,
      reason: NGINX_REASONS[content.status] ?? '',
      headers: [
        ['Server', this.#name],
        ['Date', httpDate(moment.now)],
        ...(content.type === undefined ? [] : [['Content-Type', content.type] as const]),
        ...(content.chunked ? [...before, ...framed] : [...framed, ...before]),
        ['Connection', keep ? 'keep-alive' : 'close'],
        ...(keep && keepAlive !== undefined ? [['Keep-Alive', `timeout=${keepAlive}`] as const] : []),
        ...(content.after ?? []),
      ],
      body: content.chunked ? chunked(content.body) : content.body,
      close: !keep || content.drop === true,
      parts: head?.version.major === 0 ? 'body' : head?.method === 'HEAD' ? 'head' : 'all',
    }
  }
}

/** The coding of a body is said only where the body is sent. */
function framing(content: Content, headless: boolean): HeaderList {
  if (content.status === 304 || (content.chunked && headless)) return []
  return content.chunked ? [['Transfer-Encoding', 'chunked']] : [['Content-Length', String(content.body.length)]]
}

const tooLarge = (head: RequestHead): boolean => head.framing.kind === 'length' && head.framing.length > BODY_LIMIT

function keepsAlive(head: RequestHead, body: RequestBody | null, moment: Moment): boolean {
  if (tooLarge(head) || (body !== null && body.fault !== null) || moment.served + 1 >= REQUESTS_PER_CONNECTION)
    return false
  const wishes = headerTokens(head.headers, 'connection')
  return atLeast(head.version, 1, 1) ? !wishes.includes('close') : wishes.includes('keep-alive')
}

/** Hexadecimal modification time in seconds, and size. */
export function nginxValidators(document: Document): Validators {
  const modified = Math.floor(document.modified / 1000)
  return {etag: `"${modified.toString(16)}-${document.body.length.toString(16)}"`, modified}
}

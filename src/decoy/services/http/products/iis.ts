/** Microsoft IIS 7.5 to 10 with its default site, behind http.sys. */
import {STATUS_CODES} from 'node:http'

import {challengesOf} from '../auth/guard.ts'
import {atLeast, type Fault, header, headerTokens, type RequestBody, type RequestHead} from '../request/message.ts'
import {escapeHtml, type HeaderList, httpDate, type Response} from '../response.ts'
import {precondition, rangeApplies, type Validators} from '../site/conditional.ts'
import {decodePath, normalisePath, splitTarget} from '../site/path.ts'
import {contentRange, parseRanges, satisfiable, slice} from '../site/range.ts'
import type {Document} from '../site/site.ts'
import {iisDialect} from './iis-dialect.ts'
import {customErrorPage, listenerPage} from './iis-pages.ts'
import {type AppResponse, type Interruption, type Moment, originOf, type Product, type ServerFacts} from './product.ts'

/** `maxAllowedContentLength` of request filtering; what is longer is answered as if it were not there (404.13). */
const BODY_LIMIT = 30_000_000
const VERBS = 'OPTIONS, TRACE, GET, HEAD, POST'
/** Of the static file module. */
const STATIC_VERBS = 'GET, HEAD, OPTIONS, TRACE'
/** `hiddenSegments` of request filtering: never served, whether they exist or not. */
const HIDDEN = new Set([
  'web.config',
  'bin',
  'app_code',
  'app_globalresources',
  'app_localresources',
  'app_webreferences',
  'app_data',
  'app_browsers',
])
/** 100 ns from 1601, the epoch of FILETIME, to 1970. */
const FILETIME_1970 = 116_444_736_000_000_000n

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  304: 'Not Modified',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  412: 'Precondition Failed',
  416: 'Requested Range Not Satisfiable',
  501: 'Not Implemented',
}

interface Content {
  readonly status: number
  /** Before `Server`. */
  readonly headers: HeaderList
  readonly body: Buffer
  /** After `Server`. */
  readonly after?: HeaderList
}

export interface IisFacts extends ServerFacts {
  /** `X-Powered-By`, where ASP.NET is installed. */
  readonly poweredBy: string | null
}

export class Iis implements Product {
  readonly dialect = iisDialect
  readonly #facts: IisFacts

  constructor(facts: IisFacts) {
    this.#facts = facts
  }

  continues(head: RequestHead): boolean {
    return !tooLarge(head)
  }

  hastens(head: RequestHead): boolean {
    return tooLarge(head)
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    if (body.fault !== null) return this.refuse(body.fault, moment)
    if (moment.access.kind === 'continued' && !tooLarge(head))
      return this.#continued(head, moment.access.challenge, moment)
    return this.#respond(head, this.#content(head, moment), moment)
  }

  /** The listener's own page, under its own name. */
  refuse(fault: Fault, moment: Moment): Response {
    const {reason, body} = listenerPage(fault.status, fault.note)
    return {
      status: fault.status,
      reason,
      headers: [
        ['Content-Type', 'text/html; charset=us-ascii'],
        ['Server', 'Microsoft-HTTPAPI/2.0'],
        ['Date', httpDate(moment.now)],
        ['Connection', 'close'],
        ['Content-Length', String(body.length)],
      ],
      body,
      close: true,
      parts: 'all',
    }
  }

  /** The steps of NTLM before the last are the listener's own: authentication is done in the kernel. */
  #continued(head: RequestHead, challenge: string, moment: Moment): Response {
    const {reason, body} = listenerPage(401, undefined)
    const keep = this.#keepsAlive(head)
    return {
      status: 401,
      reason,
      headers: [
        ['Content-Type', 'text/html; charset=us-ascii'],
        ['Server', 'Microsoft-HTTPAPI/2.0'],
        ['WWW-Authenticate', challenge],
        ['Date', httpDate(moment.now)],
        ...(keep ? [] : [['Connection', 'close'] as const]),
        ['Content-Length', String(body.length)],
      ],
      body,
      close: !keep,
      parts: head.method === 'HEAD' ? 'head' : 'all',
    }
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    const {status, body} = app
    const kind = (name: string): boolean => name === 'Content-Type' || name === 'Location' || name === 'Cache-Control'
    const headers = [...app.headers.filter(([name]) => kind(name))].sort(([a], [b]) => (a < b ? -1 : 1))
    const after = app.headers.filter(([name]) => !kind(name))
    const response = this.#respond(head, {status, headers, body, after}, moment)
    return {...response, reason: app.reason ?? STATUS_CODES[status] ?? ''}
  }

  /** http.sys resets its timers in silence. */
  interrupted(_: Interruption): Response | null {
    return null
  }

  #content(head: RequestHead, moment: Moment): Content {
    if (tooLarge(head)) return error(404)
    if (head.target === '*') return this.#options()
    const path = normalisePath(decodePath(splitTarget(head.target).path) ?? '/')
    if (path === null || hidden(path)) return error(404)
    const challenges = challengesOf(moment.access)
    if (challenges.length > 0) return {...error(401), after: challenges}
    if (head.method === 'OPTIONS') return this.#options()
    if (head.method === 'TRACE') return error(501)
    const found = this.#facts.site.find(this.#cased(path))
    if (head.method !== 'GET' && head.method !== 'HEAD') {
      const content = error(405)
      return {...content, headers: [['Allow', STATIC_VERBS], ...content.headers]}
    }
    if (found.kind === 'missing') return error(404)
    if (found.kind === 'directory') return error(403)
    return found.kind === 'redirect' ? this.#redirect(head, `${path}/`, moment) : this.#document(head, found.document)
  }

  /** Windows file names ignore case, of all letters: the octets of a path are UTF-8. */
  #cased(path: string): string {
    return Buffer.from(Buffer.from(path, 'latin1').toString('utf8').toLowerCase(), 'utf8').toString('latin1')
  }

  #options(): Content {
    return {status: 200, headers: [['Allow', VERBS]], body: Buffer.alloc(0), after: [['Public', VERBS]]}
  }

  #redirect(head: RequestHead, path: string, moment: Moment): Content {
    const {authority, query} = splitTarget(head.target)
    const named = authority ?? header(head.headers, 'host')
    const origin = named === undefined ? originOf(this.#facts, moment.localIp) : `${scheme(this.#facts)}://${named}`
    const location = `${origin}${path}${query === null ? '' : `?${query}`}`
    const body =
      '<head><title>Document Moved</title></head>\n<body><h1>Object Moved</h1>' +
      `This document may be found <a HREF="${escapeHtml(location)}">here</a></body>`
    return {
      status: 301,
      headers: [
        ['Content-Type', 'text/html; charset=UTF-8'],
        ['Location', location],
      ],
      body: Buffer.from(body, 'latin1'),
    }
  }

  #document(head: RequestHead, document: Document): Content {
    const validators = iisValidators(document)
    const type = ['Content-Type', document.type] as const
    const caching: HeaderList = [
      ['Last-Modified', httpDate(document.modified)],
      ['Accept-Ranges', 'bytes'],
      ['ETag', validators.etag],
    ]
    switch (precondition(head.headers, validators, {exactDates: false, now: null})) {
      case 'failed':
        return error(412)
      case 'not-modified':
        return {status: 304, headers: caching.slice(1), body: Buffer.alloc(0)}
      default:
    }
    const value = header(head.headers, 'range')
    const parsed =
      value === undefined || !rangeApplies(head.headers, validators) ? null : parseRanges(value, document.body.length)
    if (parsed === null || parsed.reversed) return {status: 200, headers: [type, ...caching], body: document.body}
    const [only, second] = satisfiable(parsed.ranges)
    if (only === undefined) {
      const range = ['Content-Range', `bytes */${document.body.length}`] as const
      return {status: 416, headers: [['Content-Type', 'text/html'], range, ...caching], body: Buffer.alloc(0)}
    }
    // A list of ranges is answered with the whole: RFC 9110 §14.2 leaves that to the server.
    if (second !== undefined) return {status: 200, headers: [type, ...caching], body: document.body}
    const range = ['Content-Range', contentRange(only, document.body.length)] as const
    return {status: 206, headers: [type, range, ...caching], body: slice(document, only)}
  }

  /** http.sys adds Date, Connection and Content-Length last; IIS itself sets the length of an answer to HEAD, first. */
  #respond(head: RequestHead, content: Content, moment: Moment): Response {
    const headless = head.method === 'HEAD'
    const keep = this.#keepsAlive(head)
    const length = ['Content-Length', String(content.body.length)] as const
    const powered = this.#facts.poweredBy === null ? [] : [['X-Powered-By', this.#facts.poweredBy] as const]
    return {
      status: content.status,
      reason: REASONS[content.status] ?? '',
      headers: [
        ...(headless ? [length] : []),
        ...content.headers,
        ['Server', `Microsoft-IIS/${this.#facts.version}`],
        ...(content.after ?? []),
        ...powered,
        ['Date', httpDate(moment.now)],
        ...(keep ? [] : [['Connection', 'close'] as const]),
        ...(headless || content.status === 304 ? [] : [length]),
      ],
      body: content.body,
      close: !keep,
      parts: headless ? 'head' : 'all',
    }
  }

  #keepsAlive(head: RequestHead): boolean {
    const wishes = headerTokens(head.headers, 'connection')
    if (tooLarge(head)) return false
    return atLeast(head.version, 1, 1) ? !wishes.includes('close') : wishes.includes('keep-alive')
  }
}

const error = (status: number): Content => ({
  status,
  headers: [['Content-Type', 'text/html']],
  body: customErrorPage(status),
})

const scheme = ({secure}: ServerFacts): string => (secure ? 'https' : 'http')

const tooLarge = (head: RequestHead): boolean => head.framing.kind === 'length' && head.framing.length > BODY_LIMIT

const hidden = (path: string): boolean =>
  path
    .toLowerCase()
    .split('/')
    .some((segment) => HIDDEN.has(segment))

/** The bytes of the modification time (FILETIME, little-endian), each in hexadecimal without padding, and `:0`. */
export function iisValidators(document: Document): Validators {
  const time = BigInt(Math.round(document.modified)) * 10_000n + FILETIME_1970
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(time)
  const digits = [...bytes].map((byte) => byte.toString(16)).join('')
  return {etag: `"${digits}:0"`, modified: Math.floor(document.modified / 1000)}
}

/** Apache httpd 2.4 as distributions configure it: one static site, the modules that are enabled by default. */
import {STATUS_CODES} from 'node:http'

import {challengesOf} from '../auth/guard.ts'
import {
  atLeast,
  type Fault,
  fault,
  header,
  headerValues,
  type RequestBody,
  type RequestHead,
} from '../request/message.ts'
import {chunked, escapeHtml, type HeaderList, httpDate, type Response} from '../response.ts'
import {precondition, rangeApplies, type Validators} from '../site/conditional.ts'
import {acceptsGzip, gzipped} from '../site/encoding.ts'
import {decodePath, normalisePath, splitTarget} from '../site/path.ts'
import {contentRange, slice} from '../site/range.ts'
import type {Document} from '../site/site.ts'
import {connectionHeaders} from './apache-connection.ts'
import {apacheDialect} from './apache-dialect.ts'
import {apacheValidators, isForbidden} from './apache-files.ts'
import {APACHE_REASONS, apachePage, clientAuthority} from './apache-pages.ts'
import {apacheRanges} from './apache-ranges.ts'
import {type AppResponse, type Interruption, type Moment, originOf, type Product, type ServerFacts} from './product.ts'
import type {ApacheFlavour} from './releases.ts'

/** mod_ssl's word for it, as it stands on the page. */
const PLAIN_HTTP =
  "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />\n Instead use the HTTPS scheme to access this URL, please.<br />\n"
/** `LimitRequestBody` since 2.4.53. */
const BODY_LIMIT = 2 ** 30
/** What `ap_method_registry_init` knows; anything else is not implemented rather than not allowed. */
const METHODS = new Set(
  (
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK ' +
    'VERSION-CONTROL CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY BASELINE-CONTROL MERGE'
  ).split(' '),
)
/** Types that Debian's mod_deflate compresses, of those a decoy serves. */
const DEFLATED = new Set(['text/html', 'text/css', 'text/plain'])
/** zlib's default, which mod_deflate leaves alone. */
const GZIP_LEVEL = 6
const ERROR_TYPE = 'text/html; charset=iso-8859-1'

interface Content {
  readonly status: number
  readonly type?: string
  readonly body: Buffer
  readonly before?: HeaderList
  readonly after?: HeaderList
  readonly length?: 'none' | 'chunked'
  /** The connection ends without a word of it. */
  readonly drop?: boolean
}

export interface ApacheFacts extends ServerFacts {
  readonly flavour: ApacheFlavour
  /** What else it names after the operating system: modules with their versions. */
  readonly modules?: string
  /** The order in which a start of the server happens to list what it allows. */
  readonly allow: string
  /** Between the parts of a multipart answer; chosen at the start of the server. */
  readonly boundary: string
}

export class Apache implements Product {
  readonly dialect = apacheDialect
  readonly #facts: ApacheFacts

  constructor(facts: ApacheFacts) {
    this.#facts = facts
  }

  continues(head: RequestHead): boolean {
    return !tooLarge(head)
  }

  hastens(head: RequestHead): boolean {
    return tooLarge(head)
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    const content = body.fault === null ? this.#content(head, moment) : this.#broken(head, body.fault)
    return this.#respond(head, content, moment)
  }

  /** A fault of the head comes before the virtual host is chosen: the page names the server itself. */
  refuse(fault: Fault, moment: Moment): Response {
    const body = this.#page(fault.status, null, fault.note)
    const content: Content = {status: fault.status, type: ERROR_TYPE, body}
    return this.#respond(fault.head?.method === 'HEAD' ? fault.head : null, content, moment)
  }

  insecure(moment: Moment): Response {
    return this.refuse(fault(400, 'plain-http', PLAIN_HTTP), moment)
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    const type = app.headers.find(([name]) => name === 'Content-Type')?.[1]
    const before = app.headers.filter(([name]) => name !== 'Content-Type')
    const content: Content = {status: app.status, ...(type === undefined ? {} : {type}), body: app.body, before}
    const response = this.#respond(head, content, moment)
    return {...response, reason: app.reason ?? STATUS_CODES[app.status] ?? ''}
  }

  /** mod_reqtimeout and a peer's end both close in silence while there is no request line yet. */
  interrupted({cause, stage, head}: Interruption, moment: Moment): Response | null {
    if (stage === 'start') return null
    return this.#respond(head, this.#error(cause === 'timeout' ? 408 : 400, head), moment)
  }

  #content(head: RequestHead, moment: Moment): Content {
    if (tooLarge(head)) return {...this.#error(413, head), length: 'none'}
    if (!METHODS.has(head.method)) return {...this.#error(501, head), before: [this.#allow()]}
    const expect = header(head.headers, 'expect')
    if (expect !== undefined && expect.toLowerCase() !== '100-continue') return {...this.#error(417, head), drop: true}
    if (head.target === '*') return {status: 200, body: Buffer.alloc(0)}
    const raw = head.method === 'CONNECT' ? '/' : splitTarget(head.target).path
    const decoded = decodePath(raw)
    if (decoded === null) return this.#error(400, head)
    const path = normalisePath(decoded)
    if (/%(?:2f|00)/i.test(raw)) return this.#error(404, head)
    if (path === null) return this.#error(400, head)
    return this.#resource(head, path, moment)
  }

  #resource(head: RequestHead, path: string, moment: Moment): Content {
    if (head.method === 'TRACE') return this.#trace(head)
    if (isForbidden(path)) return this.#error(403, head)
    const challenges = challengesOf(moment.access)
    if (challenges.length > 0) return {...this.#error(401, head), before: challenges}
    const found = path === '/icons' ? ({kind: 'missing'} as const) : this.#facts.site.find(path)
    if (found.kind === 'redirect') return this.#redirect(head, found.path)
    if (head.method === 'OPTIONS') {
      const type = found.kind === 'document' ? {type: this.#typeOf(found.document)} : {}
      return {status: 200, ...type, body: Buffer.alloc(0), before: [this.#allow()]}
    }
    if (!['GET', 'HEAD', 'POST'].includes(head.method)) return {...this.#error(405, head), before: [this.#allow()]}
    if (found.kind === 'missing') return this.#error(404, head)
    if (found.kind === 'directory') return this.#error(403, head)
    if (path === '/' && this.#facts.flavour.welcomeStatus === 403) return {...this.#whole(found.document), status: 403}
    return this.#document(head, found.document, moment)
  }

  /** RFC 9110 §9.3.8: the request itself, where it is enabled. */
  #trace(head: RequestHead): Content {
    if (!this.#facts.flavour.trace) return {...this.#error(405, head), before: [['Allow', '']]}
    const lines = head.headers.map(({name, value}) => `${name}: ${value}\r\n`)
    const {major, minor} = head.version
    const echo = `${head.method} ${head.target} HTTP/${major}.${minor}\r\n${lines.join('')}\r\n`
    return {status: 200, type: 'message/http', body: Buffer.from(echo, 'latin1'), length: 'chunked'}
  }

  #broken(head: RequestHead, fault: Fault): Content {
    return {...this.#error(fault.status, head), length: 'none'}
  }

  #error(status: number, head: RequestHead | null): Content {
    return {status, type: ERROR_TYPE, body: this.#page(status, head)}
  }

  #page(status: number, head: RequestHead | null, note = '', location = ''): Buffer {
    const named = head === null ? null : clientAuthority(head.method === 'CONNECT' ? '/' : head.target, head.headers)
    const facts = {
      method: escapeHtml(head?.method ?? ''),
      path: escapeHtml(decodePath(splitTarget(head?.target ?? '/').path) ?? ''),
      note,
      location,
      expect: escapeHtml(headerValues(head?.headers ?? [], 'expect')[0] ?? ''),
    }
    const {version, flavour, name, port} = this.#facts
    return apachePage(status, facts, {version, flavour, host: named?.host ?? name, port: named?.port ?? port})
  }

  #redirect(head: RequestHead, path: string): Content {
    const {query} = splitTarget(head.target)
    const named = clientAuthority(head.target, head.headers)
    const port = named?.port ?? this.#facts.port
    const location = `${originOf(this.#facts, named?.host ?? this.#facts.name, port)}${path}${query === null ? '' : `?${query}`}`
    const body = this.#page(301, head, '', escapeHtml(location))
    return {status: 301, type: ERROR_TYPE, body, before: [['Location', location]]}
  }

  #document(head: RequestHead, document: Document, moment: Moment): Content {
    const validators = apacheValidators(document)
    const whole = this.#whole(document)
    const empty = Buffer.alloc(0)
    switch (precondition(head.headers, validators, {exactDates: false, now: moment.now})) {
      case 'failed':
        return {...whole, status: 412, body: empty, after: []}
      case 'not-modified':
        return {status: 304, body: empty, before: whole.before ?? [], length: 'none'}
      default:
        return this.#deflate(head, document, whole) ?? this.#range(head, document, validators, whole) ?? whole
    }
  }

  #whole(document: Document): Content {
    const {etag} = apacheValidators(document)
    const vary = this.#varies(document) ? ([['Vary', 'Accept-Encoding']] as const) : []
    return {
      status: 200,
      type: this.#typeOf(document),
      body: document.body,
      before: [
        ['Last-Modified', httpDate(document.modified)],
        ['ETag', etag],
        ['Accept-Ranges', 'bytes'],
      ],
      after: vary,
    }
  }

  /** Debian enables mod_deflate; it notes the dependency on every body it would compress. */
  #varies(document: Document): boolean {
    return this.#facts.flavour.deflate && DEFLATED.has(document.type)
  }

  /** Null: sent as it is. */
  #deflate(head: RequestHead, document: Document, whole: Content): Content | null {
    if (!this.#varies(document)) return null
    if (!acceptsGzip(head.headers)) return null
    const {etag} = apacheValidators(document)
    return {
      ...whole,
      body: gzipped(document.body, GZIP_LEVEL),
      before: [
        ['Last-Modified', httpDate(document.modified)],
        ['ETag', etag.replace(/"$/, '-gzip"')],
        ['Accept-Ranges', 'bytes'],
        ['Vary', 'Accept-Encoding'],
        ['Content-Encoding', 'gzip'],
      ],
      after: [],
    }
  }

  /** Null: the whole document is sent. */
  #range(head: RequestHead, document: Document, validators: Validators, whole: Content): Content | null {
    const value = header(head.headers, 'range')
    if (value === undefined || !rangeApplies(head.headers, validators)) return null
    const chosen = apacheRanges(value, document, this.#typeOf(document), this.#facts.boundary)
    if (chosen === null) return null
    if (chosen === 'unsatisfiable') return {...this.#error(416, head), length: 'chunked'}
    if ('multipart' in chosen) return {...whole, status: 206, body: chosen.multipart, type: chosen.type}
    const after: HeaderList = [...(whole.after ?? []), ['Content-Range', contentRange(chosen, document.body.length)]]
    return {...whole, status: 206, body: slice(document, chosen), after}
  }

  #typeOf(document: Document): string {
    const {charset} = this.#facts.flavour
    return charset !== null && document.type.startsWith('text/')
      ? `${document.type}; charset=${charset}`
      : document.type
  }

  #allow(): readonly [string, string] {
    return ['Allow', this.#facts.allow]
  }

  #respond(head: RequestHead | null, content: Content, moment: Moment): Response {
    const headless = head?.method === 'HEAD'
    const connection = content.drop ? null : connectionHeaders(head, content.status, moment)
    const coded = content.length === 'chunked' && head !== null && atLeast(head.version, 1, 1)
    return {
      status: content.status,
      reason: APACHE_REASONS[content.status] ?? '',
      headers: [
        ['Date', httpDate(moment.now)],
        ['Server', serverToken(this.#facts)],
        ...(content.before ?? []),
        ...framing(content, coded, headless),
        ...(content.after ?? []),
        ...(connection ?? []),
        ...(content.type === undefined ? [] : [['Content-Type', content.type] as const]),
      ],
      body: coded ? chunked(content.body) : content.body,
      close: connection === null || connection.at(-1)?.[1] === 'close',
      parts: head?.version.major === 0 ? 'body' : headless ? 'head' : 'all',
    }
  }
}

/** `ServerTokens Full`. */
function serverToken({version, flavour, modules}: ApacheFacts): string {
  return `Apache/${version} (${flavour.label})${modules === undefined ? '' : ` ${modules}`}`
}

/** An error page made for HEAD is never measured. */
function framing(content: Content, coded: boolean, headless: boolean): HeaderList {
  if (coded) return [['Transfer-Encoding', 'chunked']]
  if (content.length !== undefined || (headless && content.type === ERROR_TYPE)) return []
  return [['Content-Length', String(content.body.length)]]
}

const tooLarge = (head: RequestHead): boolean => head.framing.kind === 'length' && head.framing.length > BODY_LIMIT

/** A web server told from others by a few facts: the order of its headers, its name, its error pages. */
import {STATUS_CODES} from 'node:http'

import type {Dialect} from '../request/dialect.ts'
import {atLeast, type Fault, headerTokens, type RequestBody, type RequestHead} from '../request/message.ts'
import {chunked, type HeaderList, httpDate, type Response} from '../response.ts'
import type {AppResponse, Moment, Product} from './product.ts'
import {type DialectStyle, styledDialect} from './styled-dialect.ts'

/** Groups of headers; `app`: what the application gives, but for what has a place of its own. */
export type Slot = 'app' | 'location' | 'connection' | 'date' | 'length' | 'server' | 'type'

export interface ServerStyle {
  readonly order: readonly Slot[]
  readonly server: string | null
  readonly dialect: DialectStyle
  /** What a server says of a connection that goes on; nothing where absent. */
  readonly keeps?: HeaderList
  /** Status line reasons; by default those of RFC 9110. Null: the line ends with the status. */
  reason?(status: number): string | null
  /** What the server itself answers to a request that it refuses. */
  error(status: number, head: RequestHead | null): AppResponse
  /** HTTP on the port of HTTPS. */
  insecure?(): AppResponse
  /** Go's way: headers in alphabetical order, the type among them. */
  readonly sorted?: boolean
  /** Envoy's way: names in lower case. */
  readonly lowerCase?: boolean
  /** One request a connection; `1.0`: and it says so in the version. */
  readonly once?: '1.0' | '1.1'
  /** The value of Date; by default that of RFC 9110. */
  date?(ms: number): string
  /** The name of Content-Length as it writes it. */
  readonly lengthName?: string
  /** Octets at the end of every page that it forgets to count. */
  readonly uncounted?: number
}

/** What is longer than anybody sends to such a server. */
const BODY_LIMIT = 64 * 1024 * 1024

export class StyledServer implements Product {
  readonly dialect: Dialect
  readonly #style: ServerStyle

  constructor(style: ServerStyle) {
    this.#style = style
    this.dialect = styledDialect(style.dialect)
  }

  continues(head: RequestHead): boolean {
    return !tooLarge(head)
  }

  hastens(head: RequestHead): boolean {
    return tooLarge(head)
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    if (body.fault !== null) return this.refuse(body.fault, moment)
    if (tooLarge(head)) return this.#respond(head, this.#style.error(413, head), false, moment)
    return this.deliver(head, this.#style.error(404, head), moment)
  }

  refuse(fault: Fault, moment: Moment): Response {
    const head = fault.head ?? null
    return this.#respond(head, this.#style.error(fault.status, head), false, moment)
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    const keep = this.#style.once === undefined && keepsAlive(head) && app.close !== true
    return this.#respond(head, app, keep, moment)
  }

  interrupted(): Response | null {
    return null
  }

  insecure(moment: Moment): Response | null {
    const answer = this.#style.insecure?.()
    return answer === undefined ? null : this.#respond(null, answer, false, moment)
  }

  #respond(head: RequestHead | null, app: AppResponse, keep: boolean, moment: Moment): Response {
    const {order, reason, once, date = httpDate} = this.#style
    const coded = app.streamed === true && head !== null && atLeast(head.version, 1, 1)
    const open = app.streamed === true && !coded
    const groups: Readonly<Record<Slot, HeaderList>> = {
      ...this.#own(app),
      connection: this.#connection(head, keep && !open),
      date: [['Date', date(moment.now)]],
      length: this.#length(app, coded, open),
      server: this.#style.server === null ? [] : [['Server', this.#style.server]],
    }
    const headers = order.flatMap((slot) => groups[slot])
    return {
      status: app.status,
      reason: app.reason ?? (reason === undefined ? (STATUS_CODES[app.status] ?? '') : reason(app.status)),
      headers: this.#style.lowerCase === true ? headers.map(([name, value]) => [name.toLowerCase(), value]) : headers,
      body: coded ? chunked(app.body) : app.body,
      close: !keep || open,
      parts: head?.method === 'HEAD' ? 'head' : 'all',
      ...(once === '1.0' ? {version: once} : {}),
      ...(app.events === undefined ? {} : {events: app.events}),
    }
  }

  #own({headers}: AppResponse): Pick<Record<Slot, HeaderList>, 'app' | 'location' | 'type'> {
    const {order, sorted} = this.#style
    const placed = (name: string): string => {
      if (name === 'Content-Type' && order.includes('type')) return 'type'
      return name === 'Location' && order.includes('location') ? 'location' : 'app'
    }
    const {app = [], location = [], type = []} = Object.groupBy(headers, ([name]) => placed(name))
    const alphabetical = (): HeaderList => app.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return {app: sorted === true ? alphabetical() : app, location, type}
  }

  #connection(head: RequestHead | null, keep: boolean): HeaderList {
    if (!keep) return [['Connection', 'close']]
    if (this.#style.keeps !== undefined) return this.#style.keeps
    return head !== null && !atLeast(head.version, 1, 1) ? [['Connection', 'keep-alive']] : []
  }

  #length(app: AppResponse, coded: boolean, open: boolean): HeaderList {
    const {lengthName = 'Content-Length', uncounted = 0} = this.#style
    if (coded) return [['Transfer-Encoding', 'chunked']]
    return open || app.status === 304 ? [] : [[lengthName, String(Math.max(0, app.body.length - uncounted))]]
  }
}

const tooLarge = (head: RequestHead): boolean => head.framing.kind === 'length' && head.framing.length > BODY_LIMIT

function keepsAlive(head: RequestHead): boolean {
  const wishes = headerTokens(head.headers, 'connection')
  return atLeast(head.version, 1, 1) ? !wishes.includes('close') : wishes.includes('keep-alive')
}

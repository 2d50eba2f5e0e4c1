/** The headers of CUPS, which stand in an order of their own around those of the content. */

import type {AppResponse, Moment, Product} from '../../http/products/product.ts'
import type {StyledServer} from '../../http/products/styled-server.ts'
import type {Dialect} from '../../http/request/dialect.ts'
import type {Fault, RequestBody, RequestHead} from '../../http/request/message.ts'
import type {Response} from '../../http/response.ts'

const ORDER = [
  'Connection',
  'Content-Language',
  'Content-Length',
  'Content-Type',
  'Date',
  'Keep-Alive',
  'Accept-Encoding',
  'Server',
]
const FIXED = [
  ['Content-Language', 'en'],
  ['Accept-Encoding', 'gzip, deflate, identity'],
] as const
const LAST = [
  ['X-Frame-Options', 'DENY'],
  ['Content-Security-Policy', "frame-ancestors 'none'"],
] as const

/** Has another server answer, and puts its headers in order. */
export class Ordered implements Product {
  readonly dialect: Dialect
  readonly #server: StyledServer

  constructor(server: StyledServer) {
    this.#server = server
    this.dialect = server.dialect
  }

  continues(head: RequestHead): boolean {
    return this.#server.continues(head)
  }

  hastens(head: RequestHead): boolean {
    return this.#server.hastens(head)
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    return ordered(this.#server.answer(head, body, moment), head)
  }

  refuse(fault: Fault, moment: Moment): Response {
    return ordered(this.#server.refuse(fault, moment), fault.head ?? null)
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    return ordered(this.#server.deliver(head, app, moment), head)
  }

  interrupted(): Response | null {
    return null
  }
}

function ordered(response: Response, head: RequestHead | null): Response {
  const rank = ([name]: readonly [string, string]): number => ORDER.indexOf(name)
  const old = head !== null && head.version.minor === 0
  // A client of HTTP/1.0 is answered in it, and knows that the connection ends.
  const own = old
    ? response.headers.filter(([name, value]) => name !== 'Connection' || value !== 'close')
    : response.headers
  const headers = [...own, ...FIXED].toSorted((left, right) => rank(left) - rank(right))
  return {...response, headers: [...headers, ...LAST], ...(old ? {version: '1.0' as const} : {})}
}

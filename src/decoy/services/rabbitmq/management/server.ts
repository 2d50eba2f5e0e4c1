/** Cowboy, the web server under the management plugin: header names in lower case, and all of them in order. */
import type {AppResponse, Moment, Product} from '../../http/products/product.ts'
import {empty} from '../../http/products/skins/pages.ts'
import {StyledServer} from '../../http/products/styled-server.ts'
import type {Fault, RequestBody, RequestHead} from '../../http/request/message.ts'
import type {Response} from '../../http/response.ts'

const LINE_LIMIT = 8000

export class CowboyServer implements Product {
  readonly #inner = new StyledServer({
    order: ['app', 'connection', 'type', 'length', 'date', 'server'],
    server: 'Cowboy',
    lowerCase: true,
    dialect: {headLimit: LINE_LIMIT, tooLong: 414, badVersion: 505},
    error: (status) => empty(status),
  })
  readonly dialect = this.#inner.dialect

  continues(head: RequestHead): boolean {
    return this.#inner.continues(head)
  }

  hastens(head: RequestHead): boolean {
    return this.#inner.hastens(head)
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    return inOrder(this.#inner.answer(head, body, moment))
  }

  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response {
    return inOrder(this.#inner.deliver(head, app, moment))
  }

  /** What is refused before it is a request gets neither a date nor a name. */
  refuse(fault: Fault, moment: Moment): Response {
    const response = inOrder(this.#inner.refuse(fault, moment))
    return {...response, headers: response.headers.filter(([name]) => name !== 'date' && name !== 'server')}
  }

  interrupted(): Response | null {
    return null
  }
}

const inOrder = (response: Response): Response => ({
  ...response,
  headers: response.headers.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
})

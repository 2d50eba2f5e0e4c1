/** The HTTP layer of Elasticsearch: no name, no date; the version of the answer is that of the request. */
import {STATUS_CODES} from 'node:http'
import type {AppResponse, Product} from '../http/products/product.ts'
import {atLeast, type Fault, headerTokens, type RequestBody, type RequestHead} from '../http/request/message.ts'
import type {HeaderList, Response} from '../http/response.ts'
import {encode} from './document.ts'
import {exception} from './failures.ts'
import {nettyDialect} from './netty-dialect.ts'
import type {Release} from './releases.ts'

export class RestServer implements Product {
  readonly dialect = nettyDialect
  readonly #release: Release

  constructor(release: Release) {
    this.#release = release
  }

  continues(): boolean {
    return true
  }

  hastens(): boolean {
    return false
  }

  answer(_head: RequestHead, {fault}: RequestBody): Response {
    return this.refuse(fault ?? {status: 400, what: 'nothing'})
  }

  /** What cannot be decoded is answered as a request of version 1.0. */
  refuse({status, note = 'illegal_argument_exception:bad request'}: Fault): Response {
    const colon = note.indexOf(':')
    const {document} = exception(status, note.slice(0, colon), note.slice(colon + 1))
    const body = Buffer.from(encode(document, false), 'latin1')
    const named: HeaderList = this.#release.named ? [['X-elastic-product', 'Elasticsearch']] : []
    const headers: HeaderList = [
      ...named,
      ['content-type', this.#release.json],
      ['content-length', String(body.length)],
    ]
    return {status, reason: STATUS_CODES[status] ?? '', headers, body, close: true, parts: 'all', version: '1.0'}
  }

  deliver(head: RequestHead, {status, headers, body, events}: AppResponse): Response {
    const old = !atLeast(head.version, 1, 1)
    return {
      status,
      reason: STATUS_CODES[status] ?? '',
      headers: [...headers, ['content-length', String(body.length)]],
      body,
      close: !keepsAlive(head),
      parts: head.method === 'HEAD' ? 'head' : 'all',
      ...(old ? {version: '1.0' as const} : {}),
      ...(events === undefined ? {} : {events}),
    }
  }

  interrupted(): Response | null {
    return null
  }
}

function keepsAlive({version, headers}: RequestHead): boolean {
  const wishes = headerTokens(headers, 'connection')
  return atLeast(version, 1, 1) ? !wishes.includes('close') : wishes.includes('keep-alive')
}

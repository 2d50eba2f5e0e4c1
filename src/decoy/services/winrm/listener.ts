/** The WS-Management listener behind http.sys: its statuses have no words, and its headers an order of their own. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {challengesOf} from '../http/auth/guard.ts'
import {iisDialect} from '../http/products/iis-dialect.ts'
import {listenerPage} from '../http/products/iis-pages.ts'
import type {AppResponse, Moment, Product} from '../http/products/product.ts'
import {atLeast, type Fault, header, headerTokens, type RequestBody, type RequestHead} from '../http/request/message.ts'
import {type HeaderList, httpDate, type Response} from '../http/response.ts'
import {splitTarget} from '../http/site/path.ts'
import {decryptBody, ENCRYPTED_TYPE, encryptBody, isEncrypted} from './encryption.ts'
import type {Logon, WinRmGuard} from './guard.ts'
import type {WinRmHost} from './host.ts'
import {
  deleteResponse,
  FAULT,
  faultResponse,
  identifyResponse,
  parseSoap,
  type Relation,
  SOAP_TYPE,
  type SoapRequest,
  shellResponse,
} from './soap.ts'

const PATH = /^\/wsman(?:-anon\/identify)?\/?$/i
const SERVER = ['Server', 'Microsoft-HTTPAPI/2.0'] as const

interface Answer {
  readonly status: number
  readonly xml: string
  readonly events: readonly ServiceEvent[]
}

const SHELLS_LIMIT = 30

export class WinRmListener implements Product {
  readonly dialect = iisDialect
  readonly #host: WinRmHost
  readonly #guard: WinRmGuard
  readonly #connection: Connection
  readonly #secure: boolean
  #shells = 0

  constructor(host: WinRmHost, guard: WinRmGuard, connection: Connection, secure: boolean) {
    this.#host = host
    this.#guard = guard
    this.#connection = connection
    this.#secure = secure
  }

  continues(): boolean {
    return true
  }

  hastens(): boolean {
    return false
  }

  interrupted(): Response | null {
    return null
  }

  /** The kernel's own page. */
  refuse({status, note}: Fault, moment: Moment): Response {
    const {reason, body} = listenerPage(status, note)
    const headers: HeaderList = [
      ['Content-Type', 'text/html; charset=us-ascii'],
      SERVER,
      ['Date', httpDate(moment.now)],
      ['Connection', 'close'],
      ['Content-Length', String(body.length)],
    ]
    return {status, reason, headers, body, close: true, parts: 'all'}
  }

  deliver(_: RequestHead, {status}: AppResponse, moment: Moment): Response {
    return this.#bare(status, moment, [], true)
  }

  answer(head: RequestHead, body: RequestBody, moment: Moment): Response {
    if (body.fault !== null) return this.refuse(body.fault, moment)
    if (!PATH.test(splitTarget(head.target).path)) return this.#missing(head, moment)
    if (head.method !== 'POST') return this.#bare(405, moment, [['Allow', 'POST']], true)
    const close = !keepsAlive(head)
    if (isAnonymousIdentify(head)) return this.#soap(200, identifyResponse(null), moment, {session: null, close})
    if (moment.access.kind === 'continued') return this.#bare(401, moment, challengesOf(moment.access), false)
    const {logon} = this.#guard
    if (moment.access.kind !== 'granted' || logon === null) {
      return this.#bare(401, moment, challengesOf(moment.access), true)
    }
    return this.#serve(head, body, logon, {moment, close})
  }

  #serve(
    head: RequestHead,
    body: RequestBody,
    logon: Logon,
    {moment, close}: {moment: Moment; close: boolean},
  ): Response {
    // An empty request only opens the session.
    if (body.size === 0) return this.#bare(200, moment, this.#lastToken(), close)
    const sealed = isEncrypted(header(head.headers, 'content-type') ?? '')
    // AllowUnencrypted is off, as it is by default.
    if (!sealed && !this.#secure) return this.#bare(500, moment, [], true)
    if (sealed && logon.session === null) return this.#bare(400, moment, [], true)
    const session = sealed ? logon.session : null
    try {
      const message = session === null ? body.captured : decryptBody(body.captured, session)
      const {status, xml, events} = this.#perform(parseSoap(message.toString('utf8')), logon.user)
      return {...this.#soap(status, xml, moment, {session, close}), events}
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      const data = {what: 'sealed-message', reason: error.message, sample: sample(body.captured, 512)}
      return {...this.#bare(400, moment, [], true), events: [{event: 'malformed', data}]}
    }
  }

  #perform(request: SoapRequest, user: string): Answer {
    const {limits, peer, local} = this.#connection
    const relation: Relation = {messageId: this.#uuid(), relatesTo: request.messageId}
    const fault = (reason: (typeof FAULT)[keyof typeof FAULT]) => faultResponse(reason, this.#host.machine, relation)
    const shown = (text: string): string => printable(Buffer.from(text, 'utf8').subarray(0, 512))
    if (request.identify) return {status: 200, xml: identifyResponse(this.#host.version), events: []}
    const data = {
      operation: shown(request.action),
      resource: shown(request.resource),
      ...(request.payload === '' ? {} : {payload: sample(request.payload, limits.sample)}),
    }
    const asked: ServiceEvent = {event: 'request', data}
    switch (request.action) {
      case 'Create':
        if (!request.resource.endsWith('/shell/cmd') || this.#shells >= SHELLS_LIMIT) break
        this.#shells++
        return {
          status: 200,
          xml: shellResponse(
            {
              id: this.#uuid(),
              address: `${this.#secure ? 'https' : 'http'}://${this.#host.machine}:${local.port}/wsman`,
              owner: `${this.#host.domain}\\${user}`,
              clientIp: peer.ip,
            },
            relation,
          ),
          events: [asked],
        }
      case 'Command': {
        const command: ServiceEvent = {
          event: 'command',
          data: {...data, command: sample(request.command, limits.sample)},
        }
        return {status: 500, xml: fault(this.#shells > 0 ? FAULT.QUOTA : FAULT.NO_SHELL), events: [command]}
      }
      case 'Delete':
        return {status: 200, xml: deleteResponse(relation), events: [asked]}
      default:
    }
    return {status: 500, xml: fault(FAULT.ACCESS_DENIED), events: [asked]}
  }

  #uuid(): string {
    const bytes = Buffer.from(this.#connection.random(16))
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    const hex = bytes.toString('hex').toUpperCase()
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  #soap(
    status: number,
    xml: string,
    moment: Moment,
    {session, close}: {session: Logon['session']; close: boolean},
  ): Response {
    const message = Buffer.from(xml, 'utf8')
    const body = session === null ? message : encryptBody(message, SOAP_TYPE, session)
    const headers: HeaderList = [
      ...this.#lastToken(),
      ['Content-Type', session === null ? SOAP_TYPE : ENCRYPTED_TYPE],
      SERVER,
      ['Date', httpDate(moment.now)],
      ...(close ? [['Connection', 'close'] as const] : []),
      ['Content-Length', String(body.length)],
    ]
    return {status, reason: '', headers, body, close, parts: 'all'}
  }

  #lastToken(): HeaderList {
    const token = this.#guard.takeToken()
    return token === null ? [] : [['WWW-Authenticate', `Negotiate ${token.toString('base64')}`]]
  }

  #missing(head: RequestHead, moment: Moment): Response {
    return {...this.refuse({status: 404, what: 'not-found'}, moment), parts: head.method === 'HEAD' ? 'head' : 'all'}
  }

  #bare(status: number, moment: Moment, own: HeaderList, close: boolean): Response {
    const allow = own.filter(([name]) => name === 'Allow')
    const rest = own.filter(([name]) => name !== 'Allow')
    const last: HeaderList = close ? [['Connection', 'close']] : []
    const headers: HeaderList = [
      ...allow,
      SERVER,
      ...rest,
      ['Date', httpDate(moment.now)],
      ...last,
      ['Content-Length', '0'],
    ]
    return {status, reason: '', headers, body: Buffer.alloc(0), close, parts: 'all'}
  }
}

/** Test-WSMan without credentials (DSP0226 §11). */
const isAnonymousIdentify = ({headers}: RequestHead): boolean =>
  header(headers, 'wsmanidentify')?.toLowerCase() === 'unauthenticated'

function keepsAlive(head: RequestHead): boolean {
  const wishes = headerTokens(head.headers, 'connection')
  return atLeast(head.version, 1, 1) ? !wishes.includes('close') : wishes.includes('keep-alive')
}

/** One connection of a decoy web server: reads requests one after another, answers each, and reports both. */
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {faultEvent, requestEvent} from './evidence.ts'
import type {Application} from './login/application.ts'
import {authorization, basicLogin, credentialOf, formLogin, type Verify} from './login/credentials.ts'
import {formFields} from './login/fields.ts'
import type {Moment, Product} from './products/product.ts'
import {BodyReader} from './request/body-reader.ts'
import {ByteQueue} from './request/byte-queue.ts'
import {HeadReader} from './request/head-reader.ts'
import {type Fault, header, isFault, NO_BODY, type RequestBody, type RequestHead} from './request/message.ts'
import {CONTINUE, type Response, writes} from './response.ts'

/** Of a body, kept to find a form in it; the evidence holds a sample of this. */
const BODY_CAPTURE = 64 * 1024

/** Statuses that say that what came was no request; others are answers to one. */
const NOT_A_REQUEST: ReadonlySet<number> = new Set([400, 408, 414, 431, 505])

export interface HttpServer {
  readonly product: Product
  /** Null: a static site. */
  readonly application: Application | null
  readonly verify: Verify
}

type Stage =
  | {readonly name: 'head'; readonly reader: HeadReader}
  | {readonly name: 'body'; readonly head: RequestHead; readonly reader: BodyReader; readonly answered: Response | null}
  | {readonly name: 'closed'}

export class HttpSession implements ProtocolSession {
  readonly #server: HttpServer
  readonly #connection: Connection
  readonly #queue = new ByteQueue()
  #stage: Stage
  #served = 0

  constructor(server: HttpServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#stage = this.#nextRequest()
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#stage.name === 'closed') return []
    this.#queue.push(bytes)
    const actions: Action[] = []
    while (this.#advance(actions));
    return actions
  }

  end(): Action[] {
    return this.#interrupt('eof')
  }

  timeout(): Action[] {
    return this.#interrupt('timeout')
  }

  #nextRequest(): Stage {
    return {name: 'head', reader: new HeadReader(this.#server.product.dialect, this.#connection.limits.sample)}
  }

  /** True when there may be more to do with what has arrived. */
  #advance(actions: Action[]): boolean {
    switch (this.#stage.name) {
      case 'head':
        return this.#readHead(this.#stage.reader, actions)
      case 'body':
        return this.#readBody(this.#stage, actions)
      case 'closed':
        return false
    }
  }

  #readHead(reader: HeadReader, actions: Action[]): boolean {
    const result = reader.read(this.#queue)
    if (result === null) return false
    if (isFault(result)) {
      this.#refuse(result, reader.raw(this.#queue), actions)
      return false
    }
    this.#beginBody(result, actions)
    return true
  }

  #beginBody(head: RequestHead, actions: Action[]): void {
    const {product, application} = this.#server
    const dynamic = application?.claims(head) === true
    let answered: Response | null = null
    if (!dynamic && product.hastens(head)) {
      answered = product.answer(head, NO_BODY, this.#moment(head))
      actions.push(...writes(answered))
    } else if (expectsContinue(head) && (dynamic || product.continues(head))) actions.push(write(CONTINUE))
    const reader = new BodyReader(head.framing, product.dialect, BODY_CAPTURE)
    this.#stage = {name: 'body', head, reader, answered}
  }

  #readBody(stage: Extract<Stage, {name: 'body'}>, actions: Action[]): boolean {
    // A refusal that ends the connection does not wait for a body that nobody reads.
    const complete = stage.answered?.close === true || stage.reader.read(this.#queue)
    if (!complete) return false
    const body = stage.reader.body()
    const response = stage.answered ?? this.#respond(stage.head, body)
    if (stage.answered === null) actions.push(...writes(response))
    this.#report(stage.head, body, response.status, actions)
    this.#served++
    const over = response.close || body.fault !== null || this.#served >= this.#connection.limits.commands
    if (over) this.#close(actions)
    else this.#stage = this.#nextRequest()
    return !over
  }

  #respond(head: RequestHead, body: RequestBody): Response {
    const {product, application} = this.#server
    const moment = this.#moment(head)
    if (body.fault !== null) return product.answer(head, body, moment)
    const app = application?.claims(head) === true ? application.handle(head, body, this.#connection) : null
    return app === null ? product.answer(head, body, moment) : product.deliver(head, app, moment)
  }

  #report(head: RequestHead, body: RequestBody, status: number, actions: Action[]): void {
    const {limits} = this.#connection
    actions.push(report(requestEvent(head, body, status, limits)))
    const said = authorization(head.headers, this.#server.verify, limits)
    if (said !== null) actions.push(report({event: 'auth.attempt', credential: said}))
    const login = formLogin(formFields(header(head.headers, 'content-type') ?? '', body.captured))
    if (login === null) return
    const success = this.#server.application?.claims(head) === true && this.#server.verify(login)
    actions.push(report({event: 'auth.attempt', credential: credentialOf(login, 'form', success, limits)}))
  }

  #refuse(fault: Fault, raw: Buffer, actions: Action[]): void {
    const {limits} = this.#connection
    const response = this.#server.product.refuse(fault, this.#moment(fault.head ?? null))
    actions.push(...writes(response))
    if (NOT_A_REQUEST.has(fault.status)) actions.push(report(faultEvent(fault, raw, limits)))
    if (fault.head !== undefined) this.#report(fault.head, NO_BODY, response.status, actions)
    this.#close(actions)
  }

  #interrupt(cause: 'timeout' | 'eof'): Action[] {
    const actions: Action[] = []
    const stage = this.#stage
    if (stage.name === 'head') this.#interruptHead(cause, stage.reader, actions)
    if (stage.name === 'body') this.#interruptBody(cause, stage, actions)
    if (stage.name !== 'closed') this.#close(actions)
    return actions
  }

  #interruptHead(cause: 'timeout' | 'eof', reader: HeadReader, actions: Action[]): void {
    const stage = reader.begun ? 'headers' : 'start'
    const last = this.#server.product.interrupted({cause, stage, head: null, body: NO_BODY}, this.#moment(null))
    if (last !== null) actions.push(...writes(last))
    const raw = reader.raw(this.#queue)
    if (raw.length === 0) return
    const fault = {status: last?.status ?? 0, what: `incomplete-${stage}`}
    actions.push(report(faultEvent(fault, raw, this.#connection.limits)))
  }

  #interruptBody(cause: 'timeout' | 'eof', stage: Extract<Stage, {name: 'body'}>, actions: Action[]): void {
    const {head, answered} = stage
    const body = stage.reader.body()
    const last = answered ?? this.#server.product.interrupted({cause, stage: 'body', head, body}, this.#moment(head))
    if (answered === null && last !== null) actions.push(...writes(last))
    this.#report(head, body, last?.status ?? 0, actions)
  }

  #close(actions: Action[]): void {
    actions.push(CLOSE)
    this.#queue.clear()
    this.#stage = {name: 'closed'}
  }

  #moment(head: RequestHead | null): Moment {
    const login = head === null ? null : basicLogin(head.headers)
    return {
      now: this.#connection.now(),
      localIp: this.#connection.local.ip,
      served: this.#served,
      authorized: login !== null && this.#server.verify(login),
    }
  }
}

const expectsContinue = (head: RequestHead): boolean =>
  header(head.headers, 'expect')?.toLowerCase() === '100-continue' && head.framing.kind !== 'none'

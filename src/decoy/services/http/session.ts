/** One connection of a decoy web server: reads requests one after another, answers each, and reports both. */
import {ByteQueue} from '../../byte-queue.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type Initiative,
  type ProtocolSession,
  report,
  write,
} from '../../service.ts'
import {type CreateGuard, GRANTED, type Guard, openGuard, type Verdict} from './auth/guard.ts'
import {faultEvent, requestEvent} from './evidence.ts'
import {authorization, credentialOf, formLogin, type Verify} from './login/credentials.ts'
import {formFields} from './login/fields.ts'
import type {Application, Attempt, Moment, Product} from './products/product.ts'
import {BodyReader} from './request/body-reader.ts'
import {HeadReader} from './request/head-reader.ts'
import {type Fault, header, isFault, NO_BODY, type RequestBody, type RequestHead} from './request/message.ts'
import {CONTINUE, type Response, type Tunnel, writes} from './response.ts'

/** Of a body, kept to find a form in it; the evidence holds a sample of this. */
const BODY_CAPTURE = 64 * 1024

/** Statuses that say that what came was no request; others are answers to one. */
const NOT_A_REQUEST: ReadonlySet<number> = new Set([400, 408, 414, 431, 505])

export interface HttpServer {
  readonly product: Product
  /** Null: a static site. */
  readonly application: Application | null
  readonly verify: Verify
  /** Bodies are documents: what looks like a sign-in form in them is none. */
  readonly formless?: true
  /** Authentication of what the server itself answers; absent: everybody is welcome. */
  readonly guard?: CreateGuard
}

const WELCOME: Verdict = {access: GRANTED, events: null}

interface Outcome {
  readonly status: number
  readonly verdict: Verdict
}

type Stage =
  | {readonly name: 'head'; readonly reader: HeadReader}
  | {
      readonly name: 'body'
      readonly head: RequestHead
      readonly reader: BodyReader
      readonly answered: Response | null
      readonly verdict: Verdict
    }
  | {readonly name: 'tunnel'; readonly session: ProtocolSession}
  | {readonly name: 'closed'}

/** Of a session that nobody drives, as in a test: nothing comes of what is said unasked. */
const NO_INITIATIVE: Initiative = {perform: () => {}, performAfter: () => {}}

export class HttpSession implements ProtocolSession {
  readonly #server: HttpServer
  readonly #connection: Connection
  readonly #guard: Guard
  readonly #queue = new ByteQueue()
  #stage: Stage
  /** Credentials that the application found in the request being answered. */
  #attempt: Attempt | null = null
  /** And whose the Authorization header was. */
  #authorized: string | null = null
  #served = 0
  #initiative: Initiative = NO_INITIATIVE

  constructor(server: HttpServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#guard = (server.guard ?? openGuard)(connection)
    this.#stage = this.#nextRequest()
  }

  begin(initiative: Initiative): void {
    this.#initiative = initiative
  }

  open(): Action[] {
    return []
  }

  /** What a connection was given over to may have more to say. */
  get outlivesInput(): boolean {
    return this.#stage.name === 'tunnel' && this.#stage.session.outlivesInput === true
  }

  closed(): void {
    if (this.#stage.name === 'tunnel') this.#stage.session.closed?.()
  }

  feed(bytes: Buffer): Action[] {
    if (this.#stage.name === 'closed') return []
    if (this.#stage.name === 'tunnel') return this.#stage.session.feed(bytes)
    this.#queue.push(bytes)
    return this.#answerAll()
  }

  /** Requests sent ahead wait when there is more to be sent than a slow reader may keep waiting. */
  #answerAll(): Action[] {
    const actions: Action[] = []
    for (let next = 0, waiting = 0; this.#advance(actions); ) {
      for (const action of actions.slice(next)) if (action.type === 'write') waiting += action.data.length
      next = actions.length
      if (waiting <= this.#connection.limits.sendBuffer || this.#initiative === NO_INITIATIVE) continue
      this.#initiative.perform(() => this.#answerAll())
      break
    }
    return actions
  }

  end(): Action[] {
    return this.#stage.name === 'tunnel' ? this.#stage.session.end() : this.#interrupt('eof')
  }

  /** Plain HTTP on a port with TLS. */
  insecure(): Action[] {
    const answer = this.#server.product.insecure?.(this.#moment(WELCOME)) ?? null
    return answer === null ? [] : writes(answer)
  }

  timeout(reason: 'idle' | 'login' | 'absolute' = 'idle'): Action[] {
    return this.#stage.name === 'tunnel' ? (this.#stage.session.timeout?.(reason) ?? []) : this.#interrupt('timeout')
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
      case 'tunnel':
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
    const verdict = dynamic ? WELCOME : this.#guard.check(head)
    let answered: Response | null = null
    if (!dynamic && product.hastens(head)) {
      answered = product.answer(head, NO_BODY, this.#moment(verdict))
      actions.push(...writes(answered))
    } else if (expectsContinue(head) && (dynamic || product.continues(head))) actions.push(write(CONTINUE))
    const sink = dynamic ? (application?.receive?.(head, this.#connection) ?? null) : null
    const reader = new BodyReader(head.framing, product.dialect, BODY_CAPTURE, sink)
    this.#stage = {name: 'body', head, reader, answered, verdict}
  }

  #readBody(stage: Extract<Stage, {name: 'body'}>, actions: Action[]): boolean {
    // A refusal that ends the connection does not wait for a body that nobody reads.
    const complete = stage.answered?.close === true || stage.reader.read(this.#queue)
    if (!complete) return false
    const body = stage.reader.body()
    const response = stage.answered ?? this.#respond(stage.head, body, stage.verdict)
    if (stage.answered === null) actions.push(...writes(response))
    this.#report(stage.head, body, {status: response.status, verdict: stage.verdict}, actions)
    actions.push(...(response.events ?? []).map(report))
    this.#served++
    actions.push(...(response.rest ?? []))
    if (response.tunnel !== undefined) return this.#enter(response.tunnel, actions)
    const over = response.close || body.fault !== null || this.#served >= this.#connection.limits.commands
    if (over) this.#close(actions)
    else this.#stage = this.#nextRequest()
    return !over
  }

  #enter(tunnel: Tunnel, actions: Action[]): false {
    const session = tunnel(this.#initiative, (received) => {
      if (this.#stage.name === 'closed') return []
      this.#stage = this.#nextRequest()
      this.#queue.push(received)
      return this.#answerAll()
    })
    this.#stage = {name: 'tunnel', session}
    actions.push(...session.open())
    const over = actions.some(({type}) => type === 'close' || type === 'reset')
    if (!over && this.#queue.length > 0) actions.push(...session.feed(this.#queue.takeAll()))
    return false
  }

  #respond(head: RequestHead, body: RequestBody, verdict: Verdict): Response {
    const {product, application} = this.#server
    const moment = this.#moment(verdict)
    if (body.fault !== null) return product.answer(head, body, moment)
    const app = application?.claims(head) === true ? application.handle(head, body, this.#connection) : null
    if (app === null) return product.answer(head, body, moment)
    this.#attempt = app.attempt ?? null
    this.#authorized = app.authorized ?? null
    return product.deliver(head, app, moment)
  }

  #report(head: RequestHead, body: RequestBody, {status, verdict}: Outcome, actions: Action[]): void {
    const {limits} = this.#connection
    actions.push(report(requestEvent(head, body, status, limits)))
    const {events} = verdict
    const said = events === null ? authorization(head, this.#server.verify, this.#connection, this.#authorized) : null
    this.#authorized = null
    if (said !== null) actions.push(report({event: 'auth.attempt', credential: said}))
    actions.push(...(events ?? []).map(report))
    const found = this.#attempt ?? this.#formAttempt(head, body)
    this.#attempt = null
    if (found === null) return
    const credential = credentialOf(found.login, found.method, found.success, limits)
    actions.push(report({event: 'auth.attempt', credential}))
  }

  #formAttempt(head: RequestHead, body: RequestBody): Attempt | null {
    if (this.#server.formless === true) return null
    const login = formLogin(formFields(header(head.headers, 'content-type') ?? '', body.captured))
    if (login === null) return null
    const success = this.#server.application?.claims(head) === true && this.#server.verify(login)
    return {login, method: 'form', success}
  }

  #refuse(fault: Fault, raw: Buffer, actions: Action[]): void {
    const {limits} = this.#connection
    const response = this.#server.product.refuse(fault, this.#moment(WELCOME))
    actions.push(...writes(response))
    if (NOT_A_REQUEST.has(fault.status)) actions.push(report(faultEvent(fault, raw, limits)))
    if (fault.head !== undefined)
      this.#report(fault.head, NO_BODY, {status: response.status, verdict: WELCOME}, actions)
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
    const last = this.#server.product.interrupted({cause, stage, head: null, body: NO_BODY}, this.#moment(WELCOME))
    if (last !== null) actions.push(...writes(last))
    const raw = reader.raw(this.#queue)
    if (raw.length === 0) return
    const fault = {status: last?.status ?? 0, what: `incomplete-${stage}`}
    actions.push(report(faultEvent(fault, raw, this.#connection.limits)))
  }

  #interruptBody(cause: 'timeout' | 'eof', stage: Extract<Stage, {name: 'body'}>, actions: Action[]): void {
    const {head, answered, verdict} = stage
    const body = stage.reader.body()
    const last = answered ?? this.#server.product.interrupted({cause, stage: 'body', head, body}, this.#moment(verdict))
    if (answered === null && last !== null) actions.push(...writes(last))
    this.#report(head, body, {status: last?.status ?? 0, verdict}, actions)
  }

  #close(actions: Action[]): void {
    actions.push(CLOSE)
    this.#queue.clear()
    this.#stage = {name: 'closed'}
  }

  #moment({access}: Verdict): Moment {
    return {
      now: this.#connection.now(),
      localIp: this.#connection.local.ip,
      served: this.#served,
      access,
    }
  }
}

const expectsContinue = (head: RequestHead): boolean =>
  header(head.headers, 'expect')?.toLowerCase() === '100-continue' && head.framing.kind !== 'none'

/** One connection to the decoy directory. */
import {CodecError} from '../../codecs/codec-error.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, upgrade, write} from '../../service.ts'
import {SecurityLayer} from './auth/security-layer.ts'
import {type BindStep, WindowsBind} from './auth/windows-bind.ts'
import {malformedEvent, requestEvent, shown, simpleAttempt} from './evidence.ts'
import type {LdapHost} from './host.ts'
import type {Identity} from './products/dialect.ts'
import {Searches} from './search.ts'
import {Inbox} from './wire/inbox.ts'
import {
  type Authentication,
  type BindRequest,
  type ChangeRequest,
  type ExtendedRequest,
  type LdapRequest,
  parseRequest,
} from './wire/operations.ts'
import {Replies} from './wire/replies.ts'
import {type Outcome, RESULT, SUCCESS} from './wire/results.ts'

const START_TLS = '1.3.6.1.4.1.1466.20037'
const WHO_AM_I = '1.3.6.1.4.1.4203.1.11.3'

export interface Port {
  readonly secure: boolean
  /** The global catalog: the whole forest, without a root. */
  readonly catalog: boolean
}

export class LdapSession implements ProtocolSession {
  readonly #host: LdapHost
  readonly #connection: Connection
  readonly #inbox: Inbox
  readonly #replies: Replies
  readonly #searches: Searches
  readonly #windows: WindowsBind | null
  #secure: boolean
  #who: Identity | null = null
  #security: SecurityLayer | null = null
  #requests = 0
  #over = false

  constructor(host: LdapHost, connection: Connection, {secure, catalog}: Port) {
    const {dialect, windows} = host
    this.#host = host
    this.#connection = connection
    this.#inbox = new Inbox(dialect.largestMessage)
    this.#replies = new Replies(dialect.form)
    this.#searches = new Searches(host, connection, catalog)
    this.#windows = windows === null ? null : new WindowsBind(windows.dialect, windows.self, connection)
    this.#secure = secure
  }

  /** Both products wait for whole messages only; nobody has to bind. */
  get authenticated(): boolean {
    return this.#requests > 0
  }

  open(): Action[] {
    return []
  }

  end(): Action[] {
    const rest = this.#inbox.rest()
    const cut = rest.length > 0 && !this.#over
    return [...(cut ? [report(malformedEvent('cut short', rest, this.#connection.limits))] : []), CLOSE]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    const actions: Action[] = []
    try {
      for (const plain of this.#security?.unwrap(bytes) ?? [bytes]) this.#inbox.push(plain)
      while (!this.#over && this.#next(actions)) {
        // Each turn takes one message.
      }
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.#giveUp(actions, error.message, this.#inbox.rest(), null)
    }
    return actions
  }

  /** False when a message is not complete yet. */
  #next(actions: Action[]): boolean {
    const bytes = this.#inbox.take()
    if (bytes === null) return false
    if (this.#requests++ >= this.#connection.limits.commands) {
      this.#close(actions)
      return false
    }
    let request: LdapRequest
    try {
      request = parseRequest(bytes)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.#giveUp(actions, error.message, bytes, 'decoding')
      return false
    }
    this.#perform(request, bytes, actions)
    return true
  }

  #perform(request: LdapRequest, bytes: Buffer, actions: Action[]): void {
    const {operation} = request
    switch (operation.type) {
      case 'bind':
        this.#bind(request.id, operation, bytes, actions)
        break
      case 'unbind':
        this.#close(actions)
        break
      case 'abandon':
        break
      case 'search': {
        const {replies, event} = this.#searches.run(request, operation, this.#who !== null)
        this.#send(actions, Buffer.concat(replies))
        actions.push(report(event))
        break
      }
      case 'change':
        this.#change(request.id, operation, actions)
        break
      case 'extended':
        this.#extended(request.id, operation, actions)
        break
      case 'unknown':
        this.#giveUp(actions, `operation ${operation.tag}`, bytes, 'unknown')
        break
      default:
        operation satisfies never
    }
  }

  #bind(id: number, request: BindRequest, bytes: Buffer, actions: Action[]): void {
    // Whoever binds anew is nobody until that succeeds (RFC 4513 §4).
    this.#who = null
    const refusal = this.#host.dialect.versionOutcome(request.version)
    if (refusal !== null) {
      this.#send(actions, this.#replies.bind(id, refusal))
      actions.push(report(requestEvent('bind', {version: request.version, result: refusal.code})))
      return
    }
    const {authentication} = request
    if (authentication.type === 'simple') this.#simple(id, request.name, authentication.password, actions)
    else this.#negotiated(id, authentication, bytes, actions)
  }

  #simple(id: number, rawName: Buffer, password: Buffer, actions: Action[]): void {
    const {dialect} = this.#host
    const name = rawName.toString('utf8')
    const verdict = dialect.bind({name, password: password.toString('utf8')})
    const who = verdict.refused ? null : verdict.who
    this.#send(actions, this.#replies.bind(id, verdict.outcome))
    if (name === '' || password.length === 0) {
      actions.push(report(requestEvent('bind', {name: shown(name), anonymous: true, result: verdict.outcome.code})))
      return
    }
    this.#who = who
    const {limits} = this.#connection
    actions.push(report(simpleAttempt(dialect.principal(name), password, who !== null, {limits, name})))
  }

  #negotiated(
    id: number,
    authentication: Exclude<Authentication, {type: 'simple'}>,
    bytes: Buffer,
    actions: Action[],
  ): void {
    let step: BindStep | null
    try {
      step = this.#step(authentication)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      const outcome = this.#host.windows?.dialect.texts.refused('57') ?? {code: RESULT.INVALID_CREDENTIALS}
      this.#send(actions, this.#replies.bind(id, outcome))
      actions.push(report(malformedEvent(error.message, bytes, this.#connection.limits)))
      return
    }
    if (step === null) {
      const mechanism = authentication.type === 'sasl' ? authentication.mechanism : authentication.type
      const outcome = this.#host.dialect.unknownMechanism(shown(mechanism, 64))
      this.#send(actions, this.#replies.bind(id, outcome))
      actions.push(report(requestEvent('bind', {mechanism: shown(mechanism, 64), result: outcome.code})))
      return
    }
    const {outcome, token, events, who, security} = step
    const sicily = authentication.type === 'sicily' && outcome.code === RESULT.SUCCESS
    this.#send(actions, sicily ? this.#replies.sicily(id, token ?? '') : this.#replies.bind(id, outcome, token))
    actions.push(...events.map(report))
    this.#who = who
    if (security !== undefined) this.#security = new SecurityLayer(security, this.#host.dialect.largestMessage)
  }

  #step(authentication: Exclude<Authentication, {type: 'simple'}>): BindStep | null {
    if (this.#windows === null || authentication.type === 'unknown') return null
    return authentication.type === 'sasl' ? this.#windows.sasl(authentication) : this.#windows.sicily(authentication)
  }

  #change(id: number, {name, response, dn}: ChangeRequest, actions: Action[]): void {
    const {dialect} = this.#host
    const bound = this.#who !== null
    const outcome = name === 'compare' ? dialect.compareOutcome(bound) : dialect.changeOutcome(bound)
    this.#send(actions, this.#replies.result(id, response, outcome))
    actions.push(report(requestEvent(name, {dn: shown(dn), result: outcome.code})))
  }

  #extended(id: number, {oid}: ExtendedRequest, actions: Action[]): void {
    const {dialect, tls} = this.#host
    if (oid === START_TLS && !this.#secure && this.#security === null) {
      const name = dialect.namesStartTls ? {name: START_TLS} : {}
      this.#send(actions, this.#replies.extended(id, SUCCESS, name))
      actions.push(report(requestEvent('start-tls')))
      this.#secure = true
      actions.push(upgrade(tls, {received: this.#inbox.rest()}))
      return
    }
    const outcome = this.#extendedOutcome(oid)
    const value = oid === WHO_AM_I ? {value: this.#who?.authorization ?? ''} : {}
    this.#send(actions, this.#replies.extended(id, outcome, value))
    actions.push(
      report(requestEvent(oid === WHO_AM_I ? 'who-am-i' : 'extended', {oid: shown(oid, 64), result: outcome.code})),
    )
  }

  #extendedOutcome(oid: string): Outcome {
    if (oid === WHO_AM_I) return SUCCESS
    return oid === START_TLS ? this.#host.dialect.tlsAlready : this.#host.dialect.unknownExtension
  }

  #send(actions: Action[], bytes: Buffer): void {
    actions.push(write(this.#security?.wrap(bytes) ?? bytes))
  }

  #giveUp(actions: Action[], reason: string, bytes: Buffer, what: 'decoding' | 'unknown' | null): void {
    actions.push(report(malformedEvent(reason, bytes, this.#connection.limits)))
    const outcome = what === null ? null : this.#host.dialect.malformed(what)
    if (outcome !== null) this.#send(actions, this.#replies.notice(outcome))
    this.#close(actions)
  }

  #close(actions: Action[]): void {
    this.#over = true
    actions.push(CLOSE)
  }
}

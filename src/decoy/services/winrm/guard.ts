/** Authentication of WinRM: Negotiate on the connection (RFC 4559), or Basic on each request. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {ntlmAttempt} from '../../codecs/credentials/ntlm-attempt.ts'
import {type AcceptorStep, NtlmAcceptor, type SealedSession} from '../../codecs/ntlm/acceptor.ts'
import {sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {type Access, GRANTED, type Guard, type Verdict} from '../http/auth/guard.ts'
import {basicLogin, credentialOf} from '../http/login/credentials.ts'
import {header, type RequestHead} from '../http/request/message.ts'
import type {WinRmHost} from './host.ts'

const NEGOTIATE = /^(?:negotiate|kerberos)[ \t]+([a-z0-9+/=]+)[ \t]*$/i

/** Who is on the connection. */
export interface Logon {
  readonly user: string
  /** Of NTLM; null: Basic, under TLS or in clear. */
  readonly session: SealedSession | null
}

type Judged = Extract<AcceptorStep, {type: 'judged'}>

export class WinRmGuard implements Guard {
  readonly #host: WinRmHost
  readonly #connection: Connection
  readonly #refused: Access
  readonly #basic: boolean
  #acceptor: NtlmAcceptor
  #logon: Logon | null = null
  /** The last word of SPNEGO, which goes with the answer to the request that brought the last token. */
  #token: Buffer | null = null

  constructor(host: WinRmHost, connection: Connection, secure: boolean) {
    this.#host = host
    this.#connection = connection
    this.#basic = host.basic ?? secure
    const challenges = ['Negotiate', 'Kerberos', ...(this.#basic ? ['Basic realm="WSMAN"'] : [])]
    this.#refused = {kind: 'refused', challenges}
    this.#acceptor = this.#begin()
  }

  get logon(): Logon | null {
    return this.#logon
  }

  /** What goes with the next answer, once. */
  takeToken(): Buffer | null {
    const token = this.#token
    this.#token = null
    return token
  }

  check(head: RequestHead): Verdict {
    const value = header(head.headers, 'authorization')
    if (value === undefined) return {access: this.#logon?.session == null ? this.#refused : GRANTED, events: null}
    const token = NEGOTIATE.exec(value)?.[1]
    if (token === undefined) return this.#checkBasic(head)
    const bytes = Buffer.from(token, 'base64')
    try {
      return this.#step(bytes)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.#reset()
      return {access: this.#refused, events: [malformed(error.message, bytes, this.#connection)]}
    }
  }

  #checkBasic(head: RequestHead): Verdict {
    const login = basicLogin(head.headers)
    this.#reset()
    // What is not offered is recorded all the same: the password is in the header.
    if (login === null) return {access: this.#refused, events: null}
    const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')
    const name = utf8(login.name).replace(/^.*\\/, '')
    const success = this.#basic && this.#host.users.passwords(name).includes(utf8(login.password))
    if (success) this.#logon = {user: name, session: null}
    const credential = credentialOf(login, 'basic', success, this.#connection.limits)
    return {access: success ? GRANTED : this.#refused, events: [{event: 'auth.attempt', credential}]}
  }

  #step(bytes: Buffer): Verdict {
    const step = this.#acceptor.step(bytes)
    switch (step.type) {
      case 'continue':
        this.#logon = null
        return {access: {kind: 'continued', challenge: `Negotiate ${step.token.toString('base64')}`}, events: []}
      case 'foreign': {
        this.#reset()
        const secret = sample(bytes, this.#connection.limits.credential)
        const credential = {principal: '', method: 'kerberos', secret, outcome: 'failure'} as const
        return {access: this.#refused, events: [{event: 'auth.attempt', credential}]}
      }
      case 'judged':
        return this.#judged(step)
    }
  }

  #judged({message, serverChallenge, session, token}: Judged): Verdict {
    this.#reset()
    const events = [ntlmAttempt(message, serverChallenge, session !== null, this.#connection.limits)]
    if (session === null) return {access: this.#refused, events}
    this.#logon = {user: message.user, session}
    this.#token = token
    return {access: GRANTED, events}
  }

  #reset(): void {
    this.#logon = null
    this.#token = null
    this.#acceptor = this.#begin()
  }

  #begin(): NtlmAcceptor {
    const {identity, users} = this.#host
    const {random, now} = this.#connection
    return new NtlmAcceptor({identity, passwords: users.passwords, random, now})
  }
}

function malformed(reason: string, bytes: Buffer, {limits}: Connection): ServiceEvent {
  return {event: 'malformed', data: {what: 'authorization', reason, sample: sample(bytes, limits.sample)}}
}

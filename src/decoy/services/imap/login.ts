/**
 * What Dovecot's imap-login answers before somebody is signed in (RFC 3501 section 6.1 and 6.2). It reads no more than
 * what a login needs, and everything else is one error.
 */

import type {MailAccount} from '../../mailbox/mail-store.ts'
import {fromBase64, SaslExchange, type SaslMechanism} from '../../mailbox/sasl.ts'
import {printable, sample} from '../../sample.ts'
import {type Action, type Connection, delay, report, write} from '../../service.ts'
import {type Argument, ArgumentError, atomOf, parseArguments, textOf} from './arguments.ts'
import type {Segment} from './command-reader.ts'
import type {ImapServer} from './state.ts'

/** What a line of the client's leads to. */
export type LoginOutcome =
  | {readonly type: 'goes on'}
  | {readonly type: 'closes'}
  | {readonly type: 'secures'}
  | {readonly type: 'enters'; readonly account: MailAccount; readonly tag: string}

const GOES_ON: LoginOutcome = {type: 'goes on'}
const CLOSES: LoginOutcome = {type: 'closes'}

/** Commands that imap-login does not understand, whatever comes between them. */
const MAX_BAD = 3
const MAX_TAG = 127
/** `auth_failure_delay`, and a little for the look at the password. */
const FAILURE_MS = 2000
const FAILURE_SPREAD_MS = 60
const TAG = /^[^\x00-\x20(){%*"\\+\x7f-\xff]+$/
const GENERIC = 'Error in IMAP command received by server.'
const EXPOSED =
  '* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but your client did it anyway. ' +
  'If anyone was listening, the password was exposed.'
const MECHANISMS: Readonly<Record<string, SaslMechanism>> = {PLAIN: 'PLAIN', LOGIN: 'LOGIN'}

export class Login {
  secure: boolean
  readonly #server: ImapServer
  readonly #connection: Connection
  #bad = 0
  #pending: {readonly tag: string; readonly exchange: SaslExchange} | null = null

  constructor(server: ImapServer, connection: Connection, secure: boolean) {
    this.#server = server
    this.#connection = connection
    this.secure = secure
  }

  /** The next line belongs to an authentication: no command, and longer. */
  get exchanging(): boolean {
    return this.#pending !== null
  }

  get capabilities(): string {
    const {dovecot, tls, mechanisms} = this.#server
    const upgrade = tls !== null && !this.secure ? ' STARTTLS' : ''
    const login = this.#protected ? mechanisms.map((name) => ` AUTH=${name}`).join('') : ' LOGINDISABLED'
    return `${dovecot.before}${upgrade}${login}`
  }

  get greeting(): string {
    return `* OK [CAPABILITY ${this.capabilities}] ${this.#server.dovecot.greeting}\r\n`
  }

  get #protected(): boolean {
    return this.secure || this.#server.plaintext
  }

  command(segments: readonly Segment[], actions: Action[]): LoginOutcome {
    const [first] = segments
    const line = first?.type === 'text' ? first.text : ''
    const [tag = '', name = ''] = line.split(' ', 2)
    if (!TAG.test(tag) || tag.length > MAX_TAG) return this.#invalid('*', actions)
    const rest: Segment[] = [{type: 'text', text: line.slice(tag.length + name.length + 2)}, ...segments.slice(1)]
    const answer = this.#known(name.toUpperCase())
    if (answer === null) return this.#invalid(tag, actions)
    try {
      const outcome = answer(tag, parseArguments(rest), actions)
      return outcome ?? this.#invalid(tag, actions)
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error
      actions.push(write(`${tag} BAD ${error.message}\r\n`))
      return GOES_ON
    }
  }

  /** The client's answer within an authentication. */
  response(line: string, actions: Action[]): LoginOutcome {
    const pending = this.#pending
    this.#pending = null
    if (pending === null) return GOES_ON
    if (line === '*') return this.#say(actions, `${pending.tag} BAD Authentication aborted by client.`)
    const response = fromBase64(line)
    if (response === null) return this.#say(actions, `${pending.tag} NO [ALERT] Invalid base64 in response`)
    return this.#step(pending, response, actions)
  }

  /** Null where there is no such command. */
  #known(name: string): ((tag: string, args: readonly Argument[], actions: Action[]) => LoginOutcome | null) | null {
    switch (name) {
      case 'CAPABILITY':
        return (tag, _, actions) =>
          this.#say(
            actions,
            `* CAPABILITY ${this.capabilities}`,
            `${tag} OK Pre-login capabilities listed, post-login capabilities have more.`,
          )
      case 'NOOP':
        return (tag, _, actions) => this.#say(actions, `${tag} OK NOOP completed.`)
      case 'LOGOUT':
        return (tag, _, actions) => {
          this.#say(actions, '* BYE Logging out', `${tag} OK Logout completed.`)
          return CLOSES
        }
      case 'ENABLE':
        return (tag, _, actions) =>
          this.#say(actions, '* ENABLED', `${tag} OK ENABLE ignored in non-authenticated state.`)
      case 'ID':
        return (tag, args, actions) => this.#id(tag, args, actions)
      case 'STARTTLS':
        return (tag, _, actions) => this.#startTls(tag, actions)
      case 'LOGIN':
        return (tag, args, actions) => this.#login(tag, args, actions)
      case 'AUTHENTICATE':
        return (tag, args, actions) => this.#authenticate(tag, args, actions)
      default:
        return null
    }
  }

  #id(tag: string, [list]: readonly Argument[], actions: Action[]): LoginOutcome {
    if (list !== undefined && list.type !== 'list' && atomOf(list) !== 'NIL') {
      return this.#say(actions, `${tag} BAD Invalid ID parameters`)
    }
    return this.#say(actions, '* ID ("name" "Dovecot")', `${tag} OK ID completed.`)
  }

  #startTls(tag: string, actions: Action[]): LoginOutcome {
    if (this.secure) return this.#say(actions, `${tag} BAD TLS is already active.`)
    if (this.#server.tls === null) return this.#say(actions, `${tag} BAD TLS support isn't enabled.`)
    this.#say(actions, `${tag} OK Begin TLS negotiation now.`)
    return {type: 'secures'}
  }

  #login(tag: string, args: readonly Argument[], actions: Action[]): LoginOutcome | null {
    const [user, password] = args.map(textOf)
    if (args.length !== 2 || user === null || user === undefined || password === null || password === undefined) {
      return null
    }
    const credential = {user: Buffer.from(user, 'latin1'), password: Buffer.from(password, 'latin1'), method: 'login'}
    if (this.#protected) return this.#decide(tag, credential, actions)
    this.#record(credential, null, actions)
    return this.#say(
      actions,
      EXPOSED,
      `${tag} NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.`,
    )
  }

  #authenticate(tag: string, args: readonly Argument[], actions: Action[]): LoginOutcome | null {
    const [name, initial, ...more] = args.map(textOf)
    if (name === undefined || name === null) return null
    const mechanism = Object.hasOwn(MECHANISMS, name.toUpperCase()) ? MECHANISMS[name.toUpperCase()] : undefined
    if (mechanism === undefined || !this.#server.mechanisms.includes(mechanism)) {
      return this.#say(actions, `${tag} NO [ALERT] Unsupported authentication mechanism.`)
    }
    const pending = {tag, exchange: new SaslExchange(mechanism)}
    const response = initial === undefined ? undefined : fromBase64(initial ?? '')
    if (response === null || more.length > 0) {
      return this.#say(actions, `${tag} BAD Invalid base64 data in initial response`)
    }
    if (!this.#protected) return this.#tooOpen(pending, response, actions)
    if (response !== undefined) return this.#step(pending, response, actions)
    this.#pending = pending
    return this.#say(actions, `+ ${pending.exchange.opening}`)
  }

  /** Refused for want of TLS; what came with the request was said all the same. */
  #tooOpen(
    {tag, exchange}: {tag: string; exchange: SaslExchange},
    response: Buffer | undefined,
    actions: Action[],
  ): LoginOutcome {
    const step = response === undefined ? null : exchange.take(response)
    if (step?.type === 'credential') this.#record({...step, method: methodOf(exchange)}, null, actions)
    return this.#say(actions, `${tag} NO [PRIVACYREQUIRED] Plaintext authentication disabled.`)
  }

  #step(pending: {tag: string; exchange: SaslExchange}, response: Buffer, actions: Action[]): LoginOutcome {
    const step = pending.exchange.take(response)
    if (step.type === 'challenge') {
      this.#pending = pending
      return this.#say(actions, `+ ${step.text}`)
    }
    if (step.type === 'failed') return this.#refuse(pending.tag, actions)
    return this.#decide(pending.tag, {...step, method: methodOf(pending.exchange)}, actions)
  }

  #decide(tag: string, credential: Given, actions: Action[]): LoginOutcome {
    const account = this.#server.store.admit(credential.user, credential.password)
    this.#record(credential, account, actions)
    return account === null ? this.#refuse(tag, actions) : {type: 'enters', account, tag}
  }

  #refuse(tag: string, actions: Action[]): LoginOutcome {
    const spread = (this.#connection.random(1)[0] ?? 0) / 256
    actions.push(delay(FAILURE_MS + Math.round(spread * FAILURE_SPREAD_MS)))
    return this.#say(actions, `${tag} NO [AUTHENTICATIONFAILED] Authentication failed.`)
  }

  #record({user, password, method}: Given, account: MailAccount | null, actions: Action[]): void {
    const {credential} = this.#connection.limits
    const principal = printable(user.subarray(0, credential))
    const outcome = account === null ? 'failure' : 'success'
    const secret = sample(password, credential)
    actions.push(report({event: 'auth.attempt', credential: {principal, method, secret, outcome}}))
  }

  #invalid(tag: string, actions: Action[]): LoginOutcome {
    if (++this.#bad >= MAX_BAD) {
      this.#say(actions, '* BYE Too many invalid IMAP commands.')
      return CLOSES
    }
    return this.#say(actions, `${tag} BAD ${GENERIC}`)
  }

  #say(actions: Action[], ...lines: string[]): LoginOutcome {
    actions.push(write(lines.map((line) => `${line}\r\n`).join('')))
    return GOES_ON
  }
}

interface Given {
  readonly user: Buffer
  readonly password: Buffer
  readonly method: string
}

const methodOf = ({mechanism}: SaslExchange): string => `sasl-${mechanism.toLowerCase()}`

/** One connection to the decoy IMAP server (RFC 3501). */
import {FOREIGN, LOGIN_LINE, SASL_LINE} from '../../mailbox/dovecot.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, upgrade, write} from '../../service.ts'
import {CommandReader, type Read, type Segment} from './command-reader.ts'
import {Login, type LoginOutcome} from './login.ts'
import {MAX_LINE, MailStage} from './mail-stage.ts'
import type {ImapServer} from './state.ts'

/** It refuses to hear of larger literals; those that are smaller, but not that small, overflow its buffer. */
const LOGIN_LITERAL = 8192
const OVERFLOW = '* BYE Input buffer full, aborting\r\n'

export class ImapSession implements ProtocolSession {
  readonly #server: ImapServer
  readonly #connection: Connection
  readonly #reader = new CommandReader({line: LOGIN_LINE, literals: LOGIN_LINE})
  readonly #login: Login
  #mail: MailStage | null = null
  #commands = 0
  #closing = false

  constructor(server: ImapServer, connection: Connection, secure: boolean) {
    this.#server = server
    this.#connection = connection
    this.#login = new Login(server, connection, secure)
  }

  get authenticated(): boolean {
    return this.#mail !== null
  }

  open(): Action[] {
    return [write(this.#login.greeting)]
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#mail?.refresh()
    for (let rest = bytes; rest.length > 0 && !this.#closing; ) {
      const {read, used} = this.#reader.feed(rest)
      rest = rest.subarray(used)
      if (read === null) break
      const {tls} = this.#server
      if (this.#take(read, actions) && tls !== null) {
        actions.push(upgrade(tls, rest.length > 0 ? {received: Buffer.from(rest)} : {}))
        break
      }
    }
    return actions
  }

  secured(): Action[] {
    this.#login.secure = true
    return []
  }

  end(): Action[] {
    const {pending} = this.#reader
    if (pending.length === 0) return [CLOSE]
    return [this.#malformed('no end of the command', pending), CLOSE]
  }

  timeout(): Action[] {
    return [write('* BYE Disconnected for inactivity.\r\n')]
  }

  /** True: TLS is to begin. */
  #take(read: Read, actions: Action[]): boolean {
    if (++this.#commands > this.#connection.limits.commands) {
      this.#close(actions)
      return false
    }
    if (read.type === 'overflow') this.#overflow(actions)
    else if (this.#mail?.idling === true || this.#login.exchanging) return this.#line(read.segments, read.type, actions)
    else if (read.type === 'literal') this.#literal(read, actions)
    else if (this.#mail !== null) this.#mailCommand(this.#mail, read.segments, actions)
    else return this.#guestCommand(read.segments, actions)
    return false
  }

  #mailCommand(mail: MailStage, segments: readonly Segment[], actions: Action[]): void {
    mail.command(segments, actions)
    actions.push(this.#record(segments, mail.status, mail.inside.user))
    if (mail.closing) this.#close(actions)
  }

  #guestCommand(segments: readonly Segment[], actions: Action[]): boolean {
    const said = actions.length
    const outcome = this.#login.command(segments, actions)
    const text = lineOf(segments)
    if (FOREIGN.test(text)) actions.push(report({event: 'probe', data: this.#facts('another protocol', text)}))
    else if (!tried(actions.slice(said)) && !this.#login.exchanging) {
      actions.push(this.#record(segments, statusOf(actions.slice(said)), null))
    }
    return this.#follow(outcome, actions)
  }

  /** A line that is no command: of an authentication, or the end of IDLE. */
  #line(segments: readonly Segment[], type: 'command' | 'literal', actions: Action[]): boolean {
    if (type === 'literal') this.#reader.refuse(false)
    const text = lineOf(segments)
    if (this.#mail !== null) {
      this.#mail.endIdle(text, actions)
      return false
    }
    return this.#follow(this.#login.response(text, actions), actions)
  }

  /** True: TLS is to begin. */
  #follow(outcome: LoginOutcome, actions: Action[]): boolean {
    if (outcome.type === 'closes') this.#close(actions)
    if (outcome.type === 'enters') {
      this.#mail = new MailStage(this.#server, this.#connection, outcome.account)
      actions.push(write(`${outcome.tag} OK [CAPABILITY ${this.#server.dovecot.after}] Logged in\r\n`))
      this.#reader.limits = {line: MAX_LINE, literals: this.#connection.limits.uploadBytes}
    } else {
      const line = this.#login.exchanging ? SASL_LINE : LOGIN_LINE
      this.#reader.limits = {line, literals: LOGIN_LINE}
    }
    return outcome.type === 'secures'
  }

  #literal({announced, segments}: Extract<Read, {type: 'literal'}>, actions: Action[]): void {
    const fits = this.#reader.fits(announced.size)
    if (this.#mail !== null) {
      const decision = this.#mail.literal(segments, announced, fits, actions)
      if (decision.type === 'accept') this.#reader.accept()
      else {
        actions.push(this.#record(segments, this.#mail.status, this.#mail.inside.user))
        this.#reader.refuse(decision.type === 'refuse' && decision.swallow)
      }
      if (this.#mail.closing) this.#close(actions)
      return
    }
    if (announced.size >= LOGIN_LITERAL || !fits) {
      actions.push(this.#malformed('literal', Buffer.from(lineOf(segments), 'latin1')))
      actions.push(write(announced.size >= LOGIN_LITERAL ? '* BYE Literal size too large\r\n' : OVERFLOW))
      this.#close(actions)
      return
    }
    if (announced.waits) actions.push(write('+ OK\r\n'))
    this.#reader.accept()
  }

  #overflow(actions: Action[]): void {
    actions.push(report({event: 'malformed', data: {reason: 'long line'}}))
    if (this.#mail !== null) {
      this.#mail.tooLong(actions)
      if (this.#mail.closing) this.#close(actions)
      return
    }
    actions.push(write(OVERFLOW))
    this.#close(actions)
  }

  #record(segments: readonly Segment[], status: string, user: string | null): Action {
    const line = segments.map((segment) => (segment.type === 'text' ? segment.text : segment.data.toString('latin1')))
    const text = Buffer.from(line.join('\n').slice(0, this.#connection.limits.sample), 'latin1')
    return report({event: 'command', data: {line: sample(text, this.#connection.limits.sample), status, user}})
  }

  #facts(reason: string, text: string): {reason: string; input: unknown} {
    return {reason, input: sample(Buffer.from(text, 'latin1'), this.#connection.limits.sample)}
  }

  #malformed(reason: string, bytes: Buffer): Action {
    return report({event: 'malformed', data: {reason, input: sample(bytes, this.#connection.limits.sample)}})
  }

  #close(actions: Action[]): void {
    if (!this.#closing) actions.push(CLOSE)
    this.#closing = true
  }
}

function lineOf(segments: readonly Segment[]): string {
  const last = segments.findLast(({type}) => type === 'text')
  return last?.type === 'text' ? last.text : ''
}

/** Whether a credential was recorded, which says more than the command. */
const tried = (actions: readonly Action[]): boolean =>
  actions.some((action) => action.type === 'event' && action.event.credential !== undefined)

/** How a command was answered, read off the last line. */
function statusOf(actions: readonly Action[]): string {
  const last = actions.findLast(({type}) => type === 'write')
  const text = last?.type === 'write' ? last.data.toString('latin1') : ''
  return /^\S+ (OK|NO|BAD|BYE)\b/.exec(text.trimEnd().split('\r\n').at(-1) ?? '')?.[1] ?? ''
}

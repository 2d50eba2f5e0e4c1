/** One connection to the decoy POP3 server (RFC 1939). */
import {LineReader} from '../../line-reader.ts'
import {FOREIGN, LOGIN_LINE, SASL_LINE} from '../../mailbox/dovecot.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, upgrade, write} from '../../service.ts'
import {Login} from './login.ts'
import {Maildrop} from './maildrop.ts'
import type {Outcome, Pop3Server} from './state.ts'

const MAIL_LINE = 8192
const SECRET: ReadonlySet<string> = new Set(['USER', 'PASS', 'AUTH', 'APOP'])

export class Pop3Session implements ProtocolSession {
  readonly #server: Pop3Server
  readonly #connection: Connection
  readonly #reader = new LineReader(LOGIN_LINE)
  readonly #login: Login
  #drop: Maildrop | null = null
  #commands = 0
  #closing = false

  constructor(server: Pop3Server, connection: Connection, secure: boolean) {
    this.#server = server
    this.#connection = connection
    this.#login = new Login(server, connection, secure)
  }

  get authenticated(): boolean {
    return this.#drop !== null
  }

  open(): Action[] {
    return [write(`+OK ${this.#server.dovecot.greeting}\r\n`)]
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#drop?.refresh()
    for (let rest = bytes; rest.length > 0 && !this.#closing; ) {
      const {line, overflow, used} = this.#reader.feed(rest)
      rest = rest.subarray(used)
      if (overflow) this.#overflow(actions)
      if (line === null) break
      const {tls} = this.#server
      if (this.#take(line, actions) && tls !== null) {
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
    return pending.length === 0 ? [CLOSE] : [this.#found('malformed', 'no end of line', pending), CLOSE]
  }

  timeout(): Action[] {
    return [write('-ERR Disconnected for inactivity.\r\n')]
  }

  /** True: TLS is to begin. */
  #take(line: string, actions: Action[]): boolean {
    if (++this.#commands > this.#connection.limits.commands) {
      this.#close(actions)
      return false
    }
    if (this.#drop === null && this.#login.exchanging) return this.#follow(this.#login.response(line, actions), actions)
    const at = line.indexOf(' ')
    const name = (at < 0 ? line : line.slice(0, at)).toUpperCase()
    const argument = at < 0 ? '' : line.slice(at + 1)
    const said = actions.length
    const stage = this.#drop ?? this.#login
    const outcome = stage.command(name, argument, actions)
    actions.push(...this.#recorded(line, name, actions.slice(said)))
    return this.#follow(outcome, actions)
  }

  #follow(outcome: Outcome, actions: Action[]): boolean {
    const {account} = this.#login
    if (outcome === 'closes') this.#close(actions)
    if (outcome === 'enters' && account !== null) {
      this.#drop = new Maildrop(account, this.#connection.now())
      actions.push(write('+OK Logged in.\r\n'))
    }
    this.#reader.limit = this.#drop !== null ? MAIL_LINE : this.#login.exchanging ? SASL_LINE : LOGIN_LINE
    return outcome === 'secures'
  }

  #recorded(line: string, name: string, answer: readonly Action[]): Action[] {
    const bytes = Buffer.from(line, 'latin1')
    if (this.#drop === null && FOREIGN.test(line)) return [this.#found('probe', 'another protocol', bytes)]
    if (this.#drop === null && SECRET.has(name)) return []
    const [first] = answer.filter((action) => action.type === 'write')
    const status = first?.data.toString('latin1', 0, 4).trim().split('\r')[0] ?? ''
    const user = this.#drop?.user ?? null
    return [report({event: 'command', data: {line: sample(bytes, this.#connection.limits.sample), status, user}})]
  }

  #overflow(actions: Action[]): void {
    actions.push(this.#found('malformed', 'long line', this.#reader.pending))
    actions.push(write('-ERR Input buffer full, aborting\r\n'))
    this.#close(actions)
  }

  #found(event: 'malformed' | 'probe', reason: string, bytes: Buffer): Action {
    return report({event, data: {reason, input: sample(bytes, this.#connection.limits.sample)}})
  }

  #close(actions: Action[]): void {
    if (!this.#closing) actions.push(CLOSE)
    this.#closing = true
  }
}

/**
 * One connection to the authentication daemon of ESXi. It has no specification; its commands are like those of FTP:
 *
 *   greeting = "220 VMware Authentication Daemon Version 1.10: SSL Required, …" CR LF   (in clear; then TLS begins)
 *   command  = verb [ SP argument ] CR LF
 */
import {timingSafeEqual} from 'node:crypto'

import {LineReader} from '../../line-reader.ts'
import {printable, sample} from '../../sample.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  delay,
  type ProtocolSession,
  report,
  upgrade,
  write,
} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'

export const GREETING =
  '220 VMware Authentication Daemon Version 1.10: SSL Required, ServerDaemonProtocol:SOAP, ' +
  'MKSDisplayProtocol:VNC , VMXARGS supported, NFCSSL supported/t\r\n'

const MAX_FAILURES = 3
/** What PAM waits after a wrong password. */
const FAILURE_MS = 2000
const FAILURE_SPREAD_MS = 400
const LOGIN_FIRST = '530 Please login with USER and PASS.'

export interface AuthdServer {
  readonly tls: TlsProfile
  readonly users: ReadonlyMap<string, Buffer>
}

export class AuthdSession implements ProtocolSession {
  readonly #server: AuthdServer
  readonly #connection: Connection
  readonly #reader: LineReader
  #user: string | null = null
  #inside = false
  #failures = 0
  #commands = 0
  #closed = false

  constructor(server: AuthdServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#reader = new LineReader(connection.limits.line)
  }

  open(): Action[] {
    return [write(GREETING), upgrade(this.#server.tls)]
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    for (let rest = bytes; rest.length > 0 && !this.#closed; ) {
      const {line, overflow, used} = this.#reader.feed(rest)
      if (overflow) this.#overflow(rest, actions)
      else if (line !== null) this.#run(line, actions)
      rest = rest.subarray(used)
    }
    return actions
  }

  end(): Action[] {
    return this.#closed ? [] : this.#close([])
  }

  #overflow(rest: Buffer, actions: Action[]): void {
    const data = {reason: 'line-too-long', input: sample(rest, this.#connection.limits.sample)}
    actions.push(report({event: 'malformed', data}))
    this.#close(actions)
  }

  #run(line: string, actions: Action[]): void {
    const space = line.indexOf(' ')
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase()
    const argument = space < 0 ? '' : line.slice(space + 1)
    if (verb !== 'PASS') {
      const shown = sample(Buffer.from(line, 'latin1'), this.#connection.limits.sample)
      actions.push(report({event: 'command', data: {line: shown}}))
    }
    this.#answer(verb, argument, actions)
    if (++this.#commands >= this.#connection.limits.commands && !this.#closed) this.#close(actions)
  }

  #answer(verb: string, argument: string, actions: Action[]): void {
    const say = (text: string): unknown => actions.push(write(`${text}\r\n`))
    switch (verb) {
      case 'USER':
        if (argument === '') say('501 Login requires a user name.')
        else {
          this.#user = argument
          say(`331 Password required for ${argument.slice(0, 256)}.`)
        }
        break
      case 'PASS':
        this.#pass(argument, actions)
        break
      case 'QUIT':
        say('221 Goodbye')
        this.#close(actions)
        break
      default:
        say(this.#inside ? '500 Unknown command' : LOGIN_FIRST)
    }
  }

  #pass(password: string, actions: Action[]): void {
    const {limits, random} = this.#connection
    const user = this.#user
    if (user === null) {
      actions.push(write('503 Login with USER first.\r\n'))
      return
    }
    this.#user = null
    const given = Buffer.from(password, 'latin1')
    const expected = this.#server.users.get(user)
    const right = expected !== undefined && expected.length === given.length && timingSafeEqual(expected, given)
    const principal = printable(Buffer.from(user, 'latin1').subarray(0, limits.credential))
    const secret = sample(given, limits.credential)
    const outcome = right ? 'success' : 'failure'
    actions.push(report({event: 'auth.attempt', credential: {principal, method: 'password', secret, outcome}}))
    if (right) {
      this.#inside = true
      actions.push(write(`230 User ${user.slice(0, 256)} logged in.\r\n`))
      return
    }
    const waited = FAILURE_MS + (random(2).readUInt16BE() % FAILURE_SPREAD_MS)
    actions.push(delay(waited), write('530 Login incorrect.\r\n'))
    if (++this.#failures >= MAX_FAILURES) this.#close(actions)
  }

  #close(actions: Action[]): Action[] {
    this.#closed = true
    actions.push(CLOSE)
    return actions
  }
}

/** AUTHORIZATION (RFC 1939 section 4; RFC 2449 CAPA, RFC 2595 STLS, RFC 5034 AUTH) as Dovecot's pop3-login has it. */
import type {MailAccount} from '../../mailbox/mail-store.ts'
import {fromBase64, SaslExchange, type SaslMechanism} from '../../mailbox/sasl.ts'
import {printable, sample} from '../../sample.ts'
import {type Action, type Connection, delay, report, write} from '../../service.ts'
import {capabilities} from './capabilities.ts'
import type {Outcome, Pop3Server} from './state.ts'

/** Commands in a row that pop3-login does not know. */
const MAX_BAD = 3
/** `auth_failure_delay`, and a little for the look at the password. */
const FAILURE_MS = 2000
const FAILURE_SPREAD_MS = 60
const MECHANISMS: Readonly<Record<string, SaslMechanism>> = {PLAIN: 'PLAIN', LOGIN: 'LOGIN'}
const DISALLOWED = '-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.'

interface Given {
  readonly user: Buffer
  readonly password: Buffer
  readonly method: string
}

export class Login {
  secure: boolean
  readonly #server: Pop3Server
  readonly #connection: Connection
  #user: Buffer | null = null
  #exchange: SaslExchange | null = null
  #bad = 0
  account: MailAccount | null = null

  constructor(server: Pop3Server, connection: Connection, secure: boolean) {
    this.#server = server
    this.#connection = connection
    this.secure = secure
  }

  /** The next line is no command. */
  get exchanging(): boolean {
    return this.#exchange !== null
  }

  get #protected(): boolean {
    return this.secure || this.#server.plaintext
  }

  command(name: string, argument: string, actions: Action[]): Outcome {
    const bad = this.#bad
    this.#bad = 0
    switch (name) {
      case 'CAPA': {
        const {mechanisms, tls} = this.#server
        return say(
          actions,
          ...capabilities({login: this.#protected ? mechanisms : [], tls: tls !== null && !this.secure}),
        )
      }
      case 'USER':
        return this.#named(argument, actions)
      case 'PASS':
        return this.#pass(argument, actions)
      case 'APOP':
        return say(actions, '-ERR APOP not enabled.')
      case 'AUTH':
        return this.#auth(argument, actions)
      case 'STLS':
        return this.#startTls(actions)
      case 'QUIT':
        say(actions, '+OK Logging out')
        return 'closes'
      default:
        return this.#unknown(bad + 1, actions)
    }
  }

  /** The client's answer within an authentication. */
  response(line: string, actions: Action[]): Outcome {
    const exchange = this.#exchange
    this.#exchange = null
    if (exchange === null) return 'goes on'
    if (line === '*') return say(actions, '-ERR Authentication aborted by client.')
    const response = fromBase64(line)
    if (response === null) return say(actions, '-ERR [AUTH] Invalid base64 in response')
    return this.#step(exchange, response, actions)
  }

  #unknown(bad: number, actions: Action[]): Outcome {
    this.#bad = bad
    say(actions, '-ERR Unknown command.')
    if (bad < MAX_BAD) return 'goes on'
    say(actions, '-ERR Too many invalid bad commands.')
    return 'closes'
  }

  #startTls(actions: Action[]): Outcome {
    if (this.secure) return say(actions, '-ERR TLS is already active.')
    if (this.#server.tls === null) return say(actions, "-ERR TLS support isn't enabled.")
    say(actions, '+OK Begin TLS negotiation now.')
    return 'secures'
  }

  #named(argument: string, actions: Action[]): Outcome {
    if (!this.#protected) return say(actions, DISALLOWED)
    this.#user = Buffer.from(argument, 'latin1')
    return say(actions, '+OK')
  }

  #pass(argument: string, actions: Action[]): Outcome {
    const password = Buffer.from(argument, 'latin1')
    if (!this.#protected) {
      this.#record({user: Buffer.alloc(0), password, method: 'password'}, null, actions)
      return say(actions, DISALLOWED)
    }
    const user = this.#user
    this.#user = null
    if (user === null) return say(actions, '-ERR No username given.')
    return this.#decide({user, password, method: 'password'}, actions)
  }

  #auth(argument: string, actions: Action[]): Outcome {
    const [name = '', initial] = argument.split(' ', 2)
    const {mechanisms} = this.#server
    if (name === '') return say(actions, '+OK', ...(this.#protected ? mechanisms : []), '.')
    const wanted = name.toUpperCase()
    const mechanism = Object.hasOwn(MECHANISMS, wanted) ? MECHANISMS[wanted] : undefined
    if (mechanism === undefined || !mechanisms.includes(mechanism)) {
      return say(actions, '-ERR [AUTH] Unsupported authentication mechanism.')
    }
    const exchange = new SaslExchange(mechanism)
    const response = initial === undefined ? undefined : fromBase64(initial)
    if (!this.#protected) return this.#tooOpen(exchange, response ?? undefined, actions)
    if (response === null) return say(actions, '-ERR [AUTH] Invalid base64 data in initial response')
    if (response !== undefined) return this.#step(exchange, response, actions)
    this.#exchange = exchange
    return say(actions, `+ ${exchange.opening}`)
  }

  /** Refused for want of TLS; what came with the request was said all the same. */
  #tooOpen(exchange: SaslExchange, response: Buffer | undefined, actions: Action[]): Outcome {
    const step = response === undefined ? null : exchange.take(response)
    if (step?.type === 'credential') this.#record({...step, method: methodOf(exchange)}, null, actions)
    return say(actions, '-ERR [AUTH] Plaintext authentication disabled.')
  }

  #step(exchange: SaslExchange, response: Buffer, actions: Action[]): Outcome {
    const step = exchange.take(response)
    if (step.type === 'challenge') {
      this.#exchange = exchange
      return say(actions, `+ ${step.text}`)
    }
    if (step.type === 'failed') return this.#refuse(actions)
    return this.#decide({...step, method: methodOf(exchange)}, actions)
  }

  #decide(given: Given, actions: Action[]): Outcome {
    this.account = this.#server.store.admit(given.user, given.password)
    this.#record(given, this.account, actions)
    return this.account === null ? this.#refuse(actions) : 'enters'
  }

  #refuse(actions: Action[]): Outcome {
    const spread = (this.#connection.random(1)[0] ?? 0) / 256
    actions.push(delay(FAILURE_MS + Math.round(spread * FAILURE_SPREAD_MS)))
    return say(actions, '-ERR [AUTH] Authentication failed.')
  }

  #record({user, password, method}: Given, account: MailAccount | null, actions: Action[]): void {
    const {credential} = this.#connection.limits
    const principal = printable(user.subarray(0, credential))
    const outcome = account === null ? 'failure' : 'success'
    const secret = sample(password, credential)
    actions.push(report({event: 'auth.attempt', credential: {principal, method, secret, outcome}}))
  }
}

const methodOf = ({mechanism}: SaslExchange): string => `sasl-${mechanism.toLowerCase()}`

function say(actions: Action[], ...lines: readonly string[]): Outcome {
  actions.push(write(lines.map((line) => `${line}\r\n`).join('')))
  return 'goes on'
}

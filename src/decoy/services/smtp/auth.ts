/**
 * One exchange of AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN (a draft that all servers have), NTLM (MS-SMTPNTLM) and
 * GSSAPI as Exchange takes it, with NTLM inside.
 *
 *   AUTH mechanism [base64 / "="] CRLF *( "334 " base64 CRLF (base64 / "*") CRLF )
 */
import type {ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {ntlmAttempt} from '../../codecs/credentials/ntlm-attempt.ts'
import {NtlmAcceptor} from '../../codecs/ntlm/acceptor.ts'
import {sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {malformed, passwordAttempt} from './evidence.ts'
import type {MailServer} from './state.ts'

const BASE_64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const USERNAME = Buffer.from('Username:').toString('base64')
const PASSWORD = Buffer.from('Password:').toString('base64')

export type AuthStep =
  /** Goes on, with this behind `334 `. */
  | {readonly type: 'prompt'; readonly text: string}
  | {readonly type: 'cancelled'}
  | {readonly type: 'undecodable'; readonly text: string; readonly initial: boolean}
  /** `user` is null where it failed; `prompt` is what was asked last. */
  | {
      readonly type: 'judged'
      readonly user: string | null
      readonly prompt: string
      readonly events: readonly ServiceEvent[]
    }

interface Mechanism {
  /** What is asked first, of a client that sent nothing along. */
  readonly prompt: string
  answer(bytes: Buffer): AuthStep
}

export class AuthExchange {
  readonly name: string
  readonly #mechanism: Mechanism

  /** @param name one of those that the product takes. */
  constructor(name: string, server: MailServer, connection: Connection) {
    this.name = name
    this.#mechanism = mechanismOf(name, server, connection)
  }

  /** @param initial what stands behind the mechanism; null: nothing. */
  begin(initial: string | null): AuthStep {
    if (initial === null) return {type: 'prompt', text: this.#mechanism.prompt}
    return initial === '=' ? this.#mechanism.answer(Buffer.alloc(0)) : this.#decoded(initial, true)
  }

  answer(line: string): AuthStep {
    return line === '*' ? {type: 'cancelled'} : this.#decoded(line, false)
  }

  #decoded(text: string, initial: boolean): AuthStep {
    if (!BASE_64.test(text)) return {type: 'undecodable', text, initial}
    return this.#mechanism.answer(Buffer.from(text, 'base64'))
  }
}

function mechanismOf(name: string, server: MailServer, connection: Connection): Mechanism {
  if (name === 'PLAIN') return {prompt: '', answer: (bytes) => plain(bytes, server, connection)}
  if (name === 'LOGIN') return new LoginMechanism(server, connection)
  return new NtlmMechanism(name, server, connection)
}

/** The honey user of that name and password. Names of Windows may have a domain before them. */
function judge(
  name: string,
  secret: string,
  method: string,
  prompt: string,
  server: MailServer,
  {limits}: Connection,
): AuthStep {
  const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')
  const success = server.users.passwords(utf8(name).replace(/^.*\\/, '')).includes(utf8(secret))
  const events = [passwordAttempt({name, secret, method, success}, limits)]
  return {type: 'judged', user: success ? name : null, prompt, events}
}

/** message = [authzid] NUL authcid NUL passwd */
function plain(bytes: Buffer, server: MailServer, connection: Connection): AuthStep {
  const parts = bytes.toString('latin1').split('\0')
  const [, name = '', ...secret] = parts
  if (parts.length >= 3) return judge(name, secret.join('\0'), 'plain', '', server, connection)
  const events = bytes.length === 0 ? [] : [malformed('AUTH PLAIN without its parts', bytes, connection.limits)]
  return {type: 'judged', user: null, prompt: '', events}
}

class LoginMechanism implements Mechanism {
  readonly prompt = USERNAME
  readonly #server: MailServer
  readonly #connection: Connection
  #name: string | null = null

  constructor(server: MailServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
  }

  answer(bytes: Buffer): AuthStep {
    const text = bytes.toString('latin1')
    if (this.#name !== null) return judge(this.#name, text, 'login', PASSWORD, this.#server, this.#connection)
    if (text === '' && !this.#server.mta.auth.emptyNames)
      return {type: 'judged', user: null, prompt: USERNAME, events: []}
    this.#name = text
    return {type: 'prompt', text: PASSWORD}
  }
}

class NtlmMechanism implements Mechanism {
  readonly prompt: string
  readonly #connection: Connection
  readonly #acceptor: NtlmAcceptor

  constructor(name: string, server: MailServer, connection: Connection) {
    // MS-SMTPNTLM 2.2.1.2: words, not base64.
    this.prompt = `${name} supported`
    this.#connection = connection
    const {random, now} = connection
    this.#acceptor = new NtlmAcceptor({identity: server.identity, passwords: server.users.passwords, random, now})
  }

  answer(bytes: Buffer): AuthStep {
    try {
      return this.#step(bytes)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return this.#failed([malformed(error.message, bytes, this.#connection.limits)])
    }
  }

  #step(bytes: Buffer): AuthStep {
    const {limits} = this.#connection
    const step = this.#acceptor.step(bytes)
    if (step.type === 'continue') return {type: 'prompt', text: step.token.toString('base64')}
    if (step.type === 'foreign') {
      const secret = sample(bytes, limits.credential)
      const credential = {principal: '', method: 'kerberos', secret, outcome: 'failure'} as const
      return this.#failed([{event: 'auth.attempt', credential}])
    }
    const success = step.session !== null
    const events = [ntlmAttempt(step.message, step.serverChallenge, success, limits)]
    return success
      ? {type: 'judged', user: Buffer.from(step.message.user, 'utf8').toString('latin1'), prompt: '', events}
      : this.#failed(events)
  }

  #failed(events: readonly ServiceEvent[]): AuthStep {
    return {type: 'judged', user: null, prompt: '', events}
  }
}

/** Decides logins: passwords of SQL logins, and NTLM of Windows logins, over which Kerberos never comes to anything. */
import type {Credential} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {ntlmLine} from '../../codecs/credentials/ntlm.ts'
import {parseAuthenticate} from '../../codecs/ntlm/authenticate.ts'
import {buildChallenge, type TargetNames} from '../../codecs/ntlm/challenge.ts'
import {MESSAGE_TYPE, messageType, type NtlmVersion} from '../../codecs/ntlm/message.ts'
import {parseNegotiate} from '../../codecs/ntlm/negotiate.ts'
import {verifyResponse} from '../../codecs/ntlm/responses.ts'
import {MECHANISM} from '../../codecs/spnego/mechanisms.ts'
import {buildResponse, NEG_STATE} from '../../codecs/spnego/negotiation.ts'
import {ntlmMessage, parseSecurityBlob} from '../../codecs/spnego/security-blob.ts'
import {domainOf, ntlmNames} from '../../persona/domain.ts'
import {windowsRelease} from '../../persona/windows.ts'
import type {Persona} from '../../persona.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {onWindows} from './releases.ts'
import type {SqlMessage} from './tds/tokens.ts'

const CHALLENGE_SIZE = 8

/** Who may come in, by lower-case name. */
export type Users = ReadonlyMap<string, string>

/** Who the machine says it is in an NTLM challenge; null where it is no Windows, and there are no Windows logins. */
export interface Self {
  readonly names: TargetNames
  readonly version: NtlmVersion
}

export function windowsSelf(persona: Persona): Self | null {
  if (!onWindows(persona)) return null
  const {netbiosComputer, dnsComputer} = ntlmNames(persona)
  const domain = domainOf(persona)
  return {
    names: {
      netbiosComputer,
      dnsComputer,
      domain: domain === null ? null : {netbios: domain.netbios, dns: domain.dns, forest: domain.dns},
    },
    version: windowsRelease(persona),
  }
}

export type LogonStep =
  /** Sent in a token; the client's answer is fed next. */
  | {readonly type: 'challenge'; readonly blob: Buffer}
  | {readonly type: 'accept'; readonly login: string; readonly credential: Credential}
  | {readonly type: 'deny'; readonly error: SqlMessage; readonly credential: Credential}

export const loginFailed = (user: string): SqlMessage => ({
  number: 18_456,
  state: 1,
  severity: 14,
  text: `Login failed for user '${user}'.`,
})
const UNTRUSTED: SqlMessage = {
  number: 18_452,
  state: 1,
  severity: 14,
  text: 'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.',
}

const principalOf = (name: string, {limits}: Connection): string =>
  printable(Buffer.from(name, 'utf8').subarray(0, limits.credential))

export function sqlLogon(
  {user, password}: {readonly user: string; readonly password: string},
  users: Users,
  connection: Connection,
): LogonStep {
  const known = users.get(user.toLowerCase())
  const credential = {
    principal: principalOf(user, connection),
    method: 'password',
    secret: sample(password, connection.limits.credential),
  }
  if (known !== undefined && known === password) {
    return {type: 'accept', login: user, credential: {...credential, outcome: 'success'}}
  }
  return {type: 'deny', error: loginFailed(user), credential: {...credential, outcome: 'failure'}}
}

/** The two messages of an integrated login. Throws `CodecError` for what is neither. */
export class WindowsLogon {
  readonly #self: Self | null
  readonly #users: Users
  readonly #connection: Connection
  #pending: {readonly serverChallenge: Buffer; readonly flags: number} | null = null

  constructor(self: Self | null, users: Users, connection: Connection) {
    this.#self = self
    this.#users = users
    this.#connection = connection
  }

  feed(bytes: Buffer): LogonStep {
    const blob = parseSecurityBlob(bytes)
    const message = ntlmMessage(blob)
    if (message === null || this.#self === null) return this.#foreign(bytes)
    const type = messageType(message)
    if (type === MESSAGE_TYPE.AUTHENTICATE) return this.#authenticate(message)
    if (type !== MESSAGE_TYPE.NEGOTIATE) throw new CodecError('an NTLM message that only servers send')
    const {flags} = parseNegotiate(message)
    const serverChallenge = this.#connection.random(CHALLENGE_SIZE)
    const {names, version} = this.#self
    const token = buildChallenge(flags, {names, version, serverChallenge, now: this.#connection.now()})
    this.#pending = {serverChallenge, flags}
    const wrapped = {state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP, token}
    return {type: 'challenge', blob: blob.wrapping === 'spnego' ? buildResponse(wrapped) : token}
  }

  #authenticate(bytes: Buffer): LogonStep {
    const pending = this.#pending
    this.#pending = null
    if (pending === null) throw new CodecError('an NTLM response without a challenge')
    const message = parseAuthenticate(bytes, pending.flags)
    const hash = ntlmLine(message, pending.serverChallenge)
    const credential = {
      principal: principalOf(message.user, this.#connection),
      domain: principalOf(message.domain, this.#connection),
      method: message.response.kind,
      ...(hash === null ? {} : {hash}),
    }
    const password = this.#users.get(message.user.toLowerCase())
    const right = password !== undefined && verifyResponse(message, pending.serverChallenge, password) !== null
    if (!right) return {type: 'deny', error: UNTRUSTED, credential: {...credential, outcome: 'failure'}}
    const home = this.#self?.names.domain?.netbios ?? this.#self?.names.netbiosComputer ?? ''
    const login = `${message.domain === '' ? home : message.domain.toUpperCase()}\\${message.user}`
    return {type: 'accept', login, credential: {...credential, outcome: 'success'}}
  }

  /** A Kerberos ticket, which is for a service whose key nobody has. */
  #foreign(bytes: Buffer): LogonStep {
    const secret = sample(bytes, this.#connection.limits.credential)
    const credential = {principal: '', method: 'sspi', secret, outcome: 'failure'} as const
    return {type: 'deny', error: UNTRUSTED, credential}
  }
}

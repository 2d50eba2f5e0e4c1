/** Windows authentication of IIS: NTLM and Negotiate over HTTP (MS-NTHT §2.2, RFC 4559), three requests on one connection. */
import type {Credential, ServiceEvent} from '../../../../events/event.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {ntlmLine} from '../../../codecs/credentials/ntlm.ts'
import {type AuthenticateMessage, parseAuthenticate} from '../../../codecs/ntlm/authenticate.ts'
import {buildChallenge, type TargetNames} from '../../../codecs/ntlm/challenge.ts'
import {MESSAGE_TYPE, messageType, type NtlmVersion} from '../../../codecs/ntlm/message.ts'
import {parseNegotiate} from '../../../codecs/ntlm/negotiate.ts'
import {verifyResponse} from '../../../codecs/ntlm/responses.ts'
import {MECHANISM} from '../../../codecs/spnego/mechanisms.ts'
import {buildResponse, NEG_STATE} from '../../../codecs/spnego/negotiation.ts'
import {ntlmMessage, parseSecurityBlob, type SecurityBlob} from '../../../codecs/spnego/security-blob.ts'
import {domainOf, ntlmNames} from '../../../persona/domain.ts'
import {windowsRelease} from '../../../persona/windows.ts'
import type {Persona} from '../../../persona.ts'
import {printable, sample} from '../../../sample.ts'
import type {Connection} from '../../../service.ts'
import {header, type RequestHead} from '../request/message.ts'
import {type Access, type CreateGuard, GRANTED, type Guard, type Verdict} from './guard.ts'

const SCHEMES = ['Negotiate', 'NTLM'] as const
type Scheme = (typeof SCHEMES)[number]

const REFUSED: Access = {kind: 'refused', challenges: SCHEMES}
const AUTHORIZATION = /^(negotiate|ntlm)[ \t]+([a-z0-9+/=]+)[ \t]*$/i
const CHALLENGE_SIZE = 8

/** The passwords with which somebody of that name gets in. */
export type Passwords = (name: string) => readonly string[]

/** Who the machine says it is in an NTLM challenge. */
interface Self {
  readonly names: TargetNames
  readonly version: NtlmVersion
}

interface Pending {
  readonly serverChallenge: Buffer
  /** The client's flags, which hold for what follows. */
  readonly flags: number
}

export function windowsGuard(persona: Persona, passwords: Passwords): CreateGuard {
  const {netbiosComputer, dnsComputer} = ntlmNames(persona)
  const domain = domainOf(persona)
  const self: Self = {
    names: {
      netbiosComputer,
      dnsComputer,
      domain: domain === null ? null : {netbios: domain.netbios, dns: domain.dns, forest: domain.dns},
    },
    version: windowsRelease(persona),
  }
  return (connection) => new WindowsGuard(self, passwords, connection)
}

class WindowsGuard implements Guard {
  readonly #self: Self
  readonly #passwords: Passwords
  readonly #connection: Connection
  #pending: Pending | null = null
  /** The connection is somebody's: further requests need no header. */
  #authenticated = false

  constructor(self: Self, passwords: Passwords, connection: Connection) {
    this.#self = self
    this.#passwords = passwords
    this.#connection = connection
  }

  check(head: RequestHead): Verdict {
    const value = header(head.headers, 'authorization')
    if (value === undefined) return {access: this.#authenticated ? GRANTED : REFUSED, events: null}
    const [, scheme = '', token = ''] = AUTHORIZATION.exec(value) ?? []
    this.#authenticated = false
    if (token === '') return {access: REFUSED, events: null}
    const bytes = Buffer.from(token, 'base64')
    try {
      return this.#token(scheme.toLowerCase() === 'ntlm' ? 'NTLM' : 'Negotiate', bytes)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return {access: REFUSED, events: [malformed(error.message, bytes, this.#connection)]}
    }
  }

  #token(scheme: Scheme, bytes: Buffer): Verdict {
    const blob = parseSecurityBlob(bytes)
    const message = ntlmMessage(blob)
    if (message === null) return this.#foreign(blob, bytes)
    switch (messageType(message)) {
      case MESSAGE_TYPE.NEGOTIATE:
        return {access: this.#negotiate(scheme, blob, message), events: []}
      case MESSAGE_TYPE.AUTHENTICATE:
        return this.#authenticate(message)
      default:
        throw new CodecError('an NTLM message that only servers send')
    }
  }

  #negotiate(scheme: Scheme, blob: SecurityBlob, message: Buffer): Access {
    const {flags} = parseNegotiate(message)
    const serverChallenge = this.#connection.random(CHALLENGE_SIZE)
    const {names, version} = this.#self
    const token = buildChallenge(flags, {names, version, serverChallenge, now: this.#connection.now()})
    this.#pending = {serverChallenge, flags}
    const wrapped =
      blob.wrapping === 'spnego'
        ? buildResponse({state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP, token})
        : token
    return {kind: 'continued', challenge: `${scheme} ${wrapped.toString('base64')}`}
  }

  #authenticate(bytes: Buffer): Verdict {
    const pending = this.#pending
    this.#pending = null
    if (pending === null) throw new CodecError('an NTLM response without a challenge')
    const message = parseAuthenticate(bytes, pending.flags)
    const success = this.#passwords(message.user).some(
      (password) => verifyResponse(message, pending.serverChallenge, password) !== null,
    )
    this.#authenticated = success
    const credential = credentialOf(message, pending.serverChallenge, success, this.#connection.limits.credential)
    const {version} = message
    const data = {
      workstation: shown(message.workstation),
      client: version === null ? null : `${version.major}.${version.minor}.${version.build}`,
    }
    return {access: success ? GRANTED : REFUSED, events: [{event: 'auth.attempt', credential, data}]}
  }

  /** A Kerberos ticket, which is for a service whose key nobody has; or a list of mechanisms without a token. */
  #foreign(blob: SecurityBlob, bytes: Buffer): Verdict {
    const offers = blob.wrapping === 'spnego' && blob.negotiation.kind === 'init' ? blob.negotiation.mechanisms : []
    if (offers[0] === MECHANISM.NTLMSSP) {
      const token = buildResponse({state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP})
      return {access: {kind: 'continued', challenge: `Negotiate ${token.toString('base64')}`}, events: []}
    }
    const secret = sample(bytes, this.#connection.limits.credential)
    const credential: Credential = {principal: '', method: 'kerberos', secret, outcome: 'failure'}
    return {access: REFUSED, events: [{event: 'auth.attempt', credential}]}
  }
}

const NAME_LIMIT = 256
const shown = (text: string): string => printable(Buffer.from(text.slice(0, NAME_LIMIT), 'utf8'))

function credentialOf(
  message: AuthenticateMessage,
  serverChallenge: Buffer,
  success: boolean,
  limit: number,
): Credential {
  const hash = ntlmLine(message, serverChallenge)
  return {
    principal: printable(Buffer.from(message.user, 'utf8').subarray(0, limit)),
    domain: shown(message.domain),
    method: message.response.kind,
    ...(hash === null ? {} : {hash}),
    outcome: success ? 'success' : 'failure',
  }
}

function malformed(what: string, bytes: Buffer, {limits}: Connection): ServiceEvent {
  return {event: 'malformed', data: {what: 'authorization', reason: what, sample: sample(bytes, limits.sample)}}
}

/** One authentication: SPNEGO or bare NTLMSSP over SESSION_SETUP, one token a request (MS-SMB2 §3.3.5.5). */
import {CodecError} from '../../../codecs/codec-error.ts'
import {parseAuthenticate} from '../../../codecs/ntlm/authenticate.ts'
import {buildChallenge, parseChallenge} from '../../../codecs/ntlm/challenge.ts'
import {MESSAGE_TYPE, messageType} from '../../../codecs/ntlm/message.ts'
import {MessageSecurity} from '../../../codecs/ntlm/message-security.ts'
import {parseNegotiate} from '../../../codecs/ntlm/negotiate.ts'
import {MECHANISM} from '../../../codecs/spnego/mechanisms.ts'
import {buildResponse, NEG_STATE, type NegotiationToken} from '../../../codecs/spnego/negotiation.ts'
import {ntlmMessage, parseSecurityBlob, type SecurityBlob} from '../../../codecs/spnego/security-blob.ts'
import type {Connection} from '../../../service.ts'
import {type Attempt, attemptOf} from '../evidence.ts'
import type {SmbHost} from '../host.ts'
import {STATUS} from '../wire/constants.ts'
import {type Account, decide} from './logon.ts'

export type AuthenticationStep =
  | {readonly type: 'continue'; readonly token: Buffer}
  | {readonly type: 'refused'; readonly status: number; readonly attempt: Attempt | null}
  | {
      readonly type: 'accepted'
      readonly account: Account
      readonly key: Buffer | null
      readonly token: Buffer
      readonly attempt: Attempt
    }

interface Challenged {
  readonly negotiate: Buffer
  readonly challenge: Buffer
}

export class Authentication {
  readonly #host: SmbHost
  readonly #connection: Connection
  /** The client's list of mechanisms as it was sent; null where there is no SPNEGO. */
  #mechanisms: Buffer | null = null
  #challenged: Challenged | null = null

  constructor(host: SmbHost, connection: Connection) {
    this.#host = host
    this.#connection = connection
  }

  /** @throws CodecError where the token cannot be read. */
  step(token: Buffer): AuthenticationStep {
    const blob = parseSecurityBlob(token)
    if (blob.wrapping === 'spnego' && blob.negotiation.kind === 'init')
      this.#mechanisms = blob.negotiation.mechanismsRaw
    const ntlm = ntlmMessage(blob)
    if (ntlm === null) return this.#withoutNtlm(blob)
    return messageType(ntlm) === MESSAGE_TYPE.NEGOTIATE ? this.#challenge(ntlm) : this.#judge(ntlm, blob)
  }

  /** A client that prefers another mechanism, as Kerberos, is offered NTLM where it has that too. */
  #withoutNtlm(blob: SecurityBlob): AuthenticationStep {
    const mechanisms = blob.wrapping === 'spnego' && blob.negotiation.kind === 'init' ? blob.negotiation.mechanisms : []
    if (!mechanisms.includes(MECHANISM.NTLMSSP)) {
      return {type: 'refused', status: STATUS.LOGON_FAILURE, attempt: null}
    }
    const token = buildResponse({state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP})
    return {type: 'continue', token}
  }

  #challenge(negotiate: Buffer): AuthenticationStep {
    const {names, version} = this.#host
    const {now, random} = this.#connection
    const {flags} = parseNegotiate(negotiate)
    const challenge = buildChallenge(flags, {names, version, serverChallenge: random(8), now: now()})
    this.#challenged = {negotiate, challenge}
    if (this.#mechanisms === null) return {type: 'continue', token: challenge}
    const state = NEG_STATE.ACCEPT_INCOMPLETE
    return {type: 'continue', token: buildResponse({state, mechanism: MECHANISM.NTLMSSP, token: challenge})}
  }

  #judge(authenticate: Buffer, blob: SecurityBlob): AuthenticationStep {
    const challenged = this.#challenged
    this.#challenged = null
    if (challenged === null) throw new CodecError('an NTLM answer without a challenge')
    const {serverChallenge, flags} = parseChallenge(challenged.challenge)
    const message = parseAuthenticate(authenticate, flags)
    const verdict = decide(this.#host, message, {...challenged, authenticate}, serverChallenge)
    const attempt = attemptOf(message, serverChallenge, verdict.account, this.#connection.limits)
    if (verdict.account === null) return {type: 'refused', status: verdict.status, attempt}
    const {account, key} = verdict
    const mechanisms = this.#mechanisms
    if (mechanisms === null || blob.wrapping !== 'spnego') {
      return {type: 'accepted', account, key, token: Buffer.alloc(0), attempt}
    }
    const mic = key === null ? null : micOf(blob.negotiation, mechanisms, message.flags, key)
    if (mic === 'wrong') return {type: 'refused', status: STATUS.INVALID_PARAMETER, attempt}
    const token = buildResponse({state: NEG_STATE.ACCEPT_COMPLETED, ...(mic === null ? {} : {mic})})
    return {type: 'accepted', account, key, token, attempt}
  }
}

/** The server's mechListMIC, where the client sent one (RFC 4178 §5). */
function micOf(negotiation: NegotiationToken, mechanisms: Buffer, flags: number, key: Buffer): Buffer | null | 'wrong' {
  if (negotiation.mic === undefined) return null
  const incoming = new MessageSecurity(flags, key, 'client-to-server')
  if (!incoming.verify(mechanisms, negotiation.mic)) return 'wrong'
  return new MessageSecurity(flags, key, 'server-to-client').sign(mechanisms)
}

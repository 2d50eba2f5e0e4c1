/**
 * The server's side of one NTLM handshake, with or without SPNEGO around it, for protocols that then seal messages:
 * CredSSP, MS-RPCE and WS-Management.
 */
import {CodecError} from '../codec-error.ts'
import {MECHANISM} from '../spnego/mechanisms.ts'
import {buildResponse, NEG_STATE} from '../spnego/negotiation.ts'
import {ntlmMessage, parseSecurityBlob, type SecurityBlob} from '../spnego/security-blob.ts'
import {type AuthenticateMessage, parseAuthenticate} from './authenticate.ts'
import {buildChallenge, type ChallengeOptions, parseChallenge} from './challenge.ts'
import {MESSAGE_TYPE, messageType} from './message.ts'
import {MessageSecurity} from './message-security.ts'
import {parseNegotiate} from './negotiate.ts'
import {micHolds, sessionKey} from './session-keys.ts'

export interface AcceptorOptions {
  readonly identity: Pick<ChallengeOptions, 'names' | 'version'>
  /** The passwords with which somebody of that name gets in. */
  readonly passwords: (user: string) => readonly string[]
  readonly random: (size: number) => Buffer
  readonly now: () => number
}

/** Both directions of a session that has keys. */
export interface SealedSession {
  readonly incoming: MessageSecurity
  readonly outgoing: MessageSecurity
}

export type AcceptorStep =
  | {readonly type: 'continue'; readonly token: Buffer}
  /** The client has no NTLM, only Kerberos or the like. */
  | {readonly type: 'foreign'; readonly mechanisms: readonly string[]}
  | {
      readonly type: 'judged'
      readonly message: AuthenticateMessage
      readonly serverChallenge: Buffer
      /** Null: the password is not one of them. */
      readonly session: SealedSession | null
      /** What SPNEGO says last; null where there is no SPNEGO, which then says nothing. */
      readonly token: Buffer | null
    }

const CHALLENGE_SIZE = 8

export class NtlmAcceptor {
  readonly #options: AcceptorOptions
  /** The client's list of mechanisms as it was sent; null where there is no SPNEGO. */
  #mechanisms: Buffer | null = null
  #pending: {readonly negotiate: Buffer; readonly challenge: Buffer} | null = null

  constructor(options: AcceptorOptions) {
    this.#options = options
  }

  /** @throws CodecError where the token cannot be read. */
  step(token: Buffer): AcceptorStep {
    const blob = parseSecurityBlob(token)
    if (blob.wrapping === 'spnego' && blob.negotiation.kind === 'init') {
      this.#mechanisms = blob.negotiation.mechanismsRaw
    }
    const message = ntlmMessage(blob)
    if (message === null) return this.#foreign(blob)
    switch (messageType(message)) {
      case MESSAGE_TYPE.NEGOTIATE:
        return this.#challenge(message)
      case MESSAGE_TYPE.AUTHENTICATE:
        return this.#judge(message, blob)
      default:
        throw new CodecError('an NTLM message that only servers send')
    }
  }

  #foreign(blob: SecurityBlob): AcceptorStep {
    if (blob.wrapping !== 'spnego') return {type: 'foreign', mechanisms: [blob.mechanism]}
    const mechanisms = blob.negotiation.kind === 'init' ? blob.negotiation.mechanisms : []
    if (!mechanisms.includes(MECHANISM.NTLMSSP)) return {type: 'foreign', mechanisms}
    return {
      type: 'continue',
      token: buildResponse({state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP}),
    }
  }

  #challenge(negotiate: Buffer): AcceptorStep {
    const {identity, random, now} = this.#options
    const {flags} = parseNegotiate(negotiate)
    const challenge = buildChallenge(flags, {...identity, serverChallenge: random(CHALLENGE_SIZE), now: now()})
    this.#pending = {negotiate, challenge}
    if (this.#mechanisms === null) return {type: 'continue', token: challenge}
    const wrapped = {state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP, token: challenge}
    return {type: 'continue', token: buildResponse(wrapped)}
  }

  #judge(authenticate: Buffer, blob: SecurityBlob): AcceptorStep {
    const pending = this.#pending
    this.#pending = null
    if (pending === null) throw new CodecError('an NTLM response without a challenge')
    const {serverChallenge, flags} = parseChallenge(pending.challenge)
    const message = parseAuthenticate(authenticate, flags)
    const key = this.#options
      .passwords(message.user)
      .map((password) => sessionKey(message, serverChallenge, password))
      .find((candidate) => candidate !== null)
    if (key === undefined || !micHolds(message, {...pending, authenticate}, key)) {
      return {type: 'judged', message, serverChallenge, session: null, token: null}
    }
    return {type: 'judged', message, serverChallenge, ...this.#established(message.flags, key, blob)}
  }

  /** The session and the last word of SPNEGO, with the server's mechListMIC where the client sent one (RFC 4178 §5). */
  #established(flags: number, key: Buffer, blob: SecurityBlob): {session: SealedSession | null; token: Buffer | null} {
    const begin = (sequence: number): SealedSession => ({
      incoming: new MessageSecurity(flags, key, 'client-to-server', sequence),
      outgoing: new MessageSecurity(flags, key, 'server-to-client', sequence),
    })
    const state = NEG_STATE.ACCEPT_COMPLETED
    if (this.#mechanisms === null || blob.wrapping !== 'spnego') return {session: begin(0), token: null}
    const {mic} = blob.negotiation
    if (mic === undefined) return {session: begin(0), token: buildResponse({state})}
    const {incoming, outgoing} = begin(0)
    if (!incoming.verify(this.#mechanisms, mic)) return {session: null, token: null}
    // The key stream begins anew after the two MICs; the numbers of messages go on (MS-SPNG §3.3.5.1).
    return {session: begin(1), token: buildResponse({state, mic: outgoing.sign(this.#mechanisms)})}
  }
}

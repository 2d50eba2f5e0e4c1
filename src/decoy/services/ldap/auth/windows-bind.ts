/** The binds that only a domain controller knows: SASL with SPNEGO or DIGEST-MD5, and Sicily (MS-ADTS §5.1.1.1). */
import type {ServiceEvent} from '../../../../events/event.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {MESSAGE_TYPE, messageType} from '../../../codecs/ntlm/message.ts'
import {MessageSecurity} from '../../../codecs/ntlm/message-security.ts'
import {MECHANISM} from '../../../codecs/spnego/mechanisms.ts'
import {buildResponse, NEG_STATE, type NegTokenResponse} from '../../../codecs/spnego/negotiation.ts'
import {ntlmMessage, parseSecurityBlob, type SecurityBlob} from '../../../codecs/spnego/security-blob.ts'
import type {Connection} from '../../../service.ts'
import {tokenAttempt} from '../evidence.ts'
import type {ActiveDirectory} from '../products/active-directory/dialect.ts'
import {LOGON} from '../products/active-directory/texts.ts'
import type {Identity} from '../products/dialect.ts'
import type {Authentication} from '../wire/operations.ts'
import {type Outcome, RESULT, SUCCESS} from '../wire/results.ts'
import {digestChallenge, digestUser} from './digest-md5.ts'
import {NtlmExchange, type NtlmSelf, wantsSecurity} from './ntlm-exchange.ts'
import type {SecurityPlan} from './security-layer.ts'

export interface BindStep {
  readonly outcome: Outcome
  /** serverSaslCreds; with Sicily it stands in the place of the matched DN. */
  readonly token: Buffer | null
  readonly events: readonly ServiceEvent[]
  readonly who: Identity | null
  /** Present where the rest of the connection is signed or sealed. */
  readonly security?: SecurityPlan
}

type Sasl = Extract<Authentication, {type: 'sasl'}>
type Sicily = Extract<Authentication, {type: 'sicily'}>

const IN_PROGRESS: Outcome = {code: RESULT.SASL_BIND_IN_PROGRESS}
const SPNEGO_MECHANISMS = new Set(['GSS-SPNEGO', 'GSSAPI'])
const DIGEST = 'DIGEST-MD5'

export class WindowsBind {
  readonly #dialect: ActiveDirectory
  readonly #connection: Connection
  readonly #exchange: NtlmExchange
  /** The client's list of mechanisms as it was sent; null where there is no SPNEGO. */
  #mechanisms: Buffer | null = null
  /** Both sides signed the list of mechanisms, which took the first number of either. */
  #signed = false

  constructor(dialect: ActiveDirectory, self: NtlmSelf, connection: Connection) {
    this.#dialect = dialect
    this.#connection = connection
    this.#exchange = new NtlmExchange(self, dialect.accounts, connection)
  }

  /** Null for a mechanism that is not offered. Throws CodecError for a token that cannot be read. */
  sasl({mechanism, credentials}: Sasl): BindStep | null {
    this.#signed = false
    if (SPNEGO_MECHANISMS.has(mechanism)) return this.#spnego(mechanism, credentials ?? Buffer.alloc(0))
    if (mechanism === DIGEST) return this.#digest(credentials)
    // Of a client without a certificate.
    if (mechanism === 'EXTERNAL') return this.#refuse(LOGON.WRONG, [])
    return null
  }

  sicily({step, token}: Sicily): BindStep {
    this.#signed = false
    if (step === 'discovery') return {outcome: SUCCESS, token: Buffer.from('NTLM'), events: [], who: null}
    if (step === 'negotiate') return {outcome: SUCCESS, token: this.#exchange.challenge(token), events: [], who: null}
    return this.#judge(token, 'sicily', () => null)
  }

  #spnego(mechanism: string, token: Buffer): BindStep {
    const blob = parseSecurityBlob(token)
    if (blob.wrapping === 'spnego' && blob.negotiation.kind === 'init')
      this.#mechanisms = blob.negotiation.mechanismsRaw
    const ntlm = ntlmMessage(blob)
    if (ntlm === null) return this.#withoutNtlm(mechanism, blob, token)
    if (messageType(ntlm) === MESSAGE_TYPE.NEGOTIATE) {
      const challenge = this.#exchange.challenge(ntlm)
      const response = {state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP, token: challenge}
      const wrapped = blob.wrapping === 'spnego' ? buildResponse(response) : challenge
      return {outcome: IN_PROGRESS, token: wrapped, events: [], who: null}
    }
    return this.#judge(ntlm, mechanism, (flags, key) => this.#accepted(blob, flags, key))
  }

  #judge(message: Buffer, via: string, accepted: (flags: number, key: Buffer) => Buffer | null): BindStep {
    const {account, event, reason, flags, key} = this.#exchange.judge(message, via)
    if (account === null || key === null) return this.#refuse(reason, [event])
    return {
      outcome: SUCCESS,
      token: accepted(flags, key),
      events: [event],
      who: this.#dialect.identity(account),
      ...(wantsSecurity(flags) ? {security: {flags, key, first: this.#signed ? 1 : 0}} : {}),
    }
  }

  /** The last token, with a mechListMIC where the client sent one (RFC 4178 §5). */
  #accepted(blob: SecurityBlob, flags: number, key: Buffer): Buffer | null {
    if (blob.wrapping !== 'spnego') return null
    const given = (blob.negotiation as NegTokenResponse).mic
    const list = this.#mechanisms
    if (given === undefined || list === null) return buildResponse({state: NEG_STATE.ACCEPT_COMPLETED})
    const incoming = new MessageSecurity(flags, key, 'client-to-server')
    if (!incoming.verify(list, given)) throw new CodecError('a wrong mechListMIC')
    this.#signed = true
    const mic = new MessageSecurity(flags, key, 'server-to-client').sign(list)
    return buildResponse({state: NEG_STATE.ACCEPT_COMPLETED, mic})
  }

  /** A client that would rather use Kerberos is offered NTLM where it has that too. */
  #withoutNtlm(mechanism: string, blob: SecurityBlob, token: Buffer): BindStep {
    const offers = blob.wrapping === 'spnego' && blob.negotiation.kind === 'init' ? blob.negotiation.mechanisms : []
    if (offers.includes(MECHANISM.NTLMSSP)) {
      const reply = buildResponse({state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP})
      return {outcome: IN_PROGRESS, token: reply, events: [], who: null}
    }
    return this.#refuse(LOGON.WRONG, [tokenAttempt('', mechanism, token, this.#connection.limits)])
  }

  #digest(credentials: Buffer | null): BindStep {
    if (credentials === null || credentials.length === 0) {
      const challenge = digestChallenge(this.#dialect.accounts.domain.dns, this.#connection)
      return {outcome: IN_PROGRESS, token: challenge, events: [], who: null}
    }
    const attempt = tokenAttempt(digestUser(credentials), DIGEST, credentials, this.#connection.limits)
    return this.#refuse(LOGON.WRONG, [attempt])
  }

  #refuse(reason: string, events: readonly ServiceEvent[]): BindStep {
    return {outcome: this.#dialect.texts.refused(reason, '8009030C'), token: null, events, who: null}
  }
}

/** The server's side of CredSSP inside of TLS (MS-CSSP §3.1.5), sans-IO. */
import type {ServiceEvent} from '../../../../events/event.ts'
import {announcedLength} from '../../../codecs/ber/header.ts'
import {TAG} from '../../../codecs/ber/tags.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {ntlmAttempt} from '../../../codecs/credentials/ntlm-attempt.ts'
import {type AcceptorStep, NtlmAcceptor, type SealedSession} from '../../../codecs/ntlm/acceptor.ts'
import {printable, sample} from '../../../sample.ts'
import type {Connection} from '../../../service.ts'
import type {RdpHost} from '../host.ts'
import {PublicKeyBinding} from './public-key.ts'
import {CREDENTIALS, parseTsCredentials, type TsCredentials} from './ts-credentials.ts'
import {buildTsRequest, parseTsRequest, SERVER_VERSION, type TsRequest} from './ts-request.ts'

/** A Kerberos ticket with a large authorisation in it is what takes most room. */
const MAX_REQUEST = 64 * 1024
const STATUS = {LOGON_FAILURE: 0xc000_006d, MESSAGE_ALTERED: 0x8009_030f} as const
/** Versions in which a status is sent before the connection is closed (MS-CSSP §2.2.1). */
const SPEAKS_OF_ERRORS = (version: number): boolean => version === 3 || version === 4 || version >= 6

export interface CredSspStep {
  readonly outcome: 'going' | 'accepted' | 'refused'
  readonly reply: Buffer | null
  readonly events: readonly ServiceEvent[]
}

type Judged = Extract<AcceptorStep, {type: 'judged'}>

export class CredSsp {
  readonly #connection: Connection
  readonly #certificate: Buffer
  readonly #acceptor: NtlmAcceptor
  #session: SealedSession | null = null
  #bound = false
  #user = ''

  /** `certificate`: the one of this TLS, DER. */
  constructor(host: RdpHost, connection: Connection, certificate: Buffer) {
    const {random, now} = connection
    this.#connection = connection
    this.#certificate = certificate
    this.#acceptor = new NtlmAcceptor({identity: host.identity, passwords: host.users.passwords, random, now})
  }

  /** Octets of the message at the beginning; null while too little of it is there to tell. */
  length(bytes: Buffer): number | null {
    if (bytes[0] !== TAG.SEQUENCE) throw new CodecError('no TSRequest')
    return announcedLength(bytes, MAX_REQUEST)
  }

  /** @throws CodecError where the message, or what is sealed in it, cannot be read. */
  step(bytes: Buffer): CredSspStep {
    const request = parseTsRequest(bytes)
    if (this.#session !== null) return this.#established(this.#session, request)
    if (request.token === undefined) throw new CodecError('a TSRequest without a token')
    const step = this.#acceptor.step(request.token)
    switch (step.type) {
      case 'continue':
        return going(buildTsRequest({version: SERVER_VERSION, token: step.token}))
      case 'foreign':
        return this.#refuse(request, STATUS.LOGON_FAILURE, [foreignAttempt(request.token, this.#connection)])
      case 'judged':
        return this.#judged(step, request)
    }
  }

  #judged(judged: Judged, request: TsRequest): CredSspStep {
    const {message, serverChallenge, session, token} = judged
    const attempt = ntlmAttempt(message, serverChallenge, session !== null, this.#connection.limits)
    const event = {...attempt, data: {...attempt.data, credssp: request.version}}
    if (session === null) return this.#refuse(request, STATUS.LOGON_FAILURE, [event])
    this.#session = session
    this.#user = message.user
    if (request.pubKeyAuth !== undefined) return this.#bind(session, request, token, [event])
    // With SPNEGO the client may wait for the last token before it shows the key.
    return going(buildTsRequest({version: SERVER_VERSION, ...(token === null ? {} : {token})}), [event])
  }

  #established(session: SealedSession, request: TsRequest): CredSspStep {
    if (!this.#bound) return this.#bind(session, request, null, [])
    if (request.authInfo === undefined) throw new CodecError('a TSRequest without credentials')
    const credentials = parseTsCredentials(session.incoming.unseal(request.authInfo))
    return {outcome: 'accepted', reply: null, events: [delegation(credentials, this.#user, this.#connection)]}
  }

  #bind(session: SealedSession, request: TsRequest, token: Buffer | null, events: ServiceEvent[]): CredSspStep {
    const {version, pubKeyAuth, clientNonce} = request
    if (pubKeyAuth === undefined) throw new CodecError('a TSRequest without the public key')
    const binding = new PublicKeyBinding(this.#certificate, version, clientNonce)
    if (!binding.holds(session.incoming.unseal(pubKeyAuth))) {
      const relayed: ServiceEvent = {event: 'probe', data: {what: 'credssp-other-key', version}}
      return this.#refuse(request, STATUS.MESSAGE_ALTERED, [...events, relayed])
    }
    this.#bound = true
    const shown = session.outgoing.seal(binding.answer)
    const reply = {version: SERVER_VERSION, ...(token === null ? {} : {token}), pubKeyAuth: shown}
    return going(buildTsRequest(reply), events)
  }

  #refuse({version}: TsRequest, errorCode: number, events: readonly ServiceEvent[]): CredSspStep {
    const reply = SPEAKS_OF_ERRORS(version) ? buildTsRequest({version: SERVER_VERSION, errorCode}) : null
    return {outcome: 'refused', reply, events}
  }
}

const going = (reply: Buffer, events: readonly ServiceEvent[] = []): CredSspStep => ({outcome: 'going', reply, events})

/** A ticket is for a service whose key nobody here has. */
function foreignAttempt(token: Buffer, {limits}: Connection): ServiceEvent {
  const secret = sample(token, limits.credential)
  return {event: 'auth.attempt', credential: {principal: '', method: 'kerberos', secret, outcome: 'failure'}}
}

const KINDS: Readonly<Record<number, string>> = {
  [CREDENTIALS.PASSWORD]: 'password',
  [CREDENTIALS.SMART_CARD]: 'smart-card',
  [CREDENTIALS.REMOTE_GUARD]: 'remote-guard',
}

/** Restricted admin delegates empty names and an empty password. */
function delegation({type, password}: TsCredentials, user: string, {limits}: Connection): ServiceEvent {
  const shown = (text: string): string => printable(Buffer.from(text, 'utf8').subarray(0, limits.credential))
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(password?.user || user),
      ...(password === null
        ? {}
        : {domain: shown(password.domain), secret: sample(password.password, limits.credential)}),
      method: 'password',
      outcome: 'success',
    },
    data: {delegated: KINDS[type] ?? type},
  }
}

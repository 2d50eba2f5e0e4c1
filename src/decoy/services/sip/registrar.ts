/** What a telephone system answers to a request, and what is remembered of it. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {DigestCapture} from '../../codecs/credentials/digest.ts'
import type {Limits} from '../../limits.ts'
import {digestCapture, digestParameters, digestResponse} from '../http/auth/digest.ts'
import {type Answer, type Dialect, type Place, plain, writeResponse} from './dialect.ts'
import {credentialOf, requestEvent} from './evidence.ts'
import type {Extensions} from './extensions.ts'
import {header, type SipRequest, tagOf, userOf} from './message.ts'

/** `maxexpiry` and `defaultexpiry` of both drivers. */
const LONGEST_SECONDS = 3600
const USUAL_SECONDS = 120
/** IPv4 and UDP: what every further datagram costs beside its content. */
const HEADER_BYTES = 28

/** Requests that belong to a call. */
const IN_CALL: ReadonlySet<string> = new Set(['BYE', 'CANCEL', 'INFO', 'UPDATE', 'PRACK'])
/** Requests that are challenged like a registration. */
const CHALLENGED: ReadonlySet<string> = new Set([
  'REGISTER',
  'INVITE',
  'SUBSCRIBE',
  'PUBLISH',
  'MESSAGE',
  'REFER',
  'NOTIFY',
])

export interface Conduct {
  readonly dialect: Dialect
  readonly realm: string
  readonly extensions: Extensions
  /** It tells extensions that exist from others. */
  readonly enumeration: boolean
  readonly guests: boolean
}

export interface Reaction {
  readonly replies: readonly Buffer[]
  readonly events: readonly ServiceEvent[]
}

interface Login {
  readonly capture: DigestCapture
  readonly state: 'right' | 'stale' | 'wrong'
}

export class Registrar {
  readonly #conduct: Conduct

  constructor(conduct: Conduct) {
    this.#conduct = conduct
  }

  /** @param most octets that an answer may have. */
  react(request: SipRequest, place: Place, limits: Limits, most = Number.POSITIVE_INFINITY): Reaction {
    const login = this.#login(request, place)
    const answers = request.method === 'ACK' ? [] : this.#answers(request, place, login)
    const status = answers.at(-1)?.status ?? null
    const attempts: ServiceEvent[] =
      login === null
        ? []
        : [{event: 'auth.attempt', credential: credentialOf(login.capture, login.state === 'right', place, limits)}]
    return {
      replies: this.#fitting(request, place, answers, most),
      events: [requestEvent(request, status, place, limits), ...attempts],
    }
  }

  #answers(request: SipRequest, place: Place, login: Login | null): Answer[] {
    const {dialect, extensions} = this.#conduct
    const {method} = request
    const called = userOf(request.uri)
    if (method === 'OPTIONS') return [dialect.options(request, place, called === null || extensions.exists(called))]
    if (tagOf(header(request.headers, 'to') ?? '') !== null || IN_CALL.has(method)) return [dialect.noDialog]
    if (!CHALLENGED.has(method)) return [dialect.unknownMethod ?? dialect.challenge(request, place, false)]
    const refusal = this.#refusal(request, place, login)
    if (refusal !== null) return [refusal]
    if (method === 'REGISTER') return [this.#register(request, place)]
    if (method !== 'INVITE') return [plain(202, 'Accepted')]
    return [dialect.trying, extensions.exists(called ?? '') ? dialect.unavailable : dialect.notFound]
  }

  /** Null: whoever asks is let in. */
  #refusal(request: SipRequest, place: Place, login: Login | null): Answer | null {
    const {dialect, enumeration, extensions, guests} = this.#conduct
    const address = header(request.headers, request.method === 'REGISTER' ? 'to' : 'from') ?? ''
    const known = extensions.exists(userOf(address) ?? '')
    if (guests && request.method === 'INVITE' && !known) return null
    if (enumeration && !known) return request.method === 'REGISTER' ? plain(404, 'Not found') : plain(403, 'Forbidden')
    if (login === null) return dialect.challenge(request, place, false)
    if (login.state === 'stale') return dialect.challenge(request, place, true)
    return login.state === 'right' ? null : dialect.denied(request, place)
  }

  #login(request: SipRequest, place: Place): Login | null {
    const value = header(request.headers, 'authorization') ?? header(request.headers, 'proxy-authorization')
    const given = digestParameters(value)
    const read = given === null ? null : digestCapture(request.method, given)
    if (read === null) return null
    const {dialect, realm, extensions} = this.#conduct
    const capture = dialect.protects ? read : withoutProtection(read)
    const age = dialect.nonceAge(capture.nonce, request, place)
    const right =
      capture.realm === realm &&
      extensions.passwords(capture.user).some((password) => digestResponse(capture, password) === capture.response)
    if (age === null) return {capture, state: dialect.name === 'chan_sip' ? 'stale' : 'wrong'}
    if (age === 'stale') return {capture, state: 'stale'}
    return {capture, state: right ? 'right' : 'wrong'}
  }

  #register(request: SipRequest, place: Place): Answer {
    const contact = header(request.headers, 'contact') ?? null
    const [, own] = /;\s*expires=(\d{1,9})/i.exec(contact ?? '') ?? []
    const wanted = Number(own ?? header(request.headers, 'expires') ?? USUAL_SECONDS)
    const expires = Number.isSafeInteger(wanted) ? Math.min(LONGEST_SECONDS, wanted) : USUAL_SECONDS
    // A contact of many, or `*`, is not shown: what was asked for is gone.
    const [, address = null] = /(<sips?:[^<>\s]{1,200}>)/i.exec(contact ?? '') ?? []
    return this.#conduct.dialect.registered(request, place, expires === 0 ? null : address, expires)
  }

  /** Whole answers, or shorter ones for somebody who may have forged an address; none where even those are longer. */
  #fitting(request: SipRequest, place: Place, answers: readonly Answer[], most: number): Buffer[] {
    const {dialect} = this.#conduct
    const last = answers.slice(-1)
    const whole = answers.map((answer) => writeResponse(answer, dialect.headers(request, answer, place)))
    const size = whole.reduce((sum, {length}) => sum + length, HEADER_BYTES * Math.max(0, whole.length - 1))
    if (size <= most) return whole
    for (let count = 1; count <= dialect.dispensable.length; count++) {
      const without = new Set(dialect.dispensable.slice(0, count))
      const shorter = last.map((answer) => {
        const headers = dialect.headers(request, answer, place).filter(([name]) => !without.has(name))
        return writeResponse(answer, headers)
      })
      if (shorter.every(({length}) => length <= most)) return shorter
    }
    return []
  }
}

function withoutProtection({user, realm, method, uri, nonce, response}: DigestCapture): DigestCapture {
  return {user, realm, method, uri, nonce, response}
}

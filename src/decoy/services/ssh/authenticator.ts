/**
 * Decides logins as sshd with PAM does: the same methods, the same delays for known and unknown users, six failures
 * and out. Nothing succeeds except the honey credentials of the fleet file.
 */
import {createHash, timingSafeEqual} from 'node:crypto'

import type {Credential, ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {MESSAGE} from './transport/messages.ts'
import {
  type AuthRequest,
  bannerMessage,
  failureMessage,
  infoRequestMessage,
  readAuthRequest,
  readInfoResponse,
} from './userauth.ts'

const MAX_TRIES = 6
/** `pam_unix` asks for two seconds. PAM spreads a delay by half of it in both directions, as the mean of three draws. */
const PAM_DELAY_MS = 2000
const PAM_DRAWS = 3
/** sshd's floor under every answer: 5 ms, and up to 4.3 ms that belong to the user name. */
const FLOOR_MS = 5
const NANOSECONDS_PER_MS = 1e6
const JITTER_SCALE = 1000

export interface AuthPolicy {
  readonly methods: readonly string[]
  /** What is no OpenSSH: failed logins until the end, and milliseconds that each takes, least and most. */
  readonly manner?: {readonly tries: number; readonly pause: readonly [number, number]}
  readonly users: ReadonlyMap<string, Buffer>
  readonly banner: string | null
  /** What sshd draws at its start, so that the delay of a user name tells nothing but is the same every time. */
  readonly timingSecret: Buffer
}

export type AuthStep =
  | {readonly type: 'send'; readonly payload: Buffer; readonly afterMs: number}
  | {readonly type: 'disconnect'; readonly text: string; readonly afterMs: number}
  | {readonly type: 'accept'; readonly user: string; readonly afterMs: number}

export class Authenticator {
  readonly #policy: AuthPolicy
  readonly #connection: Connection
  readonly #report: (event: ServiceEvent) => void
  #identity: string | null = null
  #attempts = 0
  #failures = 0
  /** The user whose answer to a prompt is awaited. */
  #asked: Buffer | null = null
  #floorMs = FLOOR_MS

  constructor(policy: AuthPolicy, connection: Connection, report: (event: ServiceEvent) => void) {
    this.#policy = policy
    this.#connection = connection
    this.#report = report
  }

  /** An answer to a prompt is awaited. */
  get asking(): boolean {
    return this.#asked !== null
  }

  /** One message 50 or 61. Throws WireError when it is malformed. */
  handle(payload: Buffer): AuthStep[] {
    if (payload[0] === MESSAGE.userauthInfoResponse) return this.#answered(readInfoResponse(payload))
    const request = readAuthRequest(payload)
    const identity = `${request.user.toString('latin1')}\0${request.service}`
    if (this.#identity !== null && this.#identity !== identity) return [this.#changedIdentity(request)]
    const banner = this.#attempts === 0 ? this.#banner() : []
    this.#identity = identity
    this.#attempts++
    this.#asked = null
    this.#floorMs = this.#policy.manner === undefined ? floorOf(request.user, this.#policy.timingSecret) : 0
    return [...banner, ...this.#decide(request)]
  }

  #decide(request: AuthRequest): AuthStep[] {
    const offered = this.#policy.methods.includes(request.method)
    if (request.method === 'keyboard-interactive' && offered) {
      this.#asked = request.user
      return [{type: 'send', payload: infoRequestMessage('Password: '), afterMs: this.#floorMs}]
    }
    if (request.password !== undefined && request.change !== true) {
      return this.#password(request.user, request.password, 'password', offered)
    }
    this.#record(request.user, request.method, 'failure', keyFacts(request))
    // The first `none` asks for the methods and is no failed login.
    const counts = request.method !== 'none' || this.#attempts > 1
    return this.#fail(counts, this.#floorMs)
  }

  #answered(answers: readonly Buffer[]): AuthStep[] {
    const user = this.#asked
    this.#asked = null
    if (user === null) return []
    const answer = answers[0]
    if (answer === undefined) return this.#fail(true, this.#floorMs)
    return this.#password(user, answer, 'keyboard-interactive', true)
  }

  #password(user: Buffer, password: Buffer, method: string, offered: boolean): AuthStep[] {
    const name = user.toString('latin1')
    const right = this.#policy.users.get(name)
    const success = offered && right !== undefined && sameBytes(right, password)
    const secret = sample(password, this.#connection.limits.credential)
    this.#record(user, method, success ? 'success' : 'failure', {secret})
    if (success) return [{type: 'accept', user: name, afterMs: this.#floorMs}]
    // An empty password never gets as far as PAM.
    return this.#fail(true, offered && password.length > 0 ? this.#afterPam() : this.#floorMs)
  }

  #fail(counts: boolean, afterMs: number): AuthStep[] {
    if (counts) this.#failures++
    if (this.#failures >= (this.#policy.manner?.tries ?? MAX_TRIES))
      return [{type: 'disconnect', text: 'Too many authentication failures', afterMs}]
    return [{type: 'send', payload: failureMessage(this.#policy.methods), afterMs}]
  }

  #changedIdentity(request: AuthRequest): AuthStep {
    this.#record(request.user, request.method, 'failure', {})
    const [user = '', service = ''] = (this.#identity ?? '').split('\0')
    const before = `(${user},${service})`
    const after = `(${request.user.toString('latin1')},${request.service})`
    return {
      type: 'disconnect',
      text: `Change of username or service not allowed: ${before} -> ${after}`.slice(0, 1024),
      afterMs: 0,
    }
  }

  #banner(): AuthStep[] {
    const {banner} = this.#policy
    return banner === null ? [] : [{type: 'send', payload: bannerMessage(banner), afterMs: 0}]
  }

  /** Where PAM asks, sshd doubles its floor until it lies behind what PAM took: a user's delays are its floor times a power of two. */
  #afterPam(): number {
    const {manner} = this.#policy
    if (manner !== undefined) {
      const [least, most] = manner.pause
      return least + ((most - least) * this.#connection.random(2).readUInt16BE(0)) / 0xffff
    }
    const draws = this.#connection.random(2 * PAM_DRAWS)
    const sum = Array.from({length: PAM_DRAWS}, (_, index) => draws.readUInt16BE(2 * index) / 0xffff)
    const mean = sum.reduce((total, draw) => total + draw, 0) / PAM_DRAWS
    const elapsed = PAM_DELAY_MS * (0.5 + mean)
    let delay = this.#floorMs
    while (delay < elapsed) delay *= 2
    return delay
  }

  #record(user: Buffer, method: string, outcome: Credential['outcome'], facts: Partial<Credential>): void {
    const principal = printable(user.subarray(0, this.#connection.limits.credential))
    const name = printable(Buffer.from(method.slice(0, 64), 'latin1'))
    this.#report({event: 'auth.attempt', credential: {principal, method: name, ...facts, outcome}})
  }
}

function floorOf(user: Buffer, secret: Buffer): number {
  const hash = createHash('sha512').update(secret).update(user).digest()
  return FLOOR_MS + hash.readUInt32LE(0) / JITTER_SCALE / NANOSECONDS_PER_MS
}

function keyFacts(request: AuthRequest): Partial<Credential> {
  if (request.key === undefined) return {}
  const digest = createHash('sha256').update(request.key.blob).digest('base64').replace(/=+$/, '')
  return {fingerprint: `SHA256:${digest}`}
}

function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

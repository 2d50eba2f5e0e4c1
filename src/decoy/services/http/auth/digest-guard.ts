/** Digest access authentication as Apache's mod_auth_digest does it. */
import {createHmac, timingSafeEqual} from 'node:crypto'

import type {DigestCapture} from '../../../codecs/credentials/digest.ts'
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import {headerCredential} from '../login/credentials.ts'
import {header, type RequestHead} from '../request/message.ts'
import {digestCapture, digestParameters, digestResponse} from './digest.ts'
import {type CreateGuard, GRANTED, type Guard, type Verdict} from './guard.ts'
import type {Passwords} from './windows-guard.ts'

/** `AuthDigestNonceLifetime`. */
const NONCE_LIFETIME_MS = 300_000
/** A time of eight octets in base64, then a SHA-1 in hexadecimal. */
const NONCE = /^([A-Za-z0-9+/]{11}=)([0-9a-f]{40})$/
export function digestGuard(persona: Persona, realm: string, passwords: Passwords): CreateGuard {
  const secret = persona.bytes('http-digest', 32)
  return (connection) => new DigestGuard(secret, realm, passwords, connection)
}

class DigestGuard implements Guard {
  readonly #secret: Buffer
  readonly #realm: string
  readonly #passwords: Passwords
  readonly #connection: Connection

  constructor(secret: Buffer, realm: string, passwords: Passwords, connection: Connection) {
    this.#secret = secret
    this.#realm = realm
    this.#passwords = passwords
    this.#connection = connection
  }

  check(head: RequestHead): Verdict {
    const given = digestParameters(header(head.headers, 'authorization'))
    const capture = given === null ? null : digestCapture(head.method, given)
    const age = capture === null ? null : this.#age(capture.nonce)
    const stale = age !== null && age > NONCE_LIFETIME_MS
    const success = capture !== null && age !== null && !stale && this.#matches(capture)
    const credential = given === null ? null : headerCredential(head, success, this.#connection)
    return {
      access: success ? GRANTED : {kind: 'refused', challenges: [this.#challenge(stale)]},
      events: credential === null ? null : [{event: 'auth.attempt', credential}],
    }
  }

  #challenge(stale: boolean): string {
    const time = Buffer.alloc(8)
    time.writeBigUInt64LE(
      BigInt(this.#connection.now()) * 1000n + BigInt(this.#connection.random(2).readUInt16LE() % 1000),
    )
    const encoded = time.toString('base64')
    const nonce = `${encoded}${this.#seal(encoded)}`
    return `Digest realm="${this.#realm}", nonce="${nonce}", algorithm=MD5, ${stale ? 'stale=true, ' : ''}qop="auth"`
  }

  #seal(time: string): string {
    return createHmac('sha1', this.#secret).update(time).digest('hex')
  }

  /** Milliseconds; null for a nonce of somebody else's. */
  #age(nonce: string): number | null {
    const [, time = '', seal = ''] = NONCE.exec(nonce) ?? []
    if (seal === '' || !timingSafeEqual(Buffer.from(seal), Buffer.from(this.#seal(time)))) return null
    return this.#connection.now() - Number(Buffer.from(time, 'base64').readBigUInt64LE() / 1000n)
  }

  #matches(capture: DigestCapture): boolean {
    if (capture.realm !== this.#realm) return false
    return this.#passwords(capture.user).some((password) => digestResponse(capture, password) === capture.response)
  }
}

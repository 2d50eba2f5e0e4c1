/**
 * SCRAM exchanges (RFC 5802, RFC 7677) of PostgreSQL, MongoDB and others. Tools crack what a server stores (hashcat
 * 28600, 24100, 24200), which an exchange with a server that does not know the password never shows. So the line is
 * one of our own, all of it in base64 but the hash's name and the iterations:
 *
 *   $scram$SHA-256$user$iterations$salt$AuthMessage$ClientProof
 *
 * A password is right where H(ClientProof XOR HMAC(H(ClientKey), AuthMessage)) = H(ClientKey), with
 * ClientKey = HMAC(PBKDF2(password, salt, iterations), "Client Key"). MongoDB's SHA-1 takes for the password the
 * hexadecimal MD5 of `user:mongo:password`.
 */
import {createHash, createHmac, pbkdf2Sync, timingSafeEqual} from 'node:crypto'

import type {CrackableHash} from '../../../events/event.ts'
import {crackable} from './line.ts'

export interface ScramExchange {
  readonly hash: 'SHA-1' | 'SHA-256'
  readonly user: string
  readonly salt: Buffer
  readonly iterations: number
  /** client-first-message-bare, server-first-message and client-final-message-without-proof, joined by commas. */
  readonly authMessage: string
  readonly proof: Buffer
}

export function scramLine({hash, user, salt, iterations, authMessage, proof}: ScramExchange): CrackableHash | null {
  const base64 = (value: Buffer | string) => Buffer.from(value).toString('base64')
  const line = ['', 'scram', hash, base64(user), iterations, base64(salt), base64(authMessage), base64(proof)].join('$')
  return crackable(`decnet-scram-${hash.toLowerCase()}`, null, line)
}

/** What a server keeps of a password (RFC 5802 section 3). */
export interface ScramKeys {
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

const SIZES = {'SHA-1': 20, 'SHA-256': 32} as const
const name = (hash: ScramExchange['hash']): string => (hash === 'SHA-1' ? 'sha1' : 'sha256')

/** Slow by intent: what is asked for again and again is to be kept. */
export function scramKeys(
  {hash, salt, iterations}: Pick<ScramExchange, 'hash' | 'salt' | 'iterations'>,
  password: string,
): ScramKeys {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, SIZES[hash], name(hash))
  const key = (purpose: string) => createHmac(name(hash), salted).update(purpose).digest()
  return {storedKey: createHash(name(hash)).update(key('Client Key')).digest(), serverKey: key('Server Key')}
}

/** Whether the proof was made from the password of these keys. */
export function provesScram({hash, authMessage, proof}: ScramExchange, {storedKey}: ScramKeys): boolean {
  if (proof.length !== SIZES[hash]) return false
  const signature = createHmac(name(hash), storedKey).update(authMessage).digest()
  const shown = Buffer.from(proof.map((octet, index) => octet ^ (signature[index] ?? 0)))
  return timingSafeEqual(createHash(name(hash)).update(shown).digest(), storedKey)
}

/** What proves to the client that the server knows the password too. */
export function scramSignature({hash, authMessage}: ScramExchange, {serverKey}: ScramKeys): Buffer {
  return createHmac(name(hash), serverKey).update(authMessage).digest()
}

/** Whether the proof was made from this password; it also lets honey credentials in. */
export function verifyScram(exchange: ScramExchange, password: string): boolean {
  return exchange.proof.length === SIZES[exchange.hash] && provesScram(exchange, scramKeys(exchange, password))
}

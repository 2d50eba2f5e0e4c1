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

/** Whether the proof was made from this password; it also lets honey credentials in. */
export function verifyScram({hash, salt, iterations, authMessage, proof}: ScramExchange, password: string): boolean {
  const name = hash === 'SHA-1' ? 'sha1' : 'sha256'
  const size = hash === 'SHA-1' ? 20 : 32
  if (proof.length !== size) return false
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, size, name)
  const clientKey = createHmac(name, salted).update('Client Key').digest()
  const storedKey = createHash(name).update(clientKey).digest()
  const signature = createHmac(name, storedKey).update(authMessage).digest()
  const shown = Buffer.from(proof.map((octet, index) => octet ^ (signature[index] ?? 0)))
  return timingSafeEqual(createHash(name).update(shown).digest(), storedKey)
}

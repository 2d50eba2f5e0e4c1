/**
 * Private keys of a decky, derived from its persona: the same decky has the same keys for life, on every engine and
 * after every redeploy, and no two deckies share one. Nothing here is random.
 */
import {constants, createECDH, createPrivateKey, createPublicKey, type KeyObject, publicEncrypt} from 'node:crypto'

import type {Seeded} from './persona/seeded.ts'

/** RFC 8410 section 7: PKCS #8 around a 32-byte Ed25519 seed. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
/** Order of the P-256 group (SEC 2, section 2.4.2). */
export const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
const RSA_EXPONENT = 65537n
/** Odd numbers looked at from one starting point; the chance to find no prime among them is below 10^-6. */
const SIEVE_SPAN = 8192
const SMALL_PRIME_LIMIT = 1 << 16

export function deriveEd25519Key(persona: Seeded, purpose: string): KeyObject {
  const seed = persona.bytes(`ed25519 ${purpose}`, 32)
  return createPrivateKey({key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8'})
}

export function deriveP256Key(persona: Seeded, purpose: string): KeyObject {
  // 40 bytes: the bias of the reduction is below 2^-64.
  const scalar = (toBigInt(persona.bytes(`p256 ${purpose}`, 40)) % (P256_ORDER - 1n)) + 1n
  const secret = toBytes(scalar, 32)
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(secret)
  const point = curve.getPublicKey()
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: secret.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33, 65).toString('base64url'),
    },
  })
}

/** Takes about 150 ms for 3072 bits: do it once per decky. */
export function deriveRsaKey(persona: Seeded, purpose: string, bits: number): KeyObject {
  const p = derivePrime(persona, `rsa ${purpose} p`, bits / 2)
  const q = derivePrime(persona, `rsa ${purpose} q`, bits / 2)
  const [larger, smaller] = p > q ? [p, q] : [q, p]
  const d = inverse(RSA_EXPONENT, (larger - 1n) * (smaller - 1n))
  const half = bits / 16
  const field = (value: bigint, size: number): string => toBytes(value, size).toString('base64url')
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: field(larger * smaller, bits / 8),
      e: 'AQAB',
      d: field(d, bits / 8),
      p: field(larger, half),
      q: field(smaller, half),
      dp: field(d % (larger - 1n), half),
      dq: field(d % (smaller - 1n), half),
      qi: field(inverse(smaller, larger), half),
    },
  })
}

/** The first prime at or after a number of the persona: pure mathematics, hence the same under every OpenSSL. */
function derivePrime(persona: Seeded, purpose: string, bits: number): bigint {
  for (let attempt = 0; ; attempt++) {
    const bytes = persona.bytes(`${purpose} ${attempt}`, bits / 8)
    // The two highest bits set: the product of two such primes has its full length.
    bytes.writeUInt8(bytes.readUInt8(0) | 0xc0, 0)
    const start = toBigInt(bytes) | 1n
    const prime = firstPrimeFrom(start, bits)
    if (prime !== null) return prime
  }
}

function firstPrimeFrom(start: bigint, bits: number): bigint | null {
  const composite = sieve(start)
  for (let index = 0; index < SIEVE_SPAN; index++) {
    if (composite[index] === 1) continue
    const candidate = start + BigInt(2 * index)
    if (candidate % RSA_EXPONENT !== 1n && passesFermat(candidate, bits)) return candidate
  }
  return null
}

/** Marks the numbers `start + 2·index` that have a small factor. */
function sieve(start: bigint): Uint8Array {
  const composite = new Uint8Array(SIEVE_SPAN)
  for (const prime of smallOddPrimes()) {
    const remainder = Number(start % BigInt(prime))
    // The smallest index with remainder + 2·index ≡ 0 (mod prime).
    const gap = remainder === 0 ? 0 : prime - remainder
    const first = gap % 2 === 0 ? gap / 2 : (gap + prime) / 2
    for (let index = first; index < SIEVE_SPAN; index += prime) composite[index] = 1
  }
  return composite
}

let smallPrimes: readonly number[] | null = null

function smallOddPrimes(): readonly number[] {
  if (smallPrimes !== null) return smallPrimes
  const composite = new Uint8Array(SMALL_PRIME_LIMIT)
  const primes: number[] = []
  for (let number = 3; number < SMALL_PRIME_LIMIT; number += 2) {
    if (composite[number] === 1) continue
    primes.push(number)
    for (let multiple = number * number; multiple < SMALL_PRIME_LIMIT; multiple += 2 * number) composite[multiple] = 1
  }
  smallPrimes = primes
  return primes
}

/**
 * 2^(n-1) mod n = 1, through OpenSSL's raw RSA operation: `crypto.checkPrime` never does fewer than 64 rounds on a
 * prime (measured: 100 ms), and a random number of this size that passes one round is composite with a chance below
 * 2^-100.
 */
function passesFermat(candidate: bigint, bits: number): boolean {
  const size = bits / 8
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: toBytes(candidate, size).toString('base64url'),
      e: toBytes(candidate - 1n, size).toString('base64url'),
    },
  })
  const power = publicEncrypt({key, padding: constants.RSA_NO_PADDING}, toBytes(2n, size))
  return toBigInt(power) === 1n
}

/** `value⁻¹ mod modulus` by the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus]
  let [before, now] = [0n, 1n]
  while (current !== 0n) {
    const quotient = previous / current
    const [nextCurrent, nextNow] = [previous - quotient * current, before - quotient * now]
    previous = current
    current = nextCurrent
    before = now
    now = nextNow
  }
  return ((before % modulus) + modulus) % modulus
}

export function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}

export function toBytes(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex')
}

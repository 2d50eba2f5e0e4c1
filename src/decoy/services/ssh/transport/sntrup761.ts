/**
 * Encapsulation of Streamlined NTRU Prime 761 (sntrup761, NIST round 3 specification; the key exchange
 * sntrup761x25519-sha512@openssh.com uses it). Only what a server needs: it never holds a private key.
 *
 * Not constant-time: the shared secret protects nothing but a conversation with an intruder.
 */
import {createHash} from 'node:crypto'

const P = 761
const Q = 4591
const HALF_Q = 2295
const WEIGHT = 286
export const PUBLIC_KEY_BYTES = 1158
/** 1007 bytes of rounded polynomial and 32 of key confirmation. */
export const CIPHERTEXT_BYTES = 1039
const SECRET_BYTES = 32

/** Throws RangeError when the public key has another length. */
export function encapsulate(
  publicKey: Buffer,
  random: (size: number) => Buffer,
): {readonly ciphertext: Buffer; readonly secret: Buffer} {
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError('not an sntrup761 public key')
  const h = decode(publicKey, new Array<number>(P).fill(Q)).map((value) => value - HALF_Q)
  const r = shortPolynomial(random)
  const encodedR = encodeSmall(r)
  const rounded = multiply(h, r).map((value) => roundToThree(value))
  const indices = rounded.map((value) => ((value + HALF_Q) * 10923) >> 15)
  const body = encode(indices, new Array<number>(P).fill((Q + 2) / 3))
  const hashedR = hash(3, encodedR)
  const confirmation = hash(2, Buffer.concat([hashedR, hash(4, publicKey)]))
  const ciphertext = Buffer.concat([body, confirmation])
  return {ciphertext, secret: hash(1, Buffer.concat([hashedR, ciphertext]))}
}

function hash(prefix: number, bytes: Buffer): Buffer {
  return createHash('sha512')
    .update(Buffer.from([prefix]))
    .update(bytes)
    .digest()
    .subarray(0, SECRET_BYTES)
}

/** A polynomial of 286 coefficients ±1 and 475 zeros, in random order. */
function shortPolynomial(random: (size: number) => Buffer): Int8Array {
  const bytes = random(4 * P)
  const drawn = Array.from({length: P}, (_, index) => {
    const word = bytes.readUInt32LE(4 * index)
    return index < WEIGHT ? (word & ~1) >>> 0 : ((word & ~3) | 1) >>> 0
  }).sort((left, right) => left - right)
  return Int8Array.from(drawn, (word) => (word & 3) - 1)
}

/** Two bits a coefficient, four coefficients a byte. */
function encodeSmall(f: Int8Array): Buffer {
  const bytes = Buffer.alloc(Math.ceil(P / 4))
  f.forEach((value, index) => {
    const at = index >> 2
    bytes[at] = (bytes[at] ?? 0) | ((value + 1) << (2 * (index & 3)))
  })
  return bytes
}

/** The product in Z/q[x] / (x^p - x - 1). */
function multiply(f: readonly number[], g: Int8Array): number[] {
  const product = new Int32Array(2 * P)
  for (let j = 0; j < P; j++) {
    const factor = g[j] ?? 0
    if (factor === 0) continue
    for (let i = 0; i < P; i++) product[i + j] = (product[i + j] ?? 0) + factor * (f[i] ?? 0)
  }
  for (let i = 2 * P - 2; i >= P; i--) {
    const high = product[i] ?? 0
    product[i - P] = (product[i - P] ?? 0) + high
    product[i - P + 1] = (product[i - P + 1] ?? 0) + high
  }
  return Array.from(product.subarray(0, P), centred)
}

/** The representative in [-2295, 2295]. */
function centred(value: number): number {
  const positive = ((value % Q) + Q) % Q
  return positive > HALF_Q ? positive - Q : positive
}

/** The nearest multiple of three. */
function roundToThree(value: number): number {
  const remainder = ((value % 3) + 3) % 3
  return value - (remainder === 2 ? -1 : remainder)
}

const LIMIT = 16_384

/** Mixed-radix encoding of the specification: pairs are merged, and whole bytes are shed as soon as possible. */
function encode(digits: readonly number[], moduli: readonly number[]): Buffer {
  const out: number[] = []
  let values = [...digits]
  let radices = [...moduli]
  while (values.length > 1) {
    const nextValues: number[] = []
    const nextRadices: number[] = []
    for (let i = 0; i + 1 < values.length; i += 2) {
      const m0 = radices[i] ?? 1
      let r = (values[i] ?? 0) + (values[i + 1] ?? 0) * m0
      let m = m0 * (radices[i + 1] ?? 1)
      while (m >= LIMIT) {
        out.push(r & 0xff)
        r = Math.floor(r / 256)
        m = Math.ceil(m / 256)
      }
      nextValues.push(r)
      nextRadices.push(m)
    }
    if (values.length % 2 === 1) {
      nextValues.push(values.at(-1) ?? 0)
      nextRadices.push(radices.at(-1) ?? 1)
    }
    values = nextValues
    radices = nextRadices
  }
  for (let r = values[0] ?? 0, m = radices[0] ?? 1; m > 1; r >>= 8, m = Math.ceil(m / 256)) out.push(r & 0xff)
  return Buffer.from(out)
}

function decode(bytes: Buffer, moduli: readonly number[]): number[] {
  const [first, second] = moduli
  if (first === undefined) return []
  if (second === undefined) {
    const low = first === 1 ? 0 : (bytes[0] ?? 0)
    return [(first > 256 ? low + 256 * (bytes[1] ?? 0) : low) % first]
  }
  let position = 0
  const merged: number[] = []
  const bottoms: {readonly value: number; readonly scale: number}[] = []
  for (let i = 0; i + 1 < moduli.length; i += 2) {
    let m = (moduli[i] ?? 1) * (moduli[i + 1] ?? 1)
    let value = 0
    let scale = 1
    while (m >= LIMIT) {
      value += (bytes[position++] ?? 0) * scale
      scale *= 256
      m = Math.ceil(m / 256)
    }
    bottoms.push({value, scale})
    merged.push(m)
  }
  if (moduli.length % 2 === 1) merged.push(moduli.at(-1) ?? 1)
  const upper = decode(bytes.subarray(position), merged)
  const digits: number[] = []
  bottoms.forEach(({value, scale}, pair) => {
    const r = value + scale * (upper[pair] ?? 0)
    const m0 = moduli[2 * pair] ?? 1
    digits.push(r % m0, Math.floor(r / m0) % (moduli[2 * pair + 1] ?? 1))
  })
  if (moduli.length % 2 === 1) digits.push(upper.at(-1) ?? 0)
  return digits
}

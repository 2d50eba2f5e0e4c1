/**
 * Keys and digests of the user-based security model: HMAC-MD5-96 and HMAC-SHA-96 (RFC 3414 §6, §7, A.2), HMAC-SHA-2 (RFC
 * 7860), CBC-DES (RFC 3414 §8), CFB128-AES-128 (RFC 3826).
 */
import {createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual} from 'node:crypto'

/** The hashes of an authentication protocol's digest length, in octets. */
const HASHES: Readonly<Record<number, readonly string[]>> = {
  12: ['md5', 'sha1'],
  16: ['sha224'],
  24: ['sha256'],
  32: ['sha384'],
  48: ['sha512'],
}
const EXPANDED = 1024 * 1024
const AES_KEY = 16
const SALT = 8

export interface UsmKey {
  readonly hash: string
  readonly key: Buffer
}

/** The key of a password on one engine (A.2): costly, hence once for each of them. */
export function localizedKey(hash: string, password: Buffer, engineId: Buffer): Buffer {
  const copies = Math.ceil(EXPANDED / password.length)
  const expanded = Buffer.concat(Array<Buffer>(copies).fill(password)).subarray(0, EXPANDED)
  const digest = createHash(hash).update(expanded).digest()
  return createHash(hash).update(digest).update(engineId).update(digest).digest()
}

export const hashesOf = (digestLength: number): readonly string[] => HASHES[digestLength] ?? []

export function digestOf({hash, key}: UsmKey, message: Buffer, length: number): Buffer {
  return createHmac(hash, key).update(message).digest().subarray(0, length)
}

export function isDigestOf(key: UsmKey, message: Buffer, digest: Buffer): boolean {
  return timingSafeEqual(digestOf(key, message, digest.length), digest)
}

export type Privacy = 'aes' | 'des'

/** How a message is encrypted: with which protocol, under whose clock, with which salt. */
export interface Sealing {
  readonly privacy: Privacy
  readonly key: Buffer
  readonly boots: number
  readonly time: number
  readonly salt: Buffer
}

/** Null: not of that protocol's form. */
export function decrypt(sealing: Sealing, data: Buffer): Buffer | null {
  if (sealing.salt.length !== SALT) return null
  if (sealing.privacy === 'aes') {
    const decipher = createDecipheriv('aes-128-cfb', sealing.key.subarray(0, AES_KEY), aesVector(sealing))
    return Buffer.concat([decipher.update(data), decipher.final()])
  }
  if (data.length % 8 !== 0) return null
  const {key, vector} = desParameters(sealing)
  const decipher = createDecipheriv('des-ede3-cbc', key, vector).setAutoPadding(false)
  return Buffer.concat([decipher.update(data), decipher.final()])
}

export function encrypt(sealing: Sealing, data: Buffer): Buffer {
  if (sealing.privacy === 'aes') {
    const cipher = createCipheriv('aes-128-cfb', sealing.key.subarray(0, AES_KEY), aesVector(sealing))
    return Buffer.concat([cipher.update(data), cipher.final()])
  }
  const {key, vector} = desParameters(sealing)
  const padded = Buffer.concat([data, Buffer.alloc((8 - (data.length % 8)) % 8)])
  const cipher = createCipheriv('des-ede3-cbc', key, vector).setAutoPadding(false)
  return Buffer.concat([cipher.update(padded), cipher.final()])
}

/** RFC 3826 §3.1.2.1. */
function aesVector({boots, time, salt}: Sealing): Buffer {
  const clock = Buffer.alloc(8)
  clock.writeUInt32BE(boots >>> 0, 0)
  clock.writeUInt32BE(time >>> 0, 4)
  return Buffer.concat([clock, salt])
}

/** RFC 3414 §8.1.1.1. OpenSSL 3 has single DES no longer; triple DES with three equal keys is the same function. */
function desParameters({key, salt}: Sealing): {key: Buffer; vector: Buffer} {
  const single = key.subarray(0, 8)
  const vector = Buffer.from(key.subarray(8, 16).map((octet, at) => octet ^ (salt[at] ?? 0)))
  return {key: Buffer.concat([single, single, single]), vector}
}

/** Proofs of a password (dev.mysql.com/doc/dev/mysql-server, "Native Authentication" and "Caching_sha2_password"). */
import {constants, createHash, type KeyObject, privateDecrypt, timingSafeEqual} from 'node:crypto'

const digest = (name: 'sha1' | 'sha256', ...parts: readonly Buffer[]): Buffer => {
  const hash = createHash(name)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Every octet of `bytes` with the octet of `mask` at its place, which repeats. */
export function xor(bytes: Buffer, mask: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index % mask.length] ?? 0)))
}

/** SHA1(password) XOR SHA1(salt, SHA1(SHA1(password))). */
export function nativeProof(password: Buffer, salt: Buffer): Buffer {
  const once = digest('sha1', password)
  return xor(once, digest('sha1', salt, digest('sha1', once)))
}

/** SHA256(password) XOR SHA256(SHA256(SHA256(password)), salt). */
export function sha2Proof(password: Buffer, salt: Buffer): Buffer {
  const once = digest('sha256', password)
  return xor(once, digest('sha256', digest('sha256', once), salt))
}

export function same(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

/** What a client sends without TLS: the password and a NUL, masked by the salt, in RSA with OAEP. Null: it is not. */
export function decryptPassword(key: KeyObject, encrypted: Buffer, salt: Buffer): Buffer | null {
  try {
    const masked = privateDecrypt({key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1'}, encrypted)
    return xor(masked, salt)
  } catch {
    return null
  }
}

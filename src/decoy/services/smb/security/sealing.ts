/**
 * Encrypted messages (MS-SMB2 §2.2.41, §3.1.4.3).
 *
 *   transform = %xFD "SMB" signature:16 nonce:16 size:u32 reserved:u16 flags:u16(1) sessionId:u64 *OCTET
 */
import {createCipheriv, createDecipheriv} from 'node:crypto'

import {CIPHER} from '../wire/constants.ts'

const HEADER = 52
const SIGNATURE_AT = 4
const NONCE_AT = 20
const SIZE_AT = 36
const SESSION_AT = 44
const TAG_SIZE = 16
/** Signature and identifier are not authenticated. */
const AUTHENTICATED_FROM = NONCE_AT
const NONCE_SIZES: Readonly<Record<number, number>> = {[CIPHER.AES_128_CCM]: 11, [CIPHER.AES_128_GCM]: 12}

/** Null: too short to tell. */
export function sessionOfSealed(message: Buffer): bigint | null {
  return message.length < HEADER ? null : message.readBigUInt64LE(SESSION_AT)
}

/** Null: it was not sealed with this key. */
export function unseal(message: Buffer, cipher: number, key: Buffer): Buffer | null {
  const nonceSize = NONCE_SIZES[cipher]
  if (nonceSize === undefined || message.length < HEADER) return null
  const body = message.subarray(HEADER)
  if (message.readUInt32LE(SIZE_AT) !== body.length || body.length === 0) return null
  const nonce = message.subarray(NONCE_AT, NONCE_AT + nonceSize)
  const decipher = opener(cipher, key, nonce)
    .setAuthTag(message.subarray(SIGNATURE_AT, SIGNATURE_AT + TAG_SIZE))
    .setAAD(message.subarray(AUTHENTICATED_FROM, HEADER), {plaintextLength: body.length})
  try {
    const plain = decipher.update(body)
    decipher.final()
    return plain
  } catch {
    return null
  }
}

/** `count`: of the messages that were sealed with this key; no nonce may come twice. */
export function seal(plain: Buffer, cipher: number, key: Buffer, session: bigint, count: bigint): Buffer {
  const header = Buffer.alloc(HEADER)
  header.write('\xfdSMB', 0, 'latin1')
  header.writeBigUInt64LE(count, NONCE_AT)
  header.writeUInt32LE(plain.length, SIZE_AT)
  header.writeUInt16LE(1, SIZE_AT + 6)
  header.writeBigUInt64LE(session, SESSION_AT)
  const nonce = header.subarray(NONCE_AT, NONCE_AT + (NONCE_SIZES[cipher] ?? 0))
  const closer = closerOf(cipher, key, nonce).setAAD(header.subarray(AUTHENTICATED_FROM), {
    plaintextLength: plain.length,
  })
  const sealed = closer.update(plain)
  closer.final()
  closer.getAuthTag().copy(header, SIGNATURE_AT)
  return Buffer.concat([header, sealed])
}

function opener(cipher: number, key: Buffer, nonce: Buffer) {
  return cipher === CIPHER.AES_128_GCM
    ? createDecipheriv('aes-128-gcm', key, nonce)
    : createDecipheriv('aes-128-ccm', key, nonce, {authTagLength: TAG_SIZE})
}

function closerOf(cipher: number, key: Buffer, nonce: Buffer) {
  return cipher === CIPHER.AES_128_GCM
    ? createCipheriv('aes-128-gcm', key, nonce)
    : createCipheriv('aes-128-ccm', key, nonce, {authTagLength: TAG_SIZE})
}

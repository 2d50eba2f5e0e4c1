/** Keys of a session (MS-SMB2 §3.1.4.2, §3.3.5.5.3). */
import {createHash, createHmac} from 'node:crypto'

import {DIALECT} from '../wire/constants.ts'

const KEY_SIZE = 16
const KEY_BITS = 128

/** SP800-108 in counter mode with HMAC-SHA-256; one round gives more than a key. */
export function deriveKey(key: Buffer, label: string, context: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(KEY_BITS)
  return createHmac('sha256', key)
    .update(Buffer.from([0, 0, 0, 1]))
    .update(`${label}\0\0`, 'latin1')
    .update(context)
    .update(length)
    .digest()
    .subarray(0, KEY_SIZE)
}

export interface SessionKeys {
  readonly signing: Buffer
  /** What the client encrypts with; null where the dialect has no encryption. */
  readonly incoming: Buffer | null
  readonly outgoing: Buffer | null
}

/**
 * `exported`: the key of the authentication; its first 16 bytes count. `transcript`: the hash of the messages up to the
 * last request of the session's setup, of which 3.1.1 makes its keys.
 */
export function sessionKeys(dialect: number, exported: Buffer, transcript: Buffer): SessionKeys {
  const key = Buffer.alloc(KEY_SIZE)
  exported.copy(key, 0, 0, KEY_SIZE)
  if (dialect < DIALECT.SMB_3_0) return {signing: key, incoming: null, outgoing: null}
  if (dialect === DIALECT.SMB_3_1_1) {
    return {
      signing: deriveKey(key, 'SMBSigningKey', transcript),
      incoming: deriveKey(key, 'SMBC2SCipherKey', transcript),
      outgoing: deriveKey(key, 'SMBS2CCipherKey', transcript),
    }
  }
  const constant = (text: string) => Buffer.from(`${text}\0`, 'latin1')
  return {
    signing: deriveKey(key, 'SMB2AESCMAC', constant('SmbSign')),
    incoming: deriveKey(key, 'SMB2AESCCM', constant('ServerIn ')),
    outgoing: deriveKey(key, 'SMB2AESCCM', constant('ServerOut')),
  }
}

export const EMPTY_TRANSCRIPT: Buffer = Buffer.alloc(64)

/** The preauthentication integrity hash with one more message in it (§3.3.5.4). */
export const extended = (transcript: Buffer, message: Buffer): Buffer =>
  createHash('sha512').update(transcript).update(message).digest()

/** Keys of an authenticated session (MS-NLMP §3.4.4 and §3.4.5) and the MIC of the handshake (§3.1.5.1.2). */
import {timingSafeEqual} from 'node:crypto'

import {CodecError} from '../codec-error.ts'
import {type AuthenticateMessage, MIC_AT, MIC_SIZE} from './authenticate.ts'
import {des} from './des.ts'
import {FLAG, has} from './flags.ts'
import {rc4} from './rc4.ts'
import {hmacMd5, lmHash, md5, verifyResponse} from './responses.ts'

export type Direction = 'client-to-server' | 'server-to-client'

const KEY_SIZE = 16

/** The exported session key where the client knew this password, else `null`; SMB signs and encrypts with it. */
export function sessionKey(message: AuthenticateMessage, serverChallenge: Buffer, password: string): Buffer | null {
  const base = verifyResponse(message, serverChallenge, password)
  if (base === null) return null
  const exchange = keyExchangeKey(message, serverChallenge, base, password)
  return exportedKey(message, exchange)
}

/** Of an anonymous session, where the base key is zero (§3.2.5.1.2). */
export function anonymousSessionKey(message: AuthenticateMessage): Buffer {
  return exportedKey(message, Buffer.alloc(KEY_SIZE))
}

function exportedKey({flags, encryptedSessionKey}: AuthenticateMessage, exchange: Buffer): Buffer {
  if (!has(flags, FLAG.KEY_EXCHANGE)) return exchange
  if (encryptedSessionKey.length !== KEY_SIZE) {
    throw new CodecError(`an NTLM session key of ${encryptedSessionKey.length} octets`)
  }
  return rc4(exchange, encryptedSessionKey)
}

/** KXKEY (§3.4.5.1). */
export function keyExchangeKey(
  {flags, response}: Pick<AuthenticateMessage, 'flags' | 'response'>,
  serverChallenge: Buffer,
  base: Buffer,
  password: string,
): Buffer {
  if (response.kind === 'ntlmv1-ess') return hmacMd5(base, serverChallenge, response.clientChallenge)
  if (response.kind !== 'ntlmv1') return base
  if (has(flags, FLAG.LM_KEY) && response.lm.length >= 8) return lanManagerKey(lmHash(password), response.lm)
  if (!has(flags, FLAG.REQUEST_NON_NT_SESSION_KEY)) return base
  return Buffer.concat([lmHash(password).subarray(0, 8), Buffer.alloc(8)])
}

function lanManagerKey(hash: Buffer, lm: Buffer): Buffer {
  const block = lm.subarray(0, 8)
  const second = Buffer.concat([hash.subarray(7, 8), Buffer.alloc(6, 0xbd)])
  return Buffer.concat([des(hash.subarray(0, 7), block), des(second, block)])
}

/** SIGNKEY (§3.4.5.2); there is none without extended session security. */
export function signingKey(flags: number, exported: Buffer, direction: Direction): Buffer | null {
  if (!has(flags, FLAG.EXTENDED_SESSION_SECURITY)) return null
  return md5(exported, Buffer.from(`session key to ${direction} signing key magic constant\0`, 'latin1'))
}

/** SEALKEY (§3.4.5.3). */
export function sealingKey(flags: number, exported: Buffer, direction: Direction): Buffer {
  if (has(flags, FLAG.EXTENDED_SESSION_SECURITY)) {
    const strength = has(flags, FLAG.KEY_128) ? KEY_SIZE : has(flags, FLAG.KEY_56) ? 7 : 5
    const magic = Buffer.from(`session key to ${direction} sealing key magic constant\0`, 'latin1')
    return md5(exported.subarray(0, strength), magic)
  }
  if (!has(flags, FLAG.LM_KEY | FLAG.DATAGRAM)) return exported
  if (has(flags, FLAG.KEY_56)) return Buffer.concat([exported.subarray(0, 7), Buffer.from([0xa0])])
  return Buffer.concat([exported.subarray(0, 5), Buffer.from([0xe5, 0x38, 0xb0])])
}

export interface Handshake {
  readonly negotiate: Buffer
  readonly challenge: Buffer
  readonly authenticate: Buffer
}

/** The MIC that binds the three messages, all as they were sent. */
export function messageIntegrityCode({negotiate, challenge, authenticate}: Handshake, exported: Buffer): Buffer {
  const blank = Buffer.from(authenticate)
  blank.fill(0, MIC_AT, MIC_AT + MIC_SIZE)
  return hmacMd5(exported, negotiate, challenge, blank)
}

/** True also where the message says that it has none. */
export function micHolds(message: AuthenticateMessage, handshake: Handshake, exported: Buffer): boolean {
  return message.mic === null || timingSafeEqual(message.mic, messageIntegrityCode(handshake, exported))
}

/** Signatures of messages (MS-SMB2 §3.1.4.1, §3.1.5.1). */
import {createCipheriv, createHmac, timingSafeEqual} from 'node:crypto'

import {COMMAND, SIGNING} from '../wire/constants.ts'
import {SIGNATURE_AT, SIGNATURE_SIZE} from '../wire/header.ts'
import {aesCmac} from './cmac.ts'

const MESSAGE_ID_AT = 24
const COMMAND_AT = 12
/** In the nonce of AES-GMAC, behind the message's number. */
const FROM_SERVER = 1
const OF_CANCEL = 2

export interface SigningKey {
  readonly algorithm: number
  readonly key: Buffer
}

/** Writes the signature into the message; the flag that says so is set already. */
export function sign(message: Buffer, key: SigningKey): void {
  message.fill(0, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_SIZE)
  signatureOf(message, key, FROM_SERVER).copy(message, SIGNATURE_AT)
}

export function isSignedRight(message: Buffer, key: SigningKey): boolean {
  const given = message.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_SIZE)
  const blank = Buffer.from(message)
  blank.fill(0, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_SIZE)
  return timingSafeEqual(given, signatureOf(blank, key, 0))
}

function signatureOf(message: Buffer, {algorithm, key}: SigningKey, direction: number): Buffer {
  if (algorithm === SIGNING.AES_GMAC) return gmac(message, key, direction)
  if (algorithm === SIGNING.AES_CMAC) return aesCmac(key, message)
  return createHmac('sha256', key).update(message).digest().subarray(0, SIGNATURE_SIZE)
}

function gmac(message: Buffer, key: Buffer, direction: number): Buffer {
  const nonce = Buffer.alloc(12)
  message.copy(nonce, 0, MESSAGE_ID_AT, MESSAGE_ID_AT + 8)
  const cancel = message.readUInt16LE(COMMAND_AT) === COMMAND.CANCEL ? OF_CANCEL : 0
  nonce.writeUInt32LE(direction | cancel, 8)
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(message)
  cipher.final()
  return cipher.getAuthTag()
}

/**
 * VNC authentication (RFC 6143 section 7.2.2): the client encrypts 16 random octets with DES. The key is the password,
 * cut or padded with NUL to 8 octets, each with its bits mirrored.
 */
import {timingSafeEqual} from 'node:crypto'

import {desBlock} from '../../codecs/ntlm/des.ts'

export const CHALLENGE_SIZE = 16
const KEY_SIZE = 8
const BLOCK_SIZE = 8

export function vncResponse(password: string, challenge: Buffer): Buffer {
  const key = Buffer.alloc(KEY_SIZE)
  key.write(password, 'latin1')
  for (const [at, octet] of key.entries()) key[at] = mirrored(octet)
  const blocks = [challenge.subarray(0, BLOCK_SIZE), challenge.subarray(BLOCK_SIZE, CHALLENGE_SIZE)]
  return Buffer.concat(blocks.map((block) => desBlock(key, block)))
}

export function answers(password: string, challenge: Buffer, response: Buffer): boolean {
  return timingSafeEqual(vncResponse(password, challenge), response)
}

function mirrored(octet: number): number {
  let result = 0
  for (let bit = 0; bit < 8; bit++) if ((octet & (1 << bit)) !== 0) result |= 0x80 >> bit
  return result
}

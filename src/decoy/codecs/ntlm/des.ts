/** DES as NTLM uses it (MS-NLMP §6): keys of 56 bits, single blocks. */
import {createCipheriv} from 'node:crypto'

/** One block of 8 octets under a key of 7. */
export function des(key: Buffer, block: Buffer): Buffer {
  return desBlock(withParity(key), block)
}

/**
 * One block of 8 octets under a key of 8, the lowest bit of each ignored. OpenSSL 3 offers single DES no longer by
 * default, but triple DES with three equal keys is the same function.
 */
export function desBlock(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(block), cipher.final()])
}

/** DESL: 8 octets under each third of the key's 16 octets and 5 zeros. */
export function desl(key: Buffer, block: Buffer): Buffer {
  const padded = Buffer.concat([key, Buffer.alloc(5)])
  return Buffer.concat([0, 7, 14].map((at) => des(padded.subarray(at, at + 7), block)))
}

/** Seven bits to each octet; the lowest bit, for parity, is ignored by every implementation. */
function withParity(key: Buffer): Buffer {
  const bits = BigInt(`0x${key.toString('hex')}`)
  return Buffer.from(Array.from({length: 8}, (_, index) => Number((bits >> BigInt(49 - index * 7)) & 0x7fn) << 1))
}

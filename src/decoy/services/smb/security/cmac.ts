/** AES-CMAC (RFC 4493), which OpenSSL has and Node does not offer. */
import {createCipheriv} from 'node:crypto'

const BLOCK = 16
/** §2.3: what a bit that falls out of a doubled block comes back as. */
const REDUCTION = 0x87

export function aesCmac(key: Buffer, message: Buffer): Buffer {
  const zero = Buffer.alloc(BLOCK)
  const first = doubled(encrypt(key, zero))
  const blocks = Math.max(1, Math.ceil(message.length / BLOCK))
  const lastAt = (blocks - 1) * BLOCK
  const last = Buffer.alloc(BLOCK)
  message.copy(last, 0, lastAt)
  const whole = message.length === blocks * BLOCK
  if (!whole) last.writeUInt8(0x80, message.length - lastAt)
  const mask = whole ? first : doubled(first)
  for (let index = 0; index < BLOCK; index++) last[index] = (last[index] ?? 0) ^ (mask[index] ?? 0)
  // The chain of §2.4 is CBC from a zero vector.
  const cipher = createCipheriv('aes-128-cbc', key, zero).setAutoPadding(false)
  const chain = Buffer.concat([cipher.update(message.subarray(0, lastAt)), cipher.update(last)])
  return chain.subarray(-BLOCK)
}

function encrypt(key: Buffer, block: Buffer): Buffer {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block)
}

function doubled(block: Buffer): Buffer {
  const value = (BigInt(`0x${block.toString('hex')}`) << 1n) & ((1n << 128n) - 1n)
  const carry = block.readUInt8(0) >> 7 === 1 ? BigInt(REDUCTION) : 0n
  return Buffer.from((value ^ carry).toString(16).padStart(2 * BLOCK, '0'), 'hex')
}

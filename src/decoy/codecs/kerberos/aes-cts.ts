/** AES in CBC mode with ciphertext stealing and an initial vector of zeros (RFC 3962 §5). */
import {createCipheriv, createDecipheriv} from 'node:crypto'

import {CodecError} from '../codec-error.ts'

const BLOCK = 16

/** The last two blocks change places, and the last is cut to the size of the plaintext. */
export function encryptCts(key: Buffer, plain: Buffer): Buffer {
  if (plain.length < BLOCK) throw new CodecError('less than a block to encrypt')
  const blocks = Math.ceil(plain.length / BLOCK)
  const padded = Buffer.concat([plain, Buffer.alloc(blocks * BLOCK - plain.length)])
  const cipher = createCipheriv(algorithm(key), key, Buffer.alloc(BLOCK)).setAutoPadding(false)
  const encrypted = Buffer.concat([cipher.update(padded), cipher.final()])
  if (blocks === 1) return encrypted
  const last = (blocks - 1) * BLOCK
  const head = encrypted.subarray(0, last - BLOCK)
  return Buffer.concat([head, encrypted.subarray(last), encrypted.subarray(last - BLOCK, plain.length - BLOCK)])
}

export function decryptCts(key: Buffer, encrypted: Buffer): Buffer {
  if (encrypted.length < BLOCK) throw new CodecError('less than a block to decrypt')
  const blocks = Math.ceil(encrypted.length / BLOCK)
  if (blocks === 1) return decryptCbc(key, encrypted)
  const swapped = (blocks - 2) * BLOCK
  const stolen = encrypted.subarray(swapped, swapped + BLOCK)
  const tail = encrypted.subarray(swapped + BLOCK)
  const fill = decryptBlock(key, stolen).subarray(tail.length)
  const blocksInOrder = Buffer.concat([encrypted.subarray(0, swapped), tail, fill, stolen])
  return decryptCbc(key, blocksInOrder).subarray(0, encrypted.length)
}

export function encryptBlock(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv(algorithm(key), key, Buffer.alloc(BLOCK)).setAutoPadding(false)
  return Buffer.concat([cipher.update(block), cipher.final()])
}

const decryptBlock = decryptCbc

function decryptCbc(key: Buffer, encrypted: Buffer): Buffer {
  const decipher = createDecipheriv(algorithm(key), key, Buffer.alloc(BLOCK)).setAutoPadding(false)
  return Buffer.concat([decipher.update(encrypted), decipher.final()])
}

function algorithm(key: Buffer): string {
  if (key.length !== 16 && key.length !== 32) throw new CodecError(`an AES key of ${key.length} octets`)
  return `aes-${key.length * 8}-cbc`
}

/** Signing and sealing of messages after the handshake (MS-NLMP §3.4.2 to §3.4.4). */
import {timingSafeEqual} from 'node:crypto'
import {crc32} from 'node:zlib'

import {CodecError} from '../codec-error.ts'
import {FLAG, has} from './flags.ts'
import {Rc4} from './rc4.ts'
import {hmacMd5} from './responses.ts'
import {type Direction, sealingKey, signingKey} from './session-keys.ts'

export const SIGNATURE_SIZE = 16
const VERSION = Buffer.from([1, 0, 0, 0])

/** One direction of a session: messages must pass in the order in which they were sent. */
export class MessageSecurity {
  readonly #flags: number
  readonly #signing: Buffer | null
  readonly #cipher: Rc4
  #sequence: number

  /** `sequence`: how many messages were signed before the key stream began anew, as SPNEGO lets it. */
  constructor(flags: number, exported: Buffer, direction: Direction, sequence = 0) {
    this.#flags = flags
    this.#sequence = sequence
    this.#signing = signingKey(flags, exported, direction)
    this.#cipher = new Rc4(sealingKey(flags, exported, direction))
  }

  /** The signature of a message that goes out in clear. */
  sign(message: Buffer): Buffer {
    return this.#signature(message)
  }

  /** Signature, then the encrypted message, as GSS_Wrap gives them. */
  seal(message: Buffer): Buffer {
    const sealed = this.#cipher.apply(message)
    return Buffer.concat([this.#signature(message), sealed])
  }

  verify(message: Buffer, signature: Buffer): boolean {
    const expected = this.#signature(message)
    return signature.length === SIGNATURE_SIZE && timingSafeEqual(expected, signature)
  }

  /** Takes what `seal` gave. */
  unseal(bytes: Buffer): Buffer {
    if (bytes.length < SIGNATURE_SIZE) throw new CodecError('a sealed message without its signature')
    const message = this.#cipher.apply(bytes.subarray(SIGNATURE_SIZE))
    if (!this.verify(message, bytes.subarray(0, SIGNATURE_SIZE)))
      throw new CodecError('a message with a wrong signature')
    return message
  }

  #signature(message: Buffer): Buffer {
    const sequence = Buffer.alloc(4)
    sequence.writeUInt32LE(this.#sequence)
    this.#sequence = (this.#sequence + 1) >>> 0
    if (this.#signing === null) return this.#checksum(message, sequence)
    const digest = hmacMd5(this.#signing, sequence, message).subarray(0, 8)
    const shown = has(this.#flags, FLAG.KEY_EXCHANGE) ? this.#cipher.apply(digest) : digest
    return Buffer.concat([VERSION, shown, sequence])
  }

  /** Without extended session security (§3.4.4.1): zero in the place of the random pad, CRC and sequence encrypted. */
  #checksum(message: Buffer, sequence: Buffer): Buffer {
    const plain = Buffer.alloc(12)
    plain.writeUInt32LE(crc32(message), 4)
    const encrypted = this.#cipher.apply(plain)
    for (const [index, octet] of sequence.entries()) encrypted[8 + index] = (encrypted[8 + index] ?? 0) ^ octet
    encrypted.fill(0, 0, 4)
    return Buffer.concat([VERSION, encrypted])
  }
}

/**
 * What follows a bind that negotiated signing or sealing (RFC 4422 §3.7, MS-ADTS §5.1.2).
 *
 *   buffer = length:u32be signature:16 message
 */
import {ByteQueue} from '../../../byte-queue.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {FLAG, has} from '../../../codecs/ntlm/flags.ts'
import {MessageSecurity, SIGNATURE_SIZE} from '../../../codecs/ntlm/message-security.ts'

const PREFIX = 4

export interface SecurityPlan {
  readonly flags: number
  readonly key: Buffer
  readonly first: number
}

export class SecurityLayer {
  readonly #seals: boolean
  readonly #limit: number
  readonly #incoming: MessageSecurity
  readonly #outgoing: MessageSecurity
  readonly #queue = new ByteQueue()

  /** `first`: the number of the first message. `limit`: octets of the largest buffer. */
  constructor({flags, key, first}: SecurityPlan, limit: number) {
    this.#seals = has(flags, FLAG.SEAL)
    this.#limit = limit
    this.#incoming = new MessageSecurity(flags, key, 'client-to-server', first)
    this.#outgoing = new MessageSecurity(flags, key, 'server-to-client', first)
  }

  /** The plaintext of all buffers that are complete. Throws CodecError where a signature is wrong. */
  unwrap(bytes: Buffer): Buffer[] {
    this.#queue.push(bytes)
    const plain: Buffer[] = []
    for (let body = this.#next(); body !== null; body = this.#next()) plain.push(this.#open(body))
    return plain
  }

  wrap(message: Buffer): Buffer {
    const body = this.#seals ? this.#outgoing.seal(message) : Buffer.concat([this.#outgoing.sign(message), message])
    const prefix = Buffer.alloc(PREFIX)
    prefix.writeUInt32BE(body.length)
    return Buffer.concat([prefix, body])
  }

  #next(): Buffer | null {
    const length = this.#queue.peek(PREFIX)?.readUInt32BE()
    if (length === undefined) return null
    if (length < SIGNATURE_SIZE || length > this.#limit) throw new CodecError(`a buffer of ${length} octets`)
    return this.#queue.take(PREFIX + length)?.subarray(PREFIX) ?? null
  }

  #open(body: Buffer): Buffer {
    if (this.#seals) return this.#incoming.unseal(body)
    const message = body.subarray(SIGNATURE_SIZE)
    if (!this.#incoming.verify(message, body.subarray(0, SIGNATURE_SIZE))) throw new CodecError('a wrong signature')
    return message
  }
}

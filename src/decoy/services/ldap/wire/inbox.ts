/** Bytes of a client until a whole element of BER is there; bounded by what its header announces. */
import {announcedLength} from '../../../codecs/ber/header.ts'

const LEAST_HEADER = 2

export class Inbox {
  readonly #limit: number
  #chunks: Buffer[] = []
  #size = 0
  #wanted = LEAST_HEADER

  /** `limit`: octets of the largest message. */
  constructor(limit: number) {
    this.#limit = limit
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#size += bytes.length
  }

  /** The next whole message; null until it is there. Throws CodecError for a header that none can have. */
  take(): Buffer | null {
    if (this.#size < this.#wanted) return null
    const bytes = this.rest()
    const total = announcedLength(bytes, this.#limit)
    this.#wanted = total ?? bytes.length + 1
    if (total === null || total > bytes.length) {
      this.push(bytes)
      return null
    }
    this.push(bytes.subarray(total))
    this.#wanted = LEAST_HEADER
    return bytes.subarray(0, total)
  }

  /** Everything that has not been taken; it is gone then. */
  rest(): Buffer {
    // One chunk is not copied: it may hold thousands of messages.
    const [first = Buffer.alloc(0), ...more] = this.#chunks
    const bytes = more.length === 0 ? first : Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#size = 0
    return bytes
  }
}

/** Bytes of a client until a whole element of BER is there; bounded by what its header announces. */
import {ByteQueue} from '../../../byte-queue.ts'
import {announcedLength} from '../../../codecs/ber/header.ts'

export class Inbox {
  readonly #limit: number
  readonly #queue = new ByteQueue()

  /** `limit`: octets of the largest message. */
  constructor(limit: number) {
    this.#limit = limit
  }

  push(bytes: Buffer): void {
    this.#queue.push(bytes)
  }

  /** The next whole message; null until it is there. Throws CodecError for a header that none can have. */
  take(): Buffer | null {
    const total = announcedLength(this.#queue.all, this.#limit)
    return total === null ? null : this.#queue.take(total)
  }

  /** Everything that has not been taken; it is gone then. */
  rest(): Buffer {
    return this.#queue.takeAll()
  }
}

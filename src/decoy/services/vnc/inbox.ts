import {ByteQueue} from '../../byte-queue.ts'

/** Bytes of the peer that are not understood yet: parts of one message, whose size is known and small. */
export class Inbox extends ByteQueue {
  #skip = 0

  override push(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    super.push(chunk.subarray(skipped))
  }

  /** Forgets so many bytes, those that are still to come included. */
  skip(size: number): void {
    this.#skip += size - this.takeUpTo(size).length
  }
}

import {ByteQueue} from './byte-queue.ts'

const LF = 0x0a

/**
 * Lines of a server that gives up on those which are longer than it buffers: octets up to LF, a CR before it dropped.
 */
export class LineReader {
  /** Octets of a line, its CR included. */
  limit: number
  readonly #queue = new ByteQueue()

  constructor(limit: number) {
    this.limit = limit
  }

  /** Takes bytes up to the end of a line. @returns the line, in latin1, once it has an end. */
  feed(bytes: Buffer): {readonly line: string | null; readonly overflow: boolean; readonly used: number} {
    const feed = bytes.indexOf(LF)
    const end = feed < 0 ? bytes.length : feed
    if (this.#queue.length + end > this.limit) return {line: null, overflow: true, used: bytes.length}
    this.#queue.push(bytes.subarray(0, end))
    if (feed < 0) return {line: null, overflow: false, used: bytes.length}
    const line = this.#queue.takeAll().toString('latin1').replace(/\r$/, '')
    return {line, overflow: false, used: feed + 1}
  }

  /** Bytes without an end yet. */
  get pending(): Buffer {
    return this.#queue.all
  }
}

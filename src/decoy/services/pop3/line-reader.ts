/** Lines (RFC 1939 section 3): octets up to LF, a CR before it dropped. Dovecot gives up on longer ones than it buffers. */
import {LF} from '../../mailbox/lines.ts'

export class LineReader {
  /** Octets of a line. */
  limit: number
  #chunks: Buffer[] = []
  #length = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Takes bytes up to the end of a line. @returns the line, once it has an end. */
  feed(bytes: Buffer): {readonly line: string | null; readonly overflow: boolean; readonly used: number} {
    const feed = bytes.indexOf(LF)
    const end = feed < 0 ? bytes.length : feed
    if (this.#length + end > this.limit) return {line: null, overflow: true, used: bytes.length}
    this.#chunks.push(Buffer.from(bytes.subarray(0, end)))
    this.#length += end
    if (feed < 0) return {line: null, overflow: false, used: bytes.length}
    const line = this.pending.toString('latin1').replace(/\r$/, '')
    this.#chunks = []
    this.#length = 0
    return {line, overflow: false, used: feed + 1}
  }

  /** Bytes without an end yet. */
  get pending(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

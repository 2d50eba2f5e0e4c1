/**
 * Commands (RFC 5321 §2.3.8, §4.5.3.1.4): *OCTET CRLF; a bare LF ends one as well, as all servers played here have it.
 */
import {ByteQueue} from '../../../byte-queue.ts'

const LF = 0x0a
const CR = 0x0d

export interface Line {
  readonly bytes: Buffer
  /** latin1, so that nothing is lost. */
  readonly text: string
  /** It was longer than what is kept of it. */
  readonly long: boolean
}

export class LineReader {
  readonly #limit: number
  readonly #kept = new ByteQueue()
  #long = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes bytes up to the end of a line. @returns the line, if there is one, and how many bytes were used. */
  feed(bytes: Buffer): {readonly line: Line | null; readonly used: number} {
    const end = bytes.indexOf(LF)
    this.#keep(end === -1 ? bytes : bytes.subarray(0, end))
    return end === -1 ? {line: null, used: bytes.length} : {line: this.#take(), used: end + 1}
  }

  /** Bytes without an end yet. */
  get pending(): Buffer {
    return this.#kept.all
  }

  #keep(bytes: Buffer): void {
    // One more than the limit, so that the CR of a line that just fits is no part of it.
    const room = this.#limit + 1 - this.#kept.length
    if (bytes.length > room) this.#long = true
    this.#kept.push(bytes.subarray(0, room))
  }

  #take(): Line {
    const all = this.#kept.takeAll()
    const bytes = !this.#long && all.at(-1) === CR ? all.subarray(0, -1) : all.subarray(0, this.#limit)
    const line = {bytes, text: bytes.toString('latin1'), long: this.#long || all.length > this.#limit + 1}
    this.#long = false
    return line
  }
}

/** Evidence lines are at most 64 KiB or so; a longer one is not evidence and is dropped without being kept. */
export const LINE_LIMIT = 1024 * 1024

const LINE_FEED = 0x0a

/**
 * Complete lines out of chunks. The Engine cuts records at 16,384 bytes, and a rotated log may begin in the middle of
 * a line, so pieces are joined up to the line feed and a line without one is never delivered.
 */
export class LineSplitter {
  readonly #limit: number
  #pieces: Buffer[] = []
  #size = 0

  constructor(limit = LINE_LIMIT) {
    this.#limit = limit
  }

  feed(chunk: Buffer): string[] {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, end))
      if (this.#size <= this.#limit) lines.push(Buffer.concat(this.#pieces).toString('utf8'))
      this.#pieces = []
      this.#size = 0
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
    return lines
  }

  #keep(piece: Buffer): void {
    this.#size += piece.length
    if (this.#size > this.#limit) this.#pieces = []
    else if (piece.length > 0) this.#pieces.push(piece)
  }
}

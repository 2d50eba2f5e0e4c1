/** Incremental reading of delimited and counted bytes: every byte is looked at once, and no more is kept than allowed. */

export type LineResult = {readonly state: 'line'; readonly line: Buffer} | {readonly state: 'more' | 'too-long'}

export class ByteReader {
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  #parts: Buffer[] = []
  #length = 0

  /** Everything of the chunk before has been read. */
  supply(chunk: Buffer): void {
    this.#chunk = chunk
    this.#at = 0
  }

  get empty(): boolean {
    return this.#at >= this.#chunk.length
  }

  peek(): number | undefined {
    return this.#chunk[this.#at]
  }

  /** The bytes up to a delimiter, which is consumed and not part of the line. */
  line(delimiter: number, limit: number): LineResult {
    const end = this.#chunk.indexOf(delimiter, this.#at)
    const part = this.#chunk.subarray(this.#at, end === -1 ? this.#chunk.length : end)
    if (this.#length + part.length > limit) return {state: 'too-long'}
    this.#parts.push(part)
    this.#length += part.length
    this.#at += part.length + (end === -1 ? 0 : 1)
    if (end === -1) return {state: 'more'}
    return {state: 'line', line: this.take()}
  }

  /** At most `count` bytes of the chunk; only those within `keep` are kept for `take`. Returns how many were consumed. */
  counted(count: number, keep: number): number {
    const part = this.#chunk.subarray(this.#at, this.#at + count)
    this.#at += part.length
    const kept = part.subarray(0, Math.max(0, keep - this.#length))
    if (kept.length > 0) this.#parts.push(kept)
    this.#length += kept.length
    return part.length
  }

  /** What was kept so far. A copy: the chunks it came from must not be held by a value that lives on. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#parts, this.#length)
    this.#parts = []
    this.#length = 0
    return bytes
  }
}

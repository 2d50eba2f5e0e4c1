/** Bytes of a peer that are not understood yet. Each is copied and searched a bounded number of times, however they come. */
const LEAST_CAPACITY = 512

export class ByteQueue {
  #bytes: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0
  /** Up to here there is no delimiter. */
  #searched = 0
  /** The buffer is ours to write in, and no peer's chunk. */
  #owned = false

  get length(): number {
    return this.#to - this.#from
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    if (this.length === 0) this.#adopt(chunk)
    else this.#append(chunk)
  }

  /** Null: there are not so many yet. */
  peek(size: number): Buffer | null {
    return this.length < size ? null : this.#bytes.subarray(this.#from, this.#from + size)
  }

  /** Null: there are not so many yet. A part of a larger buffer: what is kept for long has to be copied. */
  take(size: number): Buffer | null {
    const taken = this.peek(size)
    if (taken !== null) this.#from += size
    return taken
  }

  /** Drops at most so many; returns how many there were. */
  skip(size: number): number {
    const skipped = Math.min(size, this.length)
    this.#from += skipped
    return skipped
  }

  /** The bytes up to a delimiter, which is consumed and not part of them; always the same delimiter. */
  takeUntil(delimiter: number): Buffer | null {
    const begin = Math.max(this.#from, this.#searched)
    const at = this.#bytes.subarray(0, this.#to).indexOf(delimiter, begin)
    this.#searched = at === -1 ? this.#to : at + 1
    if (at === -1) return null
    const taken = this.#bytes.subarray(this.#from, at)
    this.#from = at + 1
    return taken
  }

  #adopt(chunk: Buffer): void {
    this.#bytes = chunk
    this.#from = 0
    this.#to = chunk.length
    this.#searched = 0
    this.#owned = false
  }

  #append(chunk: Buffer): void {
    if (!this.#owned || this.#to + chunk.length > this.#bytes.length) this.#move(this.length + chunk.length)
    chunk.copy(this.#bytes, this.#to)
    this.#to += chunk.length
  }

  /** To a buffer with room to grow: what was taken of the old one stays as it is. */
  #move(size: number): void {
    const grown = Buffer.allocUnsafe(Math.max(LEAST_CAPACITY, 2 * size))
    this.#bytes.copy(grown, 0, this.#from, this.#to)
    this.#searched = Math.max(0, this.#searched - this.#from)
    this.#to -= this.#from
    this.#from = 0
    this.#bytes = grown
    this.#owned = true
  }
}

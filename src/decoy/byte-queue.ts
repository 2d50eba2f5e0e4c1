/**
 * Bytes of a peer that are not understood yet. Each is copied and searched a bounded number of times, however they come:
 * a peer who sends one byte at a time costs no more than one who sends all at once. What is taken out may be a part of a
 * larger buffer, and is never overwritten; what is kept for long has to be copied.
 */
const LEAST_CAPACITY = 512
const LF = 0x0a
const NOTHING = Buffer.alloc(0)

export class ByteQueue {
  #bytes: Buffer = NOTHING
  #from = 0
  #to = 0
  /** Up to here there is no line feed. */
  #searched = 0
  /** The buffer is ours to write in, and no peer's chunk. */
  #owned = false

  get length(): number {
    return this.#to - this.#from
  }

  /** All that waits, without taking it. */
  get all(): Buffer {
    return this.#bytes.subarray(this.#from, this.#to)
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

  /** Null: there are not so many yet. */
  take(size: number): Buffer | null {
    const taken = this.peek(size)
    if (taken !== null) this.#drop(size)
    return taken
  }

  /** So many, or as many as there are. */
  takeUpTo(size: number): Buffer {
    const taken = this.all.subarray(0, size)
    this.#drop(taken.length)
    return taken
  }

  takeAll(): Buffer {
    return this.takeUpTo(this.length)
  }

  /** A line with its line feed; null while it is not complete. */
  takeLine(): Buffer | null {
    const begin = Math.max(this.#from, this.#searched)
    const at = this.#bytes.subarray(0, this.#to).indexOf(LF, begin)
    this.#searched = at < 0 ? this.#to : at + 1
    return at < 0 ? null : this.take(at + 1 - this.#from)
  }

  clear(): void {
    this.#adopt(NOTHING)
  }

  /** An empty queue holds no buffer: connections may say nothing for hours after a large message. */
  #drop(size: number): void {
    this.#from += size
    if (this.length === 0) this.clear()
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

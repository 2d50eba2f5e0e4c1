const INITIAL_BYTES = 1024
const LF = 0x0a

/**
 * Bytes waiting to be parsed. Appending is amortised linear and a line end is looked for once per byte, so that a
 * peer who sends one byte at a time costs no more than one who sends all at once.
 */
export class ByteQueue {
  #buffer: Buffer = Buffer.alloc(INITIAL_BYTES)
  #start = 0
  #end = 0
  /** Everything before this is known to hold no line feed. */
  #searched = 0

  get length(): number {
    return this.#end - this.#start
  }

  push(bytes: Buffer): void {
    if (this.length === 0) this.clear()
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length)
    bytes.copy(this.#buffer, this.#end)
    this.#end += bytes.length
  }

  /** What is waiting, without taking it; valid until the next call. */
  peek(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end)
  }

  take(size: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + size)))
    this.#start += taken.length
    return taken
  }

  /** Takes a line with its line feed; null while it is incomplete. */
  takeLine(): Buffer | null {
    const from = Math.max(this.#searched, this.#start)
    const at = this.#buffer.subarray(from, this.#end).indexOf(LF)
    if (at < 0) {
      this.#searched = this.#end
      return null
    }
    return this.take(from + at + 1 - this.#start)
  }

  clear(): void {
    this.#start = this.#end = this.#searched = 0
  }

  #makeRoom(size: number): void {
    const waiting = this.peek()
    let capacity = INITIAL_BYTES
    while (capacity < waiting.length + size) capacity *= 2
    const grown = Buffer.alloc(capacity)
    waiting.copy(grown)
    this.#searched = Math.max(0, this.#searched - this.#start)
    this.#start = 0
    this.#end = waiting.length
    this.#buffer = grown
  }
}

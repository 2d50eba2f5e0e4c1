/** Bytes of the peer that are not understood yet: parts of one message, whose size is known and small. */
export class Inbox {
  #bytes: Buffer = Buffer.alloc(0)
  #skip = 0

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    const rest = chunk.subarray(skipped)
    if (rest.length > 0) this.#bytes = this.#bytes.length === 0 ? rest : Buffer.concat([this.#bytes, rest])
  }

  get length(): number {
    return this.#bytes.length
  }

  peek(size: number): Buffer | null {
    return this.#bytes.length < size ? null : this.#bytes.subarray(0, size)
  }

  take(size: number): Buffer | null {
    const taken = this.peek(size)
    if (taken !== null) this.#bytes = this.#bytes.subarray(size)
    return taken
  }

  /** All that is there. */
  rest(): Buffer {
    return this.#bytes
  }

  /** Forgets so many bytes, those that are still to come included. */
  skip(size: number): void {
    const here = Math.min(size, this.#bytes.length)
    this.#bytes = this.#bytes.subarray(here)
    this.#skip += size - here
  }
}

/** One file on its way in: bounded by itself and by what all uploads of a decky may hold in memory together. */

/** Bytes that unfinished uploads of one decky may hold. */
export class UploadPool {
  #free: number

  constructor(bytes: number) {
    this.#free = bytes
  }

  take(bytes: number): boolean {
    if (bytes > this.#free) return false
    this.#free -= bytes
    return true
  }

  give(bytes: number): void {
    this.#free += bytes
  }
}

const FIRST_CAPACITY = 64 * 1024

export class Upload {
  readonly #pool: UploadPool
  readonly #limit: number
  #buffer = Buffer.alloc(0)
  #size = 0

  constructor(pool: UploadPool, limit: number) {
    this.#pool = pool
    this.#limit = limit
  }

  get size(): number {
    return this.#size
  }

  /** Starts from what is there, for a write into an existing file. False: too large. */
  preload(data: Buffer): boolean {
    return this.write(0, data)
  }

  /** False: too large, nothing was taken. */
  write(offset: number, data: Buffer): boolean {
    const end = offset + data.length
    if (!Number.isSafeInteger(end) || end > this.#limit || !this.#grow(end)) return false
    data.copy(this.#buffer, offset)
    this.#size = Math.max(this.#size, end)
    return true
  }

  append(data: Buffer): boolean {
    return this.write(this.#size, data)
  }

  /** The content; the upload holds nothing afterwards. */
  finish(): Buffer {
    const data = Buffer.from(this.#buffer.subarray(0, this.#size))
    this.#pool.give(this.#buffer.length)
    this.#buffer = Buffer.alloc(0)
    this.#size = 0
    return data
  }

  #grow(size: number): boolean {
    if (size <= this.#buffer.length) return true
    const capacity = Math.min(this.#limit, Math.max(FIRST_CAPACITY, size, this.#buffer.length * 2))
    if (!this.#pool.take(capacity - this.#buffer.length)) return false
    const larger = Buffer.alloc(capacity)
    this.#buffer.copy(larger)
    this.#buffer = larger
    return true
  }
}

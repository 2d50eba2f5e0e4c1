/** Data types of RFC 4251 section 5. Reading past the end throws `WireError`, which callers answer as malformed. */

export class WireError extends Error {
  override readonly name = 'WireError'
}

export class WireReader {
  readonly #bytes: Buffer
  #position: number

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes
    this.#position = position
  }

  get rest(): Buffer {
    return this.#bytes.subarray(this.#position)
  }

  byte(): number {
    return this.#take(1).readUInt8(0)
  }

  boolean(): boolean {
    return this.byte() !== 0
  }

  uint32(): number {
    return this.#take(4).readUInt32BE(0)
  }

  uint64(): number {
    return Number(this.#take(8).readBigUInt64BE(0))
  }

  string(): Buffer {
    return this.#take(this.uint32())
  }

  /** Bytes as characters U+0000 to U+00FF: lossless. */
  text(): string {
    return this.string().toString('latin1')
  }

  /** Throws where a message goes on after its last field. */
  end(): void {
    if (this.rest.length > 0) throw new WireError('a message is longer than its fields')
  }

  #take(size: number): Buffer {
    if (size > this.#bytes.length - this.#position) throw new WireError('a field is longer than its message')
    const taken = this.#bytes.subarray(this.#position, this.#position + size)
    this.#position += size
    return taken
  }
}

export const byte = (value: number): Buffer => Buffer.from([value & 0xff])

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(Math.trunc(value)))
  return bytes
}

export function string(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** A positive multiple-precision integer. */
export function mpint(value: Buffer): Buffer {
  let start = 0
  while (start < value.length && value[start] === 0) start++
  const digits = value.subarray(start)
  const first = digits[0]
  return string(first !== undefined && first >= 0x80 ? Buffer.concat([byte(0), digits]) : digits)
}

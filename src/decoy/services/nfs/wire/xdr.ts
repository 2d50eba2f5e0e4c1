/** External data representation (RFC 4506): big-endian, everything in multiples of four octets. */

/** What cannot be read as what it should be. */
export class XdrError extends Error {}

const UNIT = 4
const padding = (length: number): number => (UNIT - (length % UNIT)) % UNIT

export class XdrReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  fixed(size: number): Buffer {
    const end = this.#at + size + padding(size)
    if (end > this.#bytes.length) throw new XdrError('cut short')
    const taken = this.#bytes.subarray(this.#at, this.#at + size)
    this.#at = end
    return taken
  }

  uint(): number {
    return this.fixed(UNIT).readUInt32BE(0)
  }

  hyper(): bigint {
    return this.fixed(2 * UNIT).readBigUInt64BE(0)
  }

  opaque(most: number): Buffer {
    const size = this.uint()
    if (size > most) throw new XdrError(`${size} octets`)
    return this.fixed(size)
  }

  /** Latin1 text: a character an octet. */
  text(most: number): string {
    return this.opaque(most).toString('latin1')
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }
}

export function uint(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * UNIT)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * UNIT)
  return bytes
}

export function hyper(...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2 * UNIT)
  for (const [index, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), index * 2 * UNIT)
  return bytes
}

export const fixed = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(padding(bytes.length))])

export const opaque = (bytes: Buffer): Buffer => Buffer.concat([uint(bytes.length), fixed(bytes)])

export const text = (value: string): Buffer => opaque(Buffer.from(value, 'latin1'))

/** A list as XDR has it: each item after a 1, the end is a 0. */
export const list = (items: readonly Buffer[]): Buffer =>
  Buffer.concat([...items.flatMap((item) => [uint(1), item]), uint(0)])

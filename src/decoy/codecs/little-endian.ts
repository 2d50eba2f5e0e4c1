/** Little-endian structures, as nearly all protocols of Microsoft have them. */
import {CodecError} from './codec-error.ts'

/** Builds a structure field by field. */
export class LittleEndianWriter {
  readonly #parts: Buffer[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  bytes(value: Buffer): this {
    this.#parts.push(value)
    this.#length += value.length
    return this
  }

  u8(value: number): this {
    return this.bytes(Buffer.from([value & 0xff]))
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      const part = Buffer.alloc(2)
      part.writeUInt16LE(value & 0xffff)
      this.bytes(part)
    }
    return this
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      const part = Buffer.alloc(4)
      part.writeUInt32LE(value >>> 0)
      this.bytes(part)
    }
    return this
  }

  u64(...values: readonly bigint[]): this {
    for (const value of values) {
      const part = Buffer.alloc(8)
      part.writeBigUInt64LE(BigInt.asUintN(64, value))
      this.bytes(part)
    }
    return this
  }

  /** UTF-16, without a length and without a zero behind it. */
  text(value: string): this {
    return this.bytes(Buffer.from(value, 'utf16le'))
  }

  zeros(count: number): this {
    return count > 0 ? this.bytes(Buffer.alloc(count)) : this
  }

  /** Zeros up to the next multiple. */
  align(multiple: number): this {
    return this.zeros((multiple - (this.#length % multiple)) % multiple)
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Reads a structure field by field; throws `CodecError` where it ends too early. */
export class LittleEndianReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.take(1).readUInt8(0)
  }

  u16(): number {
    return this.take(2).readUInt16LE(0)
  }

  u32(): number {
    return this.take(4).readUInt32LE(0)
  }

  u64(): bigint {
    return this.take(8).readBigUInt64LE(0)
  }

  take(count: number): Buffer {
    if (count > this.left) throw new CodecError(`${count} octets where ${this.left} are left`)
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  /** What lies at a place that a field of the structure names; empty where its length is zero. */
  slice(offset: number, length: number): Buffer {
    if (length === 0) return Buffer.alloc(0)
    if (offset + length > this.#bytes.length) {
      throw new CodecError(`${length} octets at ${offset} in a structure of ${this.#bytes.length}`)
    }
    return this.#bytes.subarray(offset, offset + length)
  }

  /** Skips to the next multiple. */
  align(multiple: number): this {
    this.take(Math.min(this.left, (multiple - (this.#at % multiple)) % multiple))
    return this
  }
}

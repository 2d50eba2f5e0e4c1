/** BSON, read: bounded in depth, and never past its own length. */
import {CodecError} from '../codec-error.ts'
import {TYPE} from './encode.ts'
import {Binary, type BsonDocument, type BsonValue, Double, ObjectId, Opaque, Regex, Timestamp} from './values.ts'

const LEAST = 5
const MAX_DEPTH = 100
/** What a Date of JavaScript can hold. */
const MAX_DATE = 8_640_000_000_000_000n

/** Sizes of values that are only carried along; -1: a string. */
const CARRIED: ReadonlyMap<number, number> = new Map([
  [TYPE.UNDEFINED, 0],
  [TYPE.CODE, -1],
  [TYPE.SYMBOL, -1],
  [TYPE.DECIMAL, 16],
  [TYPE.MAX_KEY, 0],
  [TYPE.MIN_KEY, 0],
])

/**
 * One document at `offset`, and where it ends.
 *
 * @throws CodecError
 */
export function decodeDocument(bytes: Buffer, offset = 0): {readonly document: BsonDocument; readonly end: number} {
  const reader = new Reader(bytes, offset)
  return {document: reader.document(0), end: reader.at}
}

class Reader {
  readonly #bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  document(depth: number): BsonDocument {
    const result: BsonDocument = new Map()
    this.#elements(depth, (name, value) => result.set(name, value))
    return result
  }

  #array(depth: number): BsonValue[] {
    const result: BsonValue[] = []
    this.#elements(depth, (_, value) => result.push(value))
    return result
  }

  #elements(depth: number, take: (name: string, value: BsonValue) => void): void {
    if (depth > MAX_DEPTH) throw new CodecError('document nested too deep')
    const start = this.at
    const size = this.#int32()
    const end = start + size
    if (size < LEAST || end > this.#bytes.length) throw new CodecError('length of a document')
    for (;;) {
      const type = this.#take(1).readUInt8()
      if (type === 0) break
      const name = this.#cstring(end)
      take(name, this.#value(type, depth))
      if (this.at >= end) throw new CodecError('document without its end')
    }
    if (this.at !== end) throw new CodecError('length of a document')
  }

  #value(type: number, depth: number): BsonValue {
    switch (type) {
      case TYPE.DOUBLE:
        return new Double(this.#take(8).readDoubleLE())
      case TYPE.STRING:
        return this.#string()
      case TYPE.DOCUMENT:
        return this.document(depth + 1)
      case TYPE.ARRAY:
        return this.#array(depth + 1)
      case TYPE.BINARY:
        return this.#binary()
      case TYPE.OBJECT_ID:
        return new ObjectId(this.#take(12).toString('hex'))
      case TYPE.BOOLEAN:
        return this.#take(1).readUInt8() !== 0
      case TYPE.DATE:
        return this.#date()
      case TYPE.NULL:
        return null
      case TYPE.REGEX:
        return new Regex(this.#cstring(this.#bytes.length), this.#cstring(this.#bytes.length))
      case TYPE.INT32:
        return this.#int32()
      case TYPE.TIMESTAMP:
        return new Timestamp(this.#take(8).readBigInt64LE())
      case TYPE.INT64:
        return this.#take(8).readBigInt64LE()
      default:
        return this.#carried(type)
    }
  }

  #carried(type: number): Opaque {
    const begin = this.at
    if (type === TYPE.DB_POINTER) {
      this.#string()
      this.#take(12)
    } else if (type === TYPE.CODE_WITH_SCOPE) {
      const size = this.#int32()
      if (size < 14) throw new CodecError('length of code')
      this.#take(size - 4)
    } else {
      const size = CARRIED.get(type)
      if (size === undefined) throw new CodecError(`type ${type}`)
      if (size < 0) this.#string()
      else this.#take(size)
    }
    return new Opaque(type, Buffer.from(this.#bytes.subarray(begin, this.at)))
  }

  #date(): Date | Opaque {
    const bytes = this.#take(8)
    const value = bytes.readBigInt64LE()
    const held = value >= -MAX_DATE && value <= MAX_DATE
    return held ? new Date(Number(value)) : new Opaque(TYPE.DATE, Buffer.from(bytes))
  }

  #binary(): Binary {
    const size = this.#int32()
    const subtype = this.#take(1).readUInt8()
    return new Binary(Buffer.from(this.#take(size)), subtype)
  }

  #string(): string {
    const size = this.#int32()
    if (size < 1) throw new CodecError('length of a string')
    const bytes = this.#take(size)
    if (bytes.at(-1) !== 0) throw new CodecError('string without its end')
    return bytes.toString('utf8', 0, size - 1)
  }

  #cstring(limit: number): string {
    const end = this.#bytes.indexOf(0, this.at)
    if (end < 0 || end >= limit) throw new CodecError('name without its end')
    const text = this.#bytes.toString('utf8', this.at, end)
    this.at = end + 1
    return text
  }

  #int32(): number {
    return this.#take(4).readInt32LE()
  }

  #take(size: number): Buffer {
    if (size < 0 || size > this.#bytes.length - this.at) throw new CodecError('value past the end')
    this.at += size
    return this.#bytes.subarray(this.at - size, this.at)
  }
}

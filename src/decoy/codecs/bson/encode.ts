/** BSON, written: `document = length:int32 *(type:8 name:cstring value) NUL`, little-endian. */
import {Binary, type BsonDocument, type BsonValue, Double, ObjectId, Opaque, Regex, Timestamp} from './values.ts'

export const TYPE = {
  DOUBLE: 0x01,
  STRING: 0x02,
  DOCUMENT: 0x03,
  ARRAY: 0x04,
  BINARY: 0x05,
  UNDEFINED: 0x06,
  OBJECT_ID: 0x07,
  BOOLEAN: 0x08,
  DATE: 0x09,
  NULL: 0x0a,
  REGEX: 0x0b,
  DB_POINTER: 0x0c,
  CODE: 0x0d,
  SYMBOL: 0x0e,
  CODE_WITH_SCOPE: 0x0f,
  INT32: 0x10,
  TIMESTAMP: 0x11,
  INT64: 0x12,
  DECIMAL: 0x13,
  MAX_KEY: 0x7f,
  MIN_KEY: 0xff,
} as const

const NUL = Buffer.alloc(1)

export function encodeDocument(document: BsonDocument): Buffer {
  return wrap([...document].flatMap(([name, value]) => element(name, value)))
}

function wrap(pieces: readonly Buffer[]): Buffer {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 5)
  return Buffer.concat([int32(size), ...pieces, NUL], size)
}

function element(name: string, value: BsonValue): Buffer[] {
  const [type, bytes] = encoded(value)
  return [Buffer.from([type]), cstring(name), bytes]
}

function encoded(value: BsonValue): [type: number, bytes: Buffer] {
  if (value === null) return [TYPE.NULL, Buffer.alloc(0)]
  switch (typeof value) {
    case 'string':
      return [TYPE.STRING, string(value)]
    case 'boolean':
      return [TYPE.BOOLEAN, Buffer.from([value ? 1 : 0])]
    case 'number':
      return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff
        ? [TYPE.INT32, int32(value)]
        : [TYPE.DOUBLE, double(value)]
    case 'bigint':
      return [TYPE.INT64, int64(value)]
    default:
      return encodedObject(value)
  }
}

function encodedObject(value: Exclude<BsonValue, null | string | boolean | number | bigint>): [number, Buffer] {
  if (value instanceof Map) return [TYPE.DOCUMENT, encodeDocument(value)]
  if (value instanceof Date) return [TYPE.DATE, int64(BigInt(value.getTime()))]
  if (value instanceof Double) return [TYPE.DOUBLE, double(value.value)]
  if (value instanceof ObjectId) return [TYPE.OBJECT_ID, Buffer.from(value.hex, 'hex')]
  if (value instanceof Timestamp) return [TYPE.TIMESTAMP, int64(value.value)]
  if (value instanceof Regex) return [TYPE.REGEX, Buffer.concat([cstring(value.pattern), cstring(value.options)])]
  if (value instanceof Opaque) return [value.type, value.bytes]
  if (value instanceof Binary) {
    return [TYPE.BINARY, Buffer.concat([int32(value.bytes.length), Buffer.from([value.subtype]), value.bytes])]
  }
  return [TYPE.ARRAY, wrap(value.flatMap((item, index) => element(String(index), item)))]
}

/** Ends at the first NUL, as it could hold none. */
function cstring(text: string): Buffer {
  return Buffer.concat([Buffer.from(text.split('\0', 1)[0] ?? '', 'utf8'), NUL])
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([int32(bytes.length + 1), bytes, NUL])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt.asIntN(64, value))
  return bytes
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

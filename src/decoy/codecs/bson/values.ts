/** BSON values (bsonspec.org, version 1.1) that JavaScript has no type for. A whole number is an int32, a bigint an int64. */

/** In the order of its fields. */
export type BsonDocument = Map<string, BsonValue>

export type BsonValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | Date
  | Double
  | ObjectId
  | Binary
  | Regex
  | Timestamp
  | Opaque
  | BsonDocument
  | readonly BsonValue[]

export class Double {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export class ObjectId {
  /** Twelve octets, hex. */
  readonly hex: string

  constructor(hex: string) {
    this.hex = hex
  }
}

export const SUBTYPE = {GENERIC: 0, UUID: 4} as const

export class Binary {
  readonly bytes: Buffer
  readonly subtype: number

  constructor(bytes: Buffer, subtype: number = SUBTYPE.GENERIC) {
    this.bytes = bytes
    this.subtype = subtype
  }
}

export class Regex {
  readonly pattern: string
  readonly options: string

  constructor(pattern: string, options: string) {
    this.pattern = pattern
    this.options = options
  }
}

export class Timestamp {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A value that is only carried along: a decimal, code, a key that is less or more than all others. */
export class Opaque {
  readonly type: number
  readonly bytes: Buffer

  constructor(type: number, bytes: Buffer) {
    this.type = type
    this.bytes = bytes
  }
}

export const isDocument = (value: BsonValue | undefined): value is BsonDocument => value instanceof Map
export const isArray = (value: BsonValue | undefined): value is readonly BsonValue[] => Array.isArray(value)

/** What a document may be written as, for short. */
export type Fields = Readonly<Record<string, BsonValue | undefined>>

/** Fields that are not there are left out. Names that look like numbers do not keep their place. */
export function document(fields: Fields): BsonDocument {
  const result: BsonDocument = new Map()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) result.set(name, value)
  return result
}

/** As a number, whatever kind of one it is; null: it is none. */
export function numeric(value: BsonValue | undefined): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Double ? value.value : null
}

/** Values in methods: short and long strings, numbers, and tables (AMQP 0-9-1 §4.2.5, with the types RabbitMQ added). */

export type FieldValue = string | number | boolean | null | FieldTable
export interface FieldTable {
  readonly [name: string]: FieldValue
}

/** What a method cannot be read for. */
export class ValueError extends Error {}

/** Fields of all tables of one method, nested ones included. */
const MAX_FIELDS = 256
const MAX_DEPTH = 8

/** Octets of values of a fixed size. */
const FIXED: Readonly<Record<string, number>> = {
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  l: 8,
  L: 8,
  f: 4,
  d: 8,
  T: 8,
  D: 5,
}

export class ValueReader {
  readonly #bytes: Buffer
  #at = 0
  #fields = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(size: number): Buffer {
    if (this.left < size) throw new ValueError('cut short')
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  octet(): number {
    return this.take(1).readUInt8(0)
  }

  short(): number {
    return this.take(2).readUInt16BE(0)
  }

  long(): number {
    return this.take(4).readUInt32BE(0)
  }

  longLong(): bigint {
    return this.take(8).readBigUInt64BE(0)
  }

  /** Latin1 text: a character an octet. */
  shortString(): string {
    return this.take(this.octet()).toString('latin1')
  }

  longString(): Buffer {
    return this.take(this.long())
  }

  table(depth = 0): FieldTable {
    return new ValueReader(this.longString()).fields(depth, this)
  }

  /** All that is left, as fields. */
  fields(depth = 0, counter: ValueReader = this): FieldTable {
    if (depth > MAX_DEPTH) throw new ValueError('too deep')
    const table: Record<string, FieldValue> = Object.create(null) as Record<string, FieldValue>
    while (this.left > 0) {
      if (++counter.#fields > MAX_FIELDS) throw new ValueError('too many fields')
      const name = this.shortString()
      table[name] = this.#value(depth, counter)
    }
    return table
  }

  #value(depth: number, counter: ValueReader): FieldValue {
    const type = String.fromCharCode(this.octet())
    switch (type) {
      case 't':
        return this.octet() !== 0
      case 'S':
      case 'x':
        return this.longString().toString('latin1')
      case 'F':
        return new ValueReader(this.longString()).fields(depth + 1, counter)
      case 'A':
        this.longString()
        return null
      case 'V':
        return null
      case 'I':
        return this.take(4).readInt32BE(0)
      default: {
        const size = FIXED[type]
        if (size === undefined) throw new ValueError(`type ${type.charCodeAt(0)}`)
        return this.take(size).readUIntBE(0, Math.min(size, 6))
      }
    }
  }
}

export function shortString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1').subarray(0, 255)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

export function longString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([uint32(bytes.length), bytes])
}

export type TableEntry = readonly [name: string, value: string | true | readonly TableEntry[]]

export function encodeTable(entries: readonly TableEntry[]): Buffer {
  const fields = entries.map(([name, value]) => Buffer.concat([shortString(name), encodeValue(value)]))
  const bytes = Buffer.concat(fields)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function encodeValue(value: TableEntry[1]): Buffer {
  if (value === true) return Buffer.from('t\x01', 'latin1')
  if (typeof value === 'string') return Buffer.concat([Buffer.from('S'), longString(value)])
  return Buffer.concat([Buffer.from('F'), encodeTable(value)])
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value, 0)
  return bytes
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value, 0)
  return bytes
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value), 0)
  return bytes
}

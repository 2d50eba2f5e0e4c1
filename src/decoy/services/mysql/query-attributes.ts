/**
 * Attributes in front of a query (dev.mysql.com/doc/dev/mysql-server, "COM_QUERY"), where the client negotiated them:
 *
 *   count:lenenc sets:lenenc [nulls[(count+7)/8] bound:u8 (type:u16 name:lenenc)*count value*]
 */
import {FieldReader} from './wire.ts'

const MAX_ATTRIBUTES = 64
/** Octets of values of fixed size, by type: integers, floats, and times, which have a length of their own. */
const FIXED: Readonly<Record<number, number>> = {1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 8: 8, 9: 4, 13: 2}
const NULL_TYPE = 6
const TIMES = new Set([7, 10, 11, 12])

/** The query behind them; null when they cannot be read. */
export function attributesBefore(body: Buffer): Buffer | null {
  const reader = new FieldReader(body)
  const count = reader.lenenc()
  if (count === null || reader.lenenc() === null || count > MAX_ATTRIBUTES) return null
  if (count === 0) return reader.rest()
  const nulls = reader.bytes((count + 7) >> 3)
  if (nulls === null || reader.uint8() !== 1) return null
  const types: number[] = []
  for (let index = 0; index < count; index++) {
    const type = reader.bytes(2)
    if (type === null || reader.lenencBytes() === null) return null
    types.push(type.readUInt8())
  }
  for (const [index, type] of types.entries()) {
    const isNull = ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
    if (!isNull && skipValue(reader, type) === null) return null
  }
  return reader.rest()
}

function skipValue(reader: FieldReader, type: number): Buffer | null {
  if (type === NULL_TYPE) return reader.bytes(0)
  const size = FIXED[type]
  if (size !== undefined) return reader.bytes(size)
  if (!TIMES.has(type)) return reader.lenencBytes()
  const length = reader.uint8()
  return length === null ? null : reader.bytes(length)
}

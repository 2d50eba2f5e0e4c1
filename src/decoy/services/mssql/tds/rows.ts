/**
 * Result sets (MS-TDS 2.2.7.4, 2.2.7.19, 2.2.5.4):
 *
 *   COLMETADATA = 0x81 count:u16 *(user-type flags:u16 type name:b)      ; user-type = u16 before 7.2, u32 since
 *   ROW         = 0xd1 *value
 */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import type {SqlValue} from '../../../sql/ast.ts'
import type {ColumnType} from '../../../sql/evaluate.ts'
import {COLLATION, type TokenWriter} from './tokens.ts'

export interface ResultSet {
  readonly columns: readonly {readonly name: string; readonly type: ColumnType}[]
  readonly rows: readonly (readonly SqlValue[])[]
}

const NULLABLE = 0x0001
const INTN = 0x26
const BITN = 0x68
const DECIMALN = 0x6a
const DATETIMN = 0x6f
const NVARCHAR = 0xe7
/** In octets. */
const MAX_NVARCHAR = 8000
const PRECISION = 18
const SCALE = 2
const DECIMAL_SIZE = 9
const NULL_TEXT = 0xffff
const DAY_MS = 86_400_000
/** DATETIME counts from there. */
const YEAR_1900 = Date.UTC(1900, 0, 1)
const TICKS_A_MS = 0.3
/** Octets of one result: what is more is left out, whole rows at a time. */
const MAX_RESULT = 192 * 1024

export function resultTokens({columns, rows}: ResultSet, tokens: TokenWriter): {bytes: Buffer; count: number} {
  const head = new LittleEndianWriter().u8(0x81).u16(columns.length)
  for (const {name, type} of columns) {
    if (tokens.wide) head.u32(0)
    else head.u16(0)
    const label = name.slice(0, 128)
    head.u16(NULLABLE).bytes(typeInfo(type, tokens.collated)).u8(label.length).text(label)
  }
  const parts = [head.done()]
  let size = 0
  let count = 0
  for (const row of rows) {
    const writer = new LittleEndianWriter().u8(0xd1)
    for (const [index, {type}] of columns.entries()) writer.bytes(encode(row[index] ?? null, type))
    const bytes = writer.done()
    size += bytes.length
    if (size > MAX_RESULT) break
    parts.push(bytes)
    count++
  }
  return {bytes: Buffer.concat(parts), count}
}

function typeInfo(type: ColumnType, collated: boolean): Buffer {
  switch (type) {
    case 'integer':
      return Buffer.from([INTN, 4])
    case 'boolean':
      return Buffer.from([BITN, 1])
    case 'timestamp':
      return Buffer.from([DATETIMN, 8])
    case 'decimal':
      return Buffer.from([DECIMALN, DECIMAL_SIZE, PRECISION, SCALE])
    default: {
      const text = new LittleEndianWriter().u8(NVARCHAR).u16(MAX_NVARCHAR)
      return (collated ? text.bytes(COLLATION) : text).done()
    }
  }
}

function encode(value: SqlValue, type: ColumnType): Buffer {
  if (value === null) return type === 'text' ? new LittleEndianWriter().u16(NULL_TEXT).done() : Buffer.from([0])
  switch (type) {
    case 'integer':
      return new LittleEndianWriter()
        .u8(4)
        .u32(Math.trunc(Number(value)) | 0)
        .done()
    case 'boolean':
      return Buffer.from([1, Number(value) === 0 ? 0 : 1])
    case 'timestamp':
      return moment(Date.parse(`${String(value).replace(' ', 'T')}Z`))
    case 'decimal':
      return decimal(Number(value))
    default: {
      const text = typeof value === 'boolean' ? String(Number(value)) : String(value)
      const bytes = Buffer.from(text.slice(0, MAX_NVARCHAR / 2), 'utf16le')
      return new LittleEndianWriter().u16(bytes.length).bytes(bytes).done()
    }
  }
}

function moment(ms: number): Buffer {
  if (Number.isNaN(ms)) return Buffer.from([0])
  const days = Math.floor((ms - YEAR_1900) / DAY_MS)
  const within = ms - YEAR_1900 - days * DAY_MS
  return new LittleEndianWriter()
    .u8(8)
    .u32(days, Math.round(within * TICKS_A_MS))
    .done()
}

function decimal(value: number): Buffer {
  if (!Number.isFinite(value)) return Buffer.from([0])
  const units = BigInt(Math.round(Math.min(Math.abs(value), 9e13) * 10 ** SCALE))
  return new LittleEndianWriter()
    .u8(DECIMAL_SIZE)
    .u8(value < 0 ? 0 : 1)
    .u64(units)
    .done()
}

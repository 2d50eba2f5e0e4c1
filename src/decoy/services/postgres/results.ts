/** RowDescription and DataRow (postgresql.org/docs/15/protocol-message-formats.html). */
import type {SqlValue} from '../../sql/ast.ts'
import type {ColumnType, ResultColumn} from '../../sql/evaluate.ts'
import type {StatementResult} from './inside/statements.ts'
import {int16, int32, message} from './wire.ts'

const TYPES: Readonly<Record<ColumnType, {readonly oid: number; readonly size: number}>> = {
  integer: {oid: 23, size: 4},
  text: {oid: 25, size: -1},
  timestamp: {oid: 1114, size: 8},
  decimal: {oid: 1700, size: -1},
  boolean: {oid: 16, size: 1},
}
/** Octets of rows that one statement answers with. */
const MAX_RESULT = 192 * 1024
const INT32_MAX = 0x7fff_ffff

/** Format codes as Bind gives them: none, one for all, or one each. */
export type Formats = readonly number[]

const formatAt = (formats: Formats, index: number): number => (formats.length === 1 ? formats[0] : formats[index]) ?? 0

/** Types whose binary form is not made are shown as text, which has the same form in both. */
function typeOf({type}: ResultColumn, binary: boolean): {readonly oid: number; readonly size: number} {
  return binary && (type === 'timestamp' || type === 'decimal') ? TYPES.text : TYPES[type]
}

export function rowDescription(columns: readonly ResultColumn[], formats: Formats = []): Buffer {
  const fields = columns.flatMap((column, index) => {
    const format = formatAt(formats, index)
    const {oid, size} = typeOf(column, format === 1)
    return [`${column.name}\0`, int32(0), int16(0), int32(oid), int16(size), int32(-1), int16(format)]
  })
  return message('T', int16(columns.length), ...fields)
}

export function dataRows({columns, rows}: StatementResult, formats: Formats = []): Buffer[] {
  const messages: Buffer[] = []
  let size = 0
  for (const row of rows) {
    const cells = row.map((value, index) =>
      cell(value, columns?.[index]?.type ?? 'text', formatAt(formats, index) === 1),
    )
    const bytes = message('D', int16(row.length), ...cells)
    size += bytes.length
    if (size > MAX_RESULT) break
    messages.push(bytes)
  }
  return messages
}

function cell(value: SqlValue, type: ColumnType, binary: boolean): Buffer {
  if (value === null) return int32(-1)
  const bytes = binary ? binaryForm(value, type) : Buffer.from(textForm(value), 'utf8')
  return Buffer.concat([int32(bytes.length), bytes])
}

const textForm = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 't' : 'f') : String(value)

function binaryForm(value: string | number | boolean, type: ColumnType): Buffer {
  if (type === 'integer') return int32(Math.max(-INT32_MAX, Math.min(INT32_MAX, Number(value) || 0)))
  if (type === 'boolean') return Buffer.from([value === true ? 1 : 0])
  return Buffer.from(textForm(value), 'utf8')
}

export const commandComplete = (tag: string): Buffer => message('C', `${tag}\0`)
export const readyForQuery = (transaction: string): Buffer => message('Z', transaction)
export const EMPTY_QUERY = message('I')

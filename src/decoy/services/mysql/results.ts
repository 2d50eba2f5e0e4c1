/**
 * What the server answers to commands (dev.mysql.com/doc/dev/mysql-server, "Generic Response Packets" and "Text
 * Resultset"):
 *
 *   OK     = 0x00 rows:lenenc id:lenenc status:u16 warnings:u16 [message:lenenc] [session changes:lenenc]
 *   ERR    = 0xff code:u16 "#" state[5] text
 *   EOF    = 0xfe warnings:u16 status:u16         ; or, where the client deprecates it, an OK that begins with 0xfe
 *   result = [0x01] columns:lenenc column* [EOF] row* EOF
 */
import type {SqlValue} from '../../sql/ast.ts'
import type {ColumnType} from '../../sql/evaluate.ts'
import type {Negotiated} from './handshake.ts'
import {CAPABILITY, has, MARIADB_CAPABILITY, type SqlError, STATUS} from './protocol.ts'
import {lenenc, lenencText, uint16, uint32} from './wire.ts'

/** A column as its definition shows it. */
export interface ShownColumn {
  readonly name: string
  readonly type: ColumnType
  readonly schema?: string
  readonly table?: string
  /** The column's own name, where it is a table's. */
  readonly origin?: string
  readonly primary?: boolean
}

export type Answer =
  | {readonly type: 'rows'; readonly columns: readonly ShownColumn[]; readonly rows: readonly (readonly SqlValue[])[]}
  /** `database`: the session has another one now. */
  | {readonly type: 'ok'; readonly database?: string; readonly message?: string}
  | {readonly type: 'error'; readonly error: SqlError}

const TYPES: Readonly<Record<ColumnType, {code: number; size: number; decimals: number; text: boolean}>> = {
  integer: {code: 0x03, size: 11, decimals: 0, text: false},
  boolean: {code: 0x03, size: 1, decimals: 0, text: false},
  decimal: {code: 0xf6, size: 12, decimals: 2, text: false},
  timestamp: {code: 0x0c, size: 19, decimals: 0, text: false},
  text: {code: 0xfd, size: 1020, decimals: 0, text: true},
}
const BINARY_CHARSET = 63
const DECIMALS_OF_EXPRESSIONS = 39
const FLAG = {NOT_NULL: 0x1, PRIMARY_KEY: 0x2, BINARY: 0x80, AUTO_INCREMENT: 0x200, PART_KEY: 0x4000} as const
const PRIMARY = FLAG.NOT_NULL | FLAG.PRIMARY_KEY | FLAG.AUTO_INCREMENT | FLAG.PART_KEY
const SCHEMA_CHANGE = 0x01
/** MySQL puts more rows than that into no one's way; here a result is bounded by its bytes. */
const MAX_RESULT = 192 * 1024

export class Responder {
  readonly #capabilities: number
  readonly #extended: number
  readonly #charset: number

  /** What was negotiated, and the client's character set. */
  constructor({capabilities, extended}: Negotiated, charset: number) {
    this.#capabilities = capabilities
    this.#extended = extended
    this.#charset = charset
  }

  /** The packets of an answer. `status`: bits besides autocommit. */
  payloads(answer: Answer, status = 0): Buffer[] {
    switch (answer.type) {
      case 'ok':
        return [this.ok(answer, status)]
      case 'error':
        return [errorPayload(answer.error)]
      case 'rows':
        return this.#rows(answer, status)
      default:
        return answer satisfies never
    }
  }

  ok({database, message}: {database?: string; message?: string} = {}, status = 0): Buffer {
    const tracked = database !== undefined && has(this.#capabilities, CAPABILITY.SESSION_TRACK)
    const flags = STATUS.AUTOCOMMIT | status | (tracked ? STATUS.SESSION_CHANGED : 0)
    const pieces = [Buffer.from([0, 0, 0]), uint16(flags), uint16(0)]
    if (tracked) {
      const changes = Buffer.concat([Buffer.from([SCHEMA_CHANGE]), lenencText(lenencText(database))])
      pieces.push(lenencText(message ?? ''), lenencText(changes))
    } else if (message !== undefined) pieces.push(lenencText(message))
    return Buffer.concat(pieces)
  }

  /** The end of rows, or of column definitions. */
  end(status = 0): Buffer {
    const flags = uint16(STATUS.AUTOCOMMIT | status)
    if (this.#deprecatesEof) return Buffer.concat([Buffer.from([0xfe, 0, 0]), flags, uint16(0)])
    return Buffer.concat([Buffer.from([0xfe]), uint16(0), flags])
  }

  /** COM_FIELD_LIST: definitions alone, each with a default value. */
  fields(columns: readonly ShownColumn[]): Buffer[] {
    return [...columns.map((column) => Buffer.concat([this.#definition(column), Buffer.from([0xfb])])), this.end()]
  }

  get #deprecatesEof(): boolean {
    return has(this.#capabilities, CAPABILITY.DEPRECATE_EOF)
  }

  #rows({columns, rows}: Extract<Answer, {type: 'rows'}>, status: number): Buffer[] {
    // Both products let a client go without definitions, and say in different places that they follow.
    const before = has(this.#capabilities, CAPABILITY.OPTIONAL_METADATA) ? [Buffer.from([1])] : []
    const after = has(this.#extended, MARIADB_CAPABILITY.CACHE_METADATA) ? [Buffer.from([1])] : []
    const payloads = [
      Buffer.concat([...before, lenenc(columns.length), ...after]),
      ...columns.map((column) => this.#definition(column)),
      ...(this.#deprecatesEof ? [] : [this.end(status)]),
    ]
    let size = 0
    for (const row of rows) {
      const bytes = Buffer.concat(row.map(cell))
      size += bytes.length
      if (size > MAX_RESULT) break
      payloads.push(bytes)
    }
    payloads.push(this.end(status))
    return payloads
  }

  #definition({name, type, schema = '', table = '', origin = '', primary = false}: ShownColumn): Buffer {
    const {code, size, decimals, text} = TYPES[type]
    const computed = table === ''
    const flags = (text ? 0 : FLAG.BINARY) | (primary ? PRIMARY : 0)
    return Buffer.concat([
      lenencText('def'),
      ...[schema, table, table, name, origin].map(lenencText),
      Buffer.from(has(this.#extended, MARIADB_CAPABILITY.EXTENDED_METADATA) ? [0, 0x0c] : [0x0c]),
      uint16(text ? this.#charset : BINARY_CHARSET),
      uint32(size),
      Buffer.from([code]),
      uint16(type === 'integer' && !computed && !primary ? 0 : flags),
      Buffer.from([text && computed ? DECIMALS_OF_EXPRESSIONS : decimals, 0, 0]),
    ])
  }
}

/** `withState`: clients from before 4.1, and those of whom nothing is known yet, get no SQLSTATE. */
export function errorPayload({code, state, text}: SqlError, withState = true): Buffer {
  return Buffer.concat([
    Buffer.from([0xff]),
    uint16(code),
    Buffer.from(withState ? `#${state}` : ''),
    Buffer.from(text, 'utf8'),
  ])
}

function cell(value: SqlValue): Buffer {
  if (value === null) return Buffer.from([0xfb])
  return lenencText(typeof value === 'boolean' ? String(Number(value)) : String(value))
}

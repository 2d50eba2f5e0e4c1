/** Numbers of the protocol (dev.mysql.com/doc/dev/mysql-server, "Capabilities Flags" and "Command Phase"). */

export const CAPABILITY = {
  LONG_PASSWORD: 0x1,
  CONNECT_WITH_DB: 0x8,
  COMPRESS: 0x20,
  PROTOCOL_41: 0x200,
  SSL: 0x800,
  SECURE_CONNECTION: 0x8000,
  MULTI_STATEMENTS: 0x1_0000,
  PLUGIN_AUTH: 0x8_0000,
  CONNECT_ATTRIBUTES: 0x10_0000,
  LENENC_AUTH: 0x20_0000,
  SESSION_TRACK: 0x80_0000,
  DEPRECATE_EOF: 0x100_0000,
  OPTIONAL_METADATA: 0x200_0000,
  ZSTD: 0x400_0000,
  QUERY_ATTRIBUTES: 0x800_0000,
} as const

/** MariaDB's own (mariadb.com/kb/en/connection, "Capabilities"), counted from bit 32. */
export const MARIADB_CAPABILITY = {EXTENDED_METADATA: 0x8, CACHE_METADATA: 0x10} as const

/** Capabilities have 32 bits, and JavaScript's operators are signed. */
export const has = (capabilities: number, flag: number): boolean => (capabilities & flag) !== 0

export const STATUS = {AUTOCOMMIT: 0x2, MORE_RESULTS: 0x8, SESSION_CHANGED: 0x4000} as const

export const COMMAND = {
  QUIT: 0x01,
  INIT_DB: 0x02,
  QUERY: 0x03,
  FIELD_LIST: 0x04,
  REFRESH: 0x07,
  SHUTDOWN: 0x08,
  STATISTICS: 0x09,
  PROCESS_INFO: 0x0a,
  PROCESS_KILL: 0x0c,
  DEBUG: 0x0d,
  PING: 0x0e,
  CHANGE_USER: 0x11,
  BINLOG_DUMP: 0x12,
  REGISTER_SLAVE: 0x15,
  STMT_PREPARE: 0x16,
  STMT_EXECUTE: 0x17,
  STMT_SEND_LONG_DATA: 0x18,
  STMT_CLOSE: 0x19,
  STMT_RESET: 0x1a,
  SET_OPTION: 0x1b,
  STMT_FETCH: 0x1c,
  BINLOG_DUMP_GTID: 0x1e,
  RESET_CONNECTION: 0x1f,
} as const

export const COMMAND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(COMMAND).map(([name, code]) => [code, `COM_${name}`]),
)

export type Plugin = 'caching_sha2_password' | 'mysql_native_password'

/** An error as the server sends it: number, SQLSTATE, text. */
export interface SqlError {
  readonly code: number
  readonly state: string
  readonly text: string
}

export const sqlError = (code: number, state: string, text: string): SqlError => ({code, state, text})

/** Thrown inside of a statement, sent as its answer. */
export class StatementError extends Error {
  readonly error: SqlError

  constructor(code: number, state: string, text: string) {
    super(text)
    this.name = 'StatementError'
    this.error = sqlError(code, state, text)
  }
}

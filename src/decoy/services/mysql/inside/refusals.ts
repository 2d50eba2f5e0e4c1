/** What the server says to whom it does not let: its texts, by product. */
import type {SqlError} from '../protocol.ts'
import {StatementError} from '../protocol.ts'
import type {Release} from '../releases.ts'
import type {SessionState} from './session-state.ts'

const SYNTAX_SHOWN = 80

export function syntaxError({brand}: Release, text: string, at: number | null): StatementError {
  const from = at ?? text.length
  const line = text.slice(0, from).split('\n').length
  const near = text.slice(from, from + SYNTAX_SHOWN)
  const manual = `check the manual that corresponds to your ${brand} server version for the right syntax to use near`
  return new StatementError(1064, '42000', `You have an error in your SQL syntax; ${manual} '${near}' at line ${line}`)
}

export function accessDeniedToDatabase({user}: SessionState, name: string): StatementError {
  return new StatementError(1044, '42000', `Access denied for user '${user}'@'%' to database '${name}'`)
}

export function deniedForTable(state: SessionState, verb: string, schema: string, table: string): StatementError {
  const {user, connection, server} = state
  const which = server.release.product === 'mysql' ? `'${table}'` : `\`${schema}\`.\`${table}\``
  const text = `${verb} command denied to user '${user}'@'${connection.peer.ip}' for table ${which}`
  return new StatementError(1142, '42000', text)
}

export function needsPrivilege(privilege: string): StatementError {
  const text = `Access denied; you need (at least one of) the ${privilege} privilege(s) for this operation`
  return new StatementError(1227, '42000', text)
}

/** What MySQL says to whom lacks FILE or GRANT OPTION. */
export function accessDenied({user}: SessionState): StatementError {
  return new StatementError(1045, '28000', `Access denied for user '${user}'@'%' (using password: YES)`)
}

export function noFilePrivilege(state: SessionState): StatementError {
  return state.server.release.product === 'mysql' ? accessDenied(state) : needsPrivilege('FILE')
}

export function localInfileDisabled({product}: Release): StatementError {
  if (product === 'mysql') {
    const text = 'Loading local data is disabled; this must be enabled on both the client and server sides'
    return new StatementError(3948, '42000', text)
  }
  const text =
    'The used command is not allowed because the MariaDB server or client has disabled the local infile capability'
  return new StatementError(4166, 'HY000', text)
}

/** A statement that is right, and more than is played here: the server is set to stop long ones. */
export function tookTooLong({product}: Release): StatementError {
  if (product === 'mysql') {
    const text = 'Query execution was interrupted, maximum statement execution time exceeded'
    return new StatementError(3024, 'HY000', text)
  }
  return new StatementError(1969, '70100', 'Query execution was interrupted (max_statement_time exceeded)')
}

/** The server is set to hold no prepared statements. */
export const NO_PREPARED_STATEMENTS: SqlError = {
  code: 1461,
  state: '42000',
  text: "Can't create more than max_prepared_stmt_count statements (current value: 0)",
}

export const UNKNOWN_COMMAND: SqlError = {code: 1047, state: '08S01', text: 'Unknown command'}
export const EMPTY_QUERY: SqlError = {code: 1065, state: '42000', text: 'Query was empty'}

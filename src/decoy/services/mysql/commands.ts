/** The command phase: one command a packet, the sequence numbers of which begin at 0 again. */
import {splitStatements} from '../../sql/lexer.ts'
import type {Effects} from './inside/functions.ts'
import {
  accessDenied,
  EMPTY_QUERY,
  NO_PREPARED_STATEMENTS,
  needsPrivilege,
  syntaxError,
  UNKNOWN_COMMAND,
} from './inside/refusals.ts'
import {baitTables, shownColumns, useDatabase} from './inside/schema.ts'
import {questions, type SessionState, uptime} from './inside/session-state.ts'
import {execute} from './inside/statements.ts'
import {CAPABILITY, COMMAND, has, type SqlError, STATUS, StatementError} from './protocol.ts'
import {attributesBefore} from './query-attributes.ts'
import {errorPayload, type Responder} from './results.ts'

export interface Reply {
  readonly payloads: readonly Buffer[]
  readonly delayMs: number
}

export interface CommandContext {
  readonly state: SessionState
  readonly responder: Responder
  capabilities: number
  readonly extended: number
}

/** Statements of one packet that are run. */
const MAX_STATEMENTS = 64

const said = (...payloads: readonly Buffer[]): Reply => ({payloads, delayMs: 0})
const failed = (error: SqlError): Reply => said(errorPayload(error))

/** What COM_QUERY asks, without the attributes in front of it. Null: they cannot be read. */
export function queryText(body: Buffer, capabilities: number): Buffer | null {
  return has(capabilities, CAPABILITY.QUERY_ATTRIBUTES) ? attributesBefore(body) : body
}

/** Any command but COM_QUIT and COM_CHANGE_USER, which are the session's. */
export function perform(code: number | undefined, body: Buffer, context: CommandContext): Reply {
  const {state, responder} = context
  state.questions++
  try {
    const make = code === undefined ? undefined : COMMANDS.get(code)
    return make === undefined ? failed(UNKNOWN_COMMAND) : make(body, context)
  } catch (error) {
    if (error instanceof StatementError) return said(...responder.payloads({type: 'error', error: error.error}))
    throw error
  }
}

type Command = (body: Buffer, context: CommandContext) => Reply

const ok: Command = (_, {responder}) => said(responder.ok())
const nothing: Command = () => said()
const needs =
  (privilege: string): Command =>
  () => {
    throw needsPrivilege(privilege)
  }
const unknownStatement =
  (verb: string): Command =>
  (body) => {
    const id = body.length < 4 ? 0 : body.readUInt32LE()
    throw new StatementError(1243, 'HY000', `Unknown prepared statement handler (${id}) given to mysqld_stmt_${verb}`)
  }

const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [COMMAND.QUERY, query],
  [
    COMMAND.INIT_DB,
    (body, {state, responder}) => {
      state.database = useDatabase(state, body.toString('utf8'))
      return said(responder.ok({database: state.database}))
    },
  ],
  [COMMAND.FIELD_LIST, fieldList],
  [COMMAND.PING, ok],
  [COMMAND.RESET_CONNECTION, ok],
  [COMMAND.SET_OPTION, setOption],
  [COMMAND.STATISTICS, statistics],
  [COMMAND.PROCESS_INFO, (_, context) => run('SHOW PROCESSLIST', context)],
  [
    COMMAND.PROCESS_KILL,
    (body) => {
      const id = body.length < 4 ? 0 : body.readUInt32LE()
      throw new StatementError(1094, 'HY000', `Unknown thread id: ${id}`)
    },
  ],
  [COMMAND.REFRESH, needs('RELOAD')],
  [COMMAND.SHUTDOWN, needs('SHUTDOWN')],
  [COMMAND.DEBUG, needs('SUPER')],
  [COMMAND.BINLOG_DUMP, needs('REPLICATION SLAVE')],
  [COMMAND.BINLOG_DUMP_GTID, needs('REPLICATION SLAVE')],
  [
    COMMAND.REGISTER_SLAVE,
    (_, {state}) => {
      throw accessDenied(state)
    },
  ],
  [COMMAND.STMT_PREPARE, () => failed(NO_PREPARED_STATEMENTS)],
  [COMMAND.STMT_EXECUTE, unknownStatement('execute')],
  [COMMAND.STMT_RESET, unknownStatement('reset')],
  [COMMAND.STMT_FETCH, unknownStatement('fetch')],
  // Neither has an answer.
  [COMMAND.STMT_CLOSE, nothing],
  [COMMAND.STMT_SEND_LONG_DATA, nothing],
])

function query(body: Buffer, context: CommandContext): Reply {
  const text = queryText(body, context.capabilities)
  if (text === null) return failed({code: 1835, state: 'HY000', text: 'Malformed communication packet.'})
  return run(text.toString('utf8'), context)
}

function run(text: string, {state, responder, capabilities}: CommandContext): Reply {
  const statements = splitStatements(text, 'mysql').slice(0, MAX_STATEMENTS)
  const [first, second] = statements
  if (first === undefined) return failed(EMPTY_QUERY)
  if (second !== undefined && !has(capabilities, CAPABILITY.MULTI_STATEMENTS)) {
    return failed(syntaxError(state.server.release, text, second.tokens[0]?.start ?? null).error)
  }
  const effects: Effects = {delayMs: 0}
  const payloads: Buffer[] = []
  for (const [index, statement] of statements.entries()) {
    const answer = execute(statement, state, effects)
    const last = index === statements.length - 1 || answer.type === 'error'
    payloads.push(...responder.payloads(answer, last ? 0 : STATUS.MORE_RESULTS))
    if (last) break
  }
  return {payloads, delayMs: effects.delayMs}
}

/** The client asks for the columns of a table: `table NUL wildcard`. MySQL 8.0 still answers. */
function fieldList(body: Buffer, {state, responder}: CommandContext): Reply {
  const end = body.indexOf(0)
  const name = body.subarray(0, end < 0 ? body.length : end).toString('utf8')
  if (state.database === null) throw new StatementError(1046, '3D000', 'No database selected')
  const table = baitTables(state, state.database).find((each) => each.name === name)
  if (table === undefined) throw new StatementError(1146, '42S02', `Table '${state.database}.${name}' doesn't exist`)
  return said(...responder.fields(shownColumns(state, table)))
}

/** 0 turns several statements in one query on, 1 off. */
function setOption(body: Buffer, context: CommandContext): Reply {
  const option = body.length < 2 ? null : body.readUInt16LE()
  if (option !== 0 && option !== 1) return failed(UNKNOWN_COMMAND)
  const flag = CAPABILITY.MULTI_STATEMENTS
  context.capabilities = option === 0 ? context.capabilities | flag : context.capabilities & ~flag
  return said(context.responder.end())
}

function statistics(_: Buffer, {state}: CommandContext): Reply {
  const seconds = uptime(state)
  const asked = questions(state)
  const opens = state.server.persona.integer('mysql opens', 80, 900)
  const text =
    `Uptime: ${seconds}  Threads: 2  Questions: ${asked}  Slow queries: 0  Opens: ${opens}  ` +
    `${state.server.release.product === 'mysql' ? 'Flush tables: 3  ' : ''}Open tables: ${Math.floor(opens / 2)}  ` +
    `Queries per second avg: ${(asked / seconds).toFixed(3)}`
  return said(Buffer.from(text))
}

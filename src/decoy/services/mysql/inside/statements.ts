/** Runs one statement for an intruder that was let in: it may look at everything of its account's, and change nothing. */
import {SqlBeyondError, SqlSyntaxError, type SqlValue} from '../../../sql/ast.ts'
import {type Environment, runSelect} from '../../../sql/evaluate.ts'
import type {Statement} from '../../../sql/lexer.ts'
import {parseSelect} from '../../../sql/select-parser.ts'
import {StatementError} from '../protocol.ts'
import type {Answer} from '../results.ts'
import {callFunction, type Effects} from './functions.ts'
import {
  accessDenied,
  accessDeniedToDatabase,
  deniedForTable,
  localInfileDisabled,
  NO_PREPARED_STATEMENTS,
  needsPrivilege,
  noFilePrivilege,
  syntaxError,
  tookTooLong,
} from './refusals.ts'
import {findTable, useDatabase} from './schema.ts'
import type {SessionState} from './session-state.ts'
import {describe, show} from './show.ts'
import {variables} from './variables.ts'

/** How long the server works on what it gives up in the end. */
const GIVES_UP_AFTER_MS = 2000

export function execute(statement: Statement, state: SessionState, effects: Effects): Answer {
  try {
    return dispatch(statement, state, effects)
  } catch (error) {
    if (error instanceof StatementError) return {type: 'error', error: error.error}
    if (error instanceof SqlSyntaxError) return syntaxAnswer(statement, state, error.at)
    if (!(error instanceof SqlBeyondError)) throw error
    effects.delayMs += GIVES_UP_AFTER_MS
    return {type: 'error', error: tookTooLong(state.server.release).error}
  }
}

function syntaxAnswer({text, tokens}: Statement, {server}: SessionState, at: number | null): Answer {
  const origin = tokens[0]?.start ?? 0
  return {type: 'error', error: syntaxError(server.release, text, at === null ? null : at - origin).error}
}

type Handler = (statement: Statement, state: SessionState, effects: Effects) => Answer

const done: Handler = () => ({type: 'ok'})
const refuse =
  (make: (state: SessionState) => StatementError): Handler =>
  (_, state) => {
    throw make(state)
  }

const HANDLERS: Readonly<Record<string, Handler>> = {
  select,
  show,
  describe,
  desc: describe,
  explain: describe,
  use: ({tokens}, state) => {
    const name = tokens[1]?.text
    if (name === undefined) throw new SqlSyntaxError(null)
    state.database = useDatabase(state, name)
    return {type: 'ok', database: state.database}
  },
  set: setVariable,
  begin: done,
  start: done,
  commit: done,
  rollback: done,
  savepoint: done,
  release: done,
  unlock: done,
  do: done,
  insert: forTable('INSERT', ['into', 'ignore']),
  replace: forTable('INSERT', ['into']),
  update: forTable('UPDATE', ['ignore']),
  delete: forTable('DELETE', ['from']),
  truncate: forTable('DROP', ['table']),
  drop: definition('DROP'),
  create: definition('CREATE'),
  alter: definition('ALTER'),
  rename: forTable('ALTER', ['table']),
  lock: refuse((state) => accessDeniedToDatabase(state, state.database ?? state.server.bait.name)),
  load: ({tokens}, state) => {
    const local = tokens.slice(1, 5).some(({keyword}) => keyword === 'local')
    throw local ? localInfileDisabled(state.server.release) : noFilePrivilege(state)
  },
  grant: refuse(accessDenied),
  revoke: refuse(accessDenied),
  flush: refuse(() => needsPrivilege('RELOAD')),
  reset: refuse(() => needsPrivilege('RELOAD')),
  shutdown: refuse(() => needsPrivilege('SHUTDOWN')),
  change: refuse(() => needsPrivilege('SUPER')),
  install: refuse(
    ({user}) => new StatementError(1142, '42000', `INSERT command denied to user '${user}'@'%' for table 'plugin'`),
  ),
  kill: ({tokens}) => {
    throw new StatementError(1094, 'HY000', `Unknown thread id: ${Number(tokens.at(-1)?.text) || 0}`)
  },
  call: ({tokens}, state) => {
    const name = tokens[1]?.text ?? ''
    throw new StatementError(
      1305,
      '42000',
      `PROCEDURE ${state.database ?? state.server.bait.name}.${name} does not exist`,
    )
  },
  prepare: () => ({type: 'error', error: NO_PREPARED_STATEMENTS}),
  execute: ({tokens}) => unknownStatement(tokens[1]?.text, 'EXECUTE'),
  deallocate: ({tokens}) => unknownStatement(tokens[2]?.text, 'DEALLOCATE PREPARE'),
}

function unknownStatement(name: string | undefined, verb: string): never {
  throw new StatementError(1243, 'HY000', `Unknown prepared statement handler (${name ?? ''}) given to ${verb}`)
}

function dispatch(statement: Statement, state: SessionState, effects: Effects): Answer {
  const [first] = statement.tokens
  const handler = first !== undefined && Object.hasOwn(HANDLERS, first.keyword) ? HANDLERS[first.keyword] : undefined
  if (handler === undefined) throw new SqlSyntaxError(first?.start ?? null)
  return handler(statement, state, effects)
}

function select(statement: Statement, state: SessionState, effects: Effects): Answer {
  const {tokens} = statement
  const into = tokens.findIndex(({keyword}) => keyword === 'into')
  if (/^(?:outfile|dumpfile)$/.test(tokens[into + 1]?.keyword ?? '')) throw noFilePrivilege(state)
  const parsed = parseSelect(statement)
  const {from} = parsed
  const relation = from === null || from.name.toLowerCase() === 'dual' ? null : findTable(state, from.schema, from.name)
  if (relation === null && parsed.items.some(({expression}) => expression === null)) {
    throw new StatementError(1096, 'HY000', 'No tables used')
  }
  const {columns, rows} = runSelect(parsed, relation, environment(state, effects))
  return {
    type: 'rows',
    rows,
    columns: columns.map(({name, type, origin}) => ({
      name,
      type,
      ...(relation === null || origin === null ? {} : {schema: relation.schema, table: relation.table, origin}),
    })),
  }
}

function environment(state: SessionState, effects: Effects): Environment {
  let all: ReadonlyMap<string, string> | null = null
  return {
    label: ({source}, expression) => (expression.type === 'column' ? expression.name : source),
    unknownColumn: (table, name) => {
      const full = table === null ? name : `${table}.${name}`
      return new StatementError(1054, '42S22', `Unknown column '${full}' in 'field list'`)
    },
    variable: (name) => {
      if (!name.startsWith('@@')) return null
      all ??= variables(state)
      return variable(all, name.slice(2))
    },
    call: (name, args) => callFunction(name, args, state, effects),
    // The text protocol has none.
    parameter: () => null,
    divide: (left, right) => (right === 0 ? null : Number((left / right).toFixed(4))),
  }
}

function variable(all: ReadonlyMap<string, string>, path: string): SqlValue {
  const name = path.toLowerCase().replace(/^(?:session|global|local)\./, '')
  const value = all.get(name)
  if (value === undefined) throw new StatementError(1193, 'HY000', `Unknown system variable '${name}'`)
  if (value === 'ON' || value === 'OFF') return name.startsWith('have_') ? value : Number(value === 'ON')
  return /^\d{1,15}$/.test(value) ? Number(value) : value
}

/** What is set in the session is forgotten; what is global is refused. */
function setVariable({tokens}: Statement, {server}: SessionState): Answer {
  if (tokens.length === 1) throw new SqlSyntaxError(null)
  const reachesFar = tokens.some(
    ({keyword, kind, text}) =>
      /^(?:global|persist|persist_only)$/.test(keyword) ||
      (kind === 'variable' && /^@@(?:global|persist)\./i.test(text)),
  )
  if (reachesFar) throw needsPrivilege(server.release.product === 'mysql' ? 'SUPER or SYSTEM_VARIABLES_ADMIN' : 'SUPER')
  if (tokens[1]?.keyword === 'password') throw accessNotChangeable()
  return {type: 'ok'}
}

const accessNotChangeable = (): StatementError =>
  new StatementError(1372, 'HY000', 'Password hash should be a 41-digit hexadecimal number')

/** A statement that changes the table it names. */
function forTable(verb: string, fillers: readonly string[]): Handler {
  return ({tokens}, state) => {
    const rest = tokens.slice(1).filter(({keyword}, index) => index > 2 || !fillers.includes(keyword))
    throw deniedByName(rest, verb, state)
  }
}

function deniedByName(rest: Statement['tokens'], verb: string, state: SessionState): StatementError {
  const [first, dot, second] = rest
  if (first === undefined) throw new SqlSyntaxError(null)
  const qualified = dot?.text === '.' && second !== undefined
  const schema = qualified ? first.text : state.database
  if (schema === null) return new StatementError(1046, '3D000', 'No database selected')
  return deniedForTable(state, verb, schema, qualified ? second.text : first.text)
}

/** CREATE, DROP and ALTER: of databases, accounts, functions, or tables. */
function definition(verb: string): Handler {
  return ({tokens}, state) => {
    const words = tokens
      .slice(1)
      .filter(({keyword}) => !/^(?:or|replace|if|not|exists|temporary|unique|algorithm)$/.test(keyword))
    const [what, ...rest] = words
    switch (what?.keyword) {
      case undefined:
        throw new SqlSyntaxError(what?.start ?? null)
      case 'database':
      case 'schema':
        throw accessDeniedToDatabase(state, rest[0]?.text ?? '')
      case 'user':
      case 'role':
        throw needsPrivilege('CREATE USER')
      case 'function':
      case 'aggregate':
        throw accessDeniedToDatabase(
          state,
          tokens.some(({keyword}) => keyword === 'soname') ? 'mysql' : (state.database ?? 'mysql'),
        )
      case 'table':
      case 'view':
      case 'index':
        throw deniedByName(rest, verb, state)
      default:
        throw accessDeniedToDatabase(state, state.database ?? state.server.bait.name)
    }
  }
}

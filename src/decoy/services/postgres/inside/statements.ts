/** Runs one statement for an intruder that was let in: it may look at everything of its role's, and change nothing. */
import {SqlBeyondError, SqlSyntaxError, type SqlValue} from '../../../sql/ast.ts'
import {type Environment, type ResultColumn, runSelect} from '../../../sql/evaluate.ts'
import type {Statement, Token} from '../../../sql/lexer.ts'
import {parseSelect} from '../../../sql/select-parser.ts'
import {failure, PostgresError} from '../errors.ts'
import {callFunction, type Effects} from './functions.ts'
import {catalogAnswer} from './psql-catalog.ts'
import {findRelation} from './relations.ts'
import type {SessionState} from './session-state.ts'
import {setting} from './settings.ts'

export interface StatementResult {
  readonly tag: string
  readonly columns: readonly ResultColumn[] | null
  readonly rows: readonly (readonly SqlValue[])[]
}

export interface Run {
  readonly state: SessionState
  readonly effects: Effects
  /** Values of `$1` … */
  readonly parameters: readonly SqlValue[]
  /** What positions are counted in. */
  readonly query: string
}

/** How long the server works on what it gives up in the end. */
const GIVES_UP_AFTER_MS = 2000

/** @throws PostgresError as the server answers what it does not do. */
export function execute(statement: Statement, run: Run): StatementResult {
  const [first] = statement.tokens
  if (run.state.transaction === 'E' && !/^(?:rollback|abort|commit|end)$/.test(first?.keyword ?? '')) {
    const text = 'current transaction is aborted, commands ignored until end of transaction block'
    throw failure('25P02', text, ['postgres.c', 1064, 'exec_simple_query'])
  }
  try {
    const handler = first !== undefined && Object.hasOwn(HANDLERS, first.keyword) ? HANDLERS[first.keyword] : undefined
    if (handler === undefined) throw new SqlSyntaxError(first?.start ?? null)
    return handler(statement, run)
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw syntaxError(run.query, error.at)
    if (!(error instanceof SqlBeyondError)) throw error
    run.effects.delayMs += GIVES_UP_AFTER_MS
    throw failure('57014', 'canceling statement due to statement timeout', ['postgres.c', 3382, 'ProcessInterrupts'])
  }
}

function syntaxError(query: string, at: number | null): PostgresError {
  const source = ['scan.l', 1188, 'scanner_yyerror'] as const
  if (at === null)
    return failure('42601', 'syntax error at end of input', source, {position: Array.from(query).length + 1})
  const near = /^(?:[\w$]+|[^\s])/u.exec(query.slice(at))?.[0] ?? ''
  return failure('42601', `syntax error at or near "${near}"`, source, {position: characters(query, at)})
}

/** Positions are counted in characters. */
const characters = (query: string, at: number): number => Array.from(query.slice(0, at)).length + 1

type Handler = (statement: Statement, run: Run) => StatementResult

const done = (tag: string): StatementResult => ({tag, columns: null, rows: []})
const says =
  (tag: string): Handler =>
  () =>
    done(tag)
const moves =
  (tag: string, to: SessionState['transaction']): Handler =>
  (_, {state}) => {
    const failed = state.transaction === 'E'
    state.transaction = to
    return done(tag === 'COMMIT' && failed ? 'ROLLBACK' : tag)
  }
const denied =
  (what: string, source: readonly [string, number, string]): Handler =>
  () => {
    throw failure('42501', what, source)
  }
const DENIED_IN_SCHEMA = denied('permission denied for schema public', ['aclchk.c', 3655, 'aclcheck_error'])

const HANDLERS: Readonly<Record<string, Handler>> = {
  select,
  values: () => {
    throw new SqlBeyondError('values')
  },
  with: () => {
    throw new SqlBeyondError('with')
  },
  show: ({tokens}, {state}) => {
    const name = tokens
      .slice(1)
      .map(({text}) => text)
      .join('')
    const value = setting(state, /^transactionisolationlevel$/i.test(name) ? 'transaction_isolation' : name)
    return {tag: 'SHOW', columns: [{name, type: 'text', origin: null}], rows: [[value]]}
  },
  set: says('SET'),
  reset: says('RESET'),
  discard: says('DISCARD ALL'),
  deallocate: says('DEALLOCATE ALL'),
  listen: says('LISTEN'),
  unlisten: says('UNLISTEN'),
  begin: moves('BEGIN', 'T'),
  start: moves('START TRANSACTION', 'T'),
  commit: moves('COMMIT', 'I'),
  end: moves('COMMIT', 'I'),
  rollback: moves('ROLLBACK', 'I'),
  abort: moves('ROLLBACK', 'I'),
  insert: forTable,
  update: forTable,
  delete: forTable,
  truncate: forTable,
  lock: forTable,
  copy,
  create,
  drop,
  alter,
  grant: DENIED_IN_SCHEMA,
  revoke: DENIED_IN_SCHEMA,
  do: denied('permission denied for language plpgsql', ['aclchk.c', 3655, 'aclcheck_error']),
  load: ({tokens}) => {
    const library = tokens[1]?.text ?? ''
    throw failure('42501', `access to library "${library}" is not allowed`, [
      'dfmgr.c',
      517,
      'check_restricted_library_name',
    ])
  },
  explain: () => {
    throw new SqlBeyondError('plan')
  },
}

/** Whether a statement can be run to learn its columns, or what is wrong with it: it has no effect. */
export function hasAnswerBefore({tokens}: Statement): boolean {
  const keyword = tokens[0]?.keyword ?? ''
  return keyword === 'select' || keyword === 'show' || !Object.hasOwn(HANDLERS, keyword)
}

function select(statement: Statement, run: Run): StatementResult {
  const {state} = run
  try {
    const parsed = parseSelect(statement)
    const {from} = parsed
    const relation = from === null ? null : findRelation(state, from.schema, from.name, fromPosition(statement, run))
    const {columns, rows} = runSelect(parsed, relation, environment(run))
    return {tag: `SELECT ${rows.length}`, columns, rows}
  } catch (error) {
    const answer = isBeyond(error, statement) ? catalogAnswer(statement, state) : null
    if (answer === null) throw error
    return {tag: `SELECT ${answer.rows.length}`, ...answer}
  }
}

/** What is unknown of a catalogue that is named in full is a client's own query, which the server has an answer for. */
function isBeyond(error: unknown, {text}: Statement): boolean {
  if (error instanceof SqlBeyondError || error instanceof SqlSyntaxError) return true
  return error instanceof PostgresError && error.fields.code !== '42501' && /\bfrom\s+pg_catalog\./i.test(text)
}

function fromPosition({tokens}: Statement, {query}: Run): number {
  const at = tokens.findIndex(({keyword}) => keyword === 'from')
  return characters(query, tokens[at + 1]?.start ?? 0)
}

function environment({state, effects, parameters, query}: Run): Environment {
  return {
    label: (_, expression) => {
      if (expression.type === 'column' || expression.type === 'call') return expression.name
      return '?column?'
    },
    unknownColumn: (table, name) => {
      const shown = table === null ? `"${name}"` : `${table}.${name}`
      const at = query.indexOf(name)
      const position = at < 0 ? 1 : characters(query, at)
      return failure('42703', `column ${shown} does not exist`, ['parse_relation.c', 3665, 'errorMissingColumn'], {
        position,
      })
    },
    variable: () => null,
    call: (name, args) => callFunction(name, args, state, effects),
    parameter: (index) => parameters[index - 1] ?? null,
    divide: (left, right) => {
      if (right === 0) throw failure('22012', 'division by zero', ['int.c', 846, 'int4div'])
      return Number.isInteger(left) && Number.isInteger(right) ? Math.trunc(left / right) : left / right
    },
  }
}

/** The first name behind the words of the command. */
function named(tokens: readonly Token[]): {schema: string | null; name: string; start: number} {
  const fillers = /^(?:into|only|from|table|if|exists|schema|view|index|sequence|not|temporary|temp|unlogged)$/
  const rest = tokens.slice(1).filter(({keyword}) => !fillers.test(keyword))
  const [first, dot, second] = rest
  if (first === undefined) throw new SqlSyntaxError(null)
  if (dot?.text === '.' && second !== undefined) return {schema: first.text, name: second.text, start: first.start}
  return {schema: null, name: first.text, start: first.start}
}

function forTable({tokens}: Statement, {state, query}: Run): never {
  const {schema, name, start} = named(tokens)
  findRelation(state, schema, name, characters(query, start))
  throw failure('42501', `permission denied for table ${name}`, ['aclchk.c', 3655, 'aclcheck_error'])
}

/** COPY runs a program of the server's machine, or reads and writes its files: for superusers. */
function copy({tokens, text}: Statement, {state, query}: Run): never {
  const hint = "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."
  const must = (role: string, what: string, line: number): PostgresError =>
    failure(
      '42501',
      `must be superuser or have privileges of the ${role} role to COPY ${what}`,
      ['copy.c', line, 'DoCopy'],
      {hint},
    )
  const words = tokens.map(({keyword}) => keyword)
  if (words.includes('program')) throw must('pg_execute_server_program', 'to or from an external program', 84)
  const file = /\b(from|to)\s+e?'/i.exec(text)?.[1]?.toLowerCase()
  if (file === 'from') throw must('pg_read_server_files', 'from a file', 93)
  if (file === 'to') throw must('pg_write_server_files', 'to a file', 102)
  if (words.includes('stdin')) return forTable({tokens, text}, {state, query, effects: {delayMs: 0}, parameters: []})
  throw new SqlBeyondError('copy')
}

function create({tokens}: Statement): never {
  switch (
    tokens.find(
      ({keyword}, index) => index > 0 && !/^(?:or|replace|temp|temporary|unlogged|unique|trusted)$/.test(keyword),
    )?.keyword
  ) {
    case undefined:
      throw new SqlSyntaxError(tokens[1]?.start ?? null)
    case 'database':
      throw failure('42501', 'permission denied to create database', ['dbcommands.c', 939, 'createdb'])
    case 'role':
    case 'user':
      throw failure('42501', 'permission denied to create role', ['user.c', 275, 'CreateRole'])
    case 'extension': {
      const hint = 'Must have CREATE privilege on current database to create this extension.'
      const name = tokens.findLast(({kind}) => kind === 'word' || kind === 'quoted')?.text ?? ''
      throw failure(
        '42501',
        `permission denied to create extension "${name}"`,
        ['extension.c', 903, 'execute_extension_script'],
        {hint},
      )
    }
    default:
      throw failure('42501', 'permission denied for schema public', ['aclchk.c', 3655, 'aclcheck_error'])
  }
}

function drop({tokens}: Statement, {state, query}: Run): never {
  const what = tokens[1]?.keyword
  const {schema, name, start} = named(tokens.slice(what === 'table' || what === 'view' ? 0 : 1))
  if (what === 'table') {
    if (!state.server.bait.tables.some((table) => table.name === name)) {
      throw failure('42P01', `table "${name}" does not exist`, ['tablecmds.c', 1304, 'DropErrorMsgNonExistent'])
    }
    findRelation(state, schema, name, characters(query, start))
  }
  throw failure('42501', `must be owner of ${what ?? 'table'} ${name}`, ['aclchk.c', 3788, 'aclcheck_error'])
}

function alter({tokens}: Statement): never {
  const [, what, name] = tokens
  if (what?.keyword === 'system') {
    const parameter = tokens[3]?.text ?? ''
    throw failure('42501', `permission denied to set parameter "${parameter}"`, [
      'guc.c',
      8972,
      'AlterSystemSetConfigFile',
    ])
  }
  if (what?.keyword === 'role' || what?.keyword === 'user') {
    throw failure('42501', 'permission denied', ['user.c', 773, 'AlterRole'])
  }
  throw failure('42501', `must be owner of ${what?.keyword ?? 'table'} ${name?.text ?? ''}`, [
    'aclchk.c',
    3788,
    'aclcheck_error',
  ])
}

/** SHOW and DESCRIBE. */
import {createHash} from 'node:crypto'

import {SqlBeyondError, SqlSyntaxError, type SqlValue} from '../../../sql/ast.ts'
import {type BaitTable, sqlTime} from '../../../sql/bait.ts'
import {type ColumnType, like} from '../../../sql/evaluate.ts'
import type {Statement, Token} from '../../../sql/lexer.ts'
import {StatementError} from '../protocol.ts'
import type {Answer, ShownColumn} from '../results.ts'
import {deniedForTable, needsPrivilege} from './refusals.ts'
import {baitTables, columnType, databases, findTable, INFORMATION_SCHEMA, isKey, useDatabase} from './schema.ts'
import type {SessionState} from './session-state.ts'
import {statusVariables, variables} from './variables.ts'

/** Words between SHOW and what is shown. */
const MODIFIERS = new Set(['full', 'global', 'session', 'local', 'extended', 'storage', 'all', 'count'])
const PRIVILEGED: Readonly<Record<string, string>> = {
  master: 'SUPER, REPLICATION CLIENT',
  slave: 'SUPER, REPLICATION CLIENT',
  replica: 'SUPER, REPLICATION CLIENT',
  binary: 'SUPER, REPLICATION CLIENT',
  binlog: 'REPLICATION SLAVE',
  engine: 'PROCESS',
}

interface Request {
  readonly state: SessionState
  readonly full: boolean
  /** From the word that says what is shown. */
  readonly words: readonly Token[]
}

export function show({tokens}: Statement, state: SessionState): Answer {
  let at = 1
  while (MODIFIERS.has(tokens[at]?.keyword ?? '') && !(tokens[at]?.keyword === 'count')) at++
  const words = tokens.slice(at)
  const what = words[0]?.keyword ?? ''
  const privilege = Object.hasOwn(PRIVILEGED, what) ? PRIVILEGED[what] : undefined
  if (privilege !== undefined) throw needsPrivilege(privilege)
  const make = Object.hasOwn(SHOWS, what) ? SHOWS[what] : undefined
  if (make === undefined) throw new SqlSyntaxError(words[0]?.start ?? null)
  return make({state, words, full: tokens.slice(1, at).some(({keyword}) => keyword === 'full')})
}

/** DESCRIBE table; plans are beyond what is played. */
export function describe({tokens}: Statement, state: SessionState): Answer {
  const [, first] = tokens
  if (first === undefined) throw new SqlSyntaxError(null)
  if (/^(?:select|insert|update|delete|replace|format|analyze|extended)$/.test(first.keyword))
    throw new SqlBeyondError('plan')
  return columns({state, words: [first, first, ...tokens.slice(1)], full: false})
}

const SHOWS: Readonly<Record<string, (request: Request) => Answer>> = {
  databases: showDatabases,
  schemas: showDatabases,
  tables,
  table: tableStatus,
  columns,
  fields: columns,
  create,
  variables: ({state, words}) => pairs(words, variables(state)),
  status: ({state, words}) => pairs(words, statusVariables(state)),
  warnings: () => rows(['Level', ['Code', 'integer'], 'Message'], []),
  errors: () => rows(['Level', ['Code', 'integer'], 'Message'], []),
  processlist,
  grants: ({state}) =>
    rows(
      [`Grants for ${state.user}@%`],
      grants(state).map((line) => [line]),
    ),
  engines: ({state}) => all(state, 'ENGINES', ['Engine', 'Support', 'Comment', 'Transactions', 'XA', 'Savepoints']),
  plugins: () => rows(['Name', 'Status', 'Type', 'Library', 'License'], []),
  privileges: () => rows(['Privilege', 'Context', 'Comment'], []),
  triggers: () => rows(['Trigger', 'Event', 'Table', 'Statement', 'Timing', 'Created'], []),
  events: () => rows(['Db', 'Name', 'Definer', 'Time zone', 'Type', 'Status'], []),
  procedure: () => rows(['Db', 'Name', 'Type', 'Definer', 'Modified', 'Created'], []),
  function: () => rows(['Db', 'Name', 'Type', 'Definer', 'Modified', 'Created'], []),
  index: indexes,
  indexes,
  keys: indexes,
  collation: () => rows(['Collation', 'Charset', ['Id', 'integer'], 'Default', 'Compiled', ['Sortlen', 'integer']], []),
  character: () =>
    rows(
      ['Charset', 'Description', 'Default collation', ['Maxlen', 'integer']],
      [['utf8mb4', 'UTF-8 Unicode', 'utf8mb4_general_ci', 4]],
    ),
}

type Heading = string | readonly [name: string, type: ColumnType]

function rows(headings: readonly Heading[], cells: readonly (readonly SqlValue[])[]): Answer {
  const columnsShown: ShownColumn[] = headings.map((heading) =>
    typeof heading === 'string' ? {name: heading, type: 'text'} : {name: heading[0], type: heading[1]},
  )
  return {type: 'rows', columns: columnsShown, rows: cells}
}

/** What LIKE 'pattern' asks for; WHERE is not looked at. */
function wanted(words: readonly Token[]): (name: string) => boolean {
  const at = words.findIndex(({keyword}) => keyword === 'like')
  const pattern = at < 0 ? undefined : words[at + 1]
  return pattern === undefined ? () => true : (name) => like(name, pattern.text)
}

/** The name behind FROM or IN, the `nth` of them. */
function named(words: readonly Token[], nth = 0): readonly Token[] {
  const places = words.flatMap(({keyword}, index) => (keyword === 'from' || keyword === 'in' ? [index] : []))
  const at = places[nth]
  return at === undefined ? [] : words.slice(at + 1, at + 4)
}

function schemaOf({state, words}: Request, nth: number): string {
  const name = named(words, nth)[0]?.text ?? state.database
  if (name === null) throw new StatementError(1046, '3D000', 'No database selected')
  return useDatabase(state, name)
}

/** The table that words name, `schema.table` or followed by FROM schema. */
function tableOf(request: Request, words: readonly Token[]): BaitTable {
  const [first, dot, second] = words
  if (first === undefined) throw new SqlSyntaxError(null)
  const qualified = dot?.text === '.' && second !== undefined
  const schema = qualified ? first.text : schemaOf(request, 1)
  const name = qualified ? second.text : first.text
  const found = baitTables(request.state, schema).find((table) => table.name === name)
  if (found !== undefined) return found
  findTable(request.state, schema, name)
  throw deniedForTable(request.state, 'SELECT', schema, name)
}

function showDatabases({state, words}: Request): Answer {
  const names = databases(state).filter(wanted(words))
  return {
    type: 'rows',
    columns: [{name: 'Database', type: 'text', schema: INFORMATION_SCHEMA, table: 'SCHEMATA', origin: 'SCHEMA_NAME'}],
    rows: names.map((name) => [name]),
  }
}

function tables(request: Request): Answer {
  const schema = schemaOf(request, 0)
  const found = baitTables(request.state, schema).filter(({name}) => wanted(request.words)(name))
  const heading = `Tables_in_${schema}`
  return request.full
    ? rows(
        [heading, 'Table_type'],
        found.map(({name}) => [name, 'BASE TABLE']),
      )
    : rows(
        [heading],
        found.map(({name}) => [name]),
      )
}

function tableStatus(request: Request): Answer {
  const schema = schemaOf(request, 0)
  const headings: Heading[] = [
    'Name',
    'Engine',
    ['Version', 'integer'],
    'Row_format',
    ['Rows', 'integer'],
    ['Create_time', 'timestamp'],
    'Collation',
    'Comment',
  ]
  const found = baitTables(request.state, schema).filter(({name}) => wanted(request.words)(name))
  return rows(
    headings,
    found.map((table) => [
      table.name,
      'InnoDB',
      10,
      'Dynamic',
      table.rows.length,
      sqlTime(table.createdAt),
      variables(request.state).get('collation_database') ?? null,
      '',
    ]),
  )
}

function columns(request: Request): Answer {
  const {state, words} = request
  const place = named(words)
  const table = tableOf(request, place.length > 0 ? place : words.slice(2))
  return rows(
    ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'],
    table.columns.map((column) => {
      const key = isKey(table, column)
      const extra = key && column.type === 'integer' ? 'auto_increment' : ''
      return [column.name, columnType(state, column), key ? 'NO' : 'YES', key ? 'PRI' : '', null, extra]
    }),
  )
}

function indexes(request: Request): Answer {
  const table = tableOf(request, named(request.words))
  const headings: Heading[] = [
    'Table',
    ['Non_unique', 'integer'],
    'Key_name',
    ['Seq_in_index', 'integer'],
    'Column_name',
    'Collation',
    ['Cardinality', 'integer'],
    'Index_type',
  ]
  return rows(headings, [[table.name, 0, 'PRIMARY', 1, table.columns[0]?.name ?? '', 'A', table.rows.length, 'BTREE']])
}

function create(request: Request): Answer {
  const {state, words} = request
  const [, what, ...rest] = words
  if (what?.keyword === 'database' || what?.keyword === 'schema') {
    const name = useDatabase(state, rest.at(-1)?.text ?? '')
    return rows(
      ['Database', 'Create Database'],
      [[name, `CREATE DATABASE \`${name}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */`]],
    )
  }
  if (what?.keyword !== 'table') throw new SqlSyntaxError(what?.start ?? null)
  const table = tableOf(request, rest)
  return rows(['Table', 'Create Table'], [[table.name, createTable(state, table)]])
}

function createTable(state: SessionState, table: BaitTable): string {
  const lines = table.columns.map((column) => {
    const key = isKey(table, column)
    const increment = key && column.type === 'integer' ? ' AUTO_INCREMENT' : ''
    return `  \`${column.name}\` ${columnType(state, column)} ${key ? 'NOT NULL' : 'DEFAULT NULL'}${increment}`
  })
  const collation = variables(state).get('collation_database') ?? ''
  const key = `  PRIMARY KEY (\`${table.columns[0]?.name ?? ''}\`)`
  return `CREATE TABLE \`${table.name}\` (\n${[...lines, key].join(',\n')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`
}

function pairs(words: readonly Token[], values: ReadonlyMap<string, string>): Answer {
  const matches = wanted(words)
  // WHERE names its variables as strings.
  const where = words.some(({keyword}) => keyword === 'where')
  const strings = new Set(words.filter(({kind}) => kind === 'string').map(({text}) => text.toLowerCase()))
  const shown = [...values].filter(([name]) => (where ? strings.has(name.toLowerCase()) : matches(name)))
  return rows(['Variable_name', 'Value'], shown)
}

function processlist({state}: Request): Answer {
  const {connection, user, thread, database} = state
  const headings: Heading[] = [['Id', 'integer'], 'User', 'Host', 'db', 'Command', ['Time', 'integer'], 'State', 'Info']
  const own = [
    thread,
    user,
    `${connection.peer.ip}:${connection.peer.port}`,
    database,
    'Query',
    0,
    'starting',
    'show processlist',
  ]
  return state.server.release.product === 'mariadb'
    ? rows([...headings, ['Progress', 'decimal']], [[...own, '0.000']])
    : rows(headings, [own])
}

function grants({user, password, server}: SessionState): string[] {
  const account = `\`${user}\`@\`%\``
  const once = createHash('sha1').update(password).digest()
  const hash = createHash('sha1').update(once).digest('hex').toUpperCase()
  const identified = server.release.product === 'mariadb' ? ` IDENTIFIED BY PASSWORD '*${hash}'` : ''
  return [`GRANT USAGE ON *.* TO ${account}${identified}`, `GRANT SELECT ON \`${server.bait.name}\`.* TO ${account}`]
}

function all(state: SessionState, view: string, headings: readonly Heading[]): Answer {
  return rows(headings, findTable(state, INFORMATION_SCHEMA, view).rows)
}

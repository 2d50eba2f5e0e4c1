/** Tables that can be selected from: the bait, and what of `information_schema` describes it. */

import {type BaitTable, sqlTime} from '../../../sql/bait.ts'
import type {Column, Relation} from '../../../sql/evaluate.ts'
import {StatementError} from '../protocol.ts'
import type {ShownColumn} from '../results.ts'
import {accessDeniedToDatabase, deniedForTable} from './refusals.ts'
import type {SessionState} from './session-state.ts'

export const INFORMATION_SCHEMA = 'information_schema'

export interface NamedRelation extends Relation {
  readonly schema: string
  readonly table: string
}

const text = (name: string): Column => ({name, type: 'text'})
const integer = (name: string): Column => ({name, type: 'integer'})

export function databases(state: SessionState): string[] {
  const names = [INFORMATION_SCHEMA, state.server.bait.name]
  // MySQL 8.0 shows the performance schema to everybody.
  return state.server.release.product === 'mysql' ? [...names, 'performance_schema'].sort() : names.sort()
}

/** @throws StatementError as the server refuses an unknown or forbidden one. */
export function useDatabase(state: SessionState, name: string): string {
  const known = databases(state).find((each) => each.toLowerCase() === name.toLowerCase())
  if (known === undefined) throw accessDeniedToDatabase(state, name)
  return known
}

export function baitTables(state: SessionState, schema: string): readonly BaitTable[] {
  return schema === state.server.bait.name ? state.server.bait.tables : []
}

export function findTable(state: SessionState, schemaName: string | null, name: string): NamedRelation {
  const schema = schemaName ?? state.database
  if (schema === null) throw new StatementError(1046, '3D000', 'No database selected')
  const bait = baitTables(state, schema).find((table) => table.name.toLowerCase() === name.toLowerCase())
  if (bait !== undefined) return {...bait, schema, table: bait.name}
  if (schema.toLowerCase() === INFORMATION_SCHEMA) return informationSchema(state, name)
  if (schema !== state.server.bait.name) throw deniedForTable(state, 'SELECT', schema, name)
  throw new StatementError(1146, '42S02', `Table '${schema}.${name}' doesn't exist`)
}

function informationSchema(state: SessionState, name: string): NamedRelation {
  const make = VIEWS[name.toUpperCase()]
  if (make === undefined) {
    throw new StatementError(1109, '42S02', `Unknown table '${name.toUpperCase()}' in ${INFORMATION_SCHEMA}`)
  }
  return {...make(state), schema: INFORMATION_SCHEMA, table: name.toUpperCase()}
}

const collation = (state: SessionState): string =>
  state.server.release.product === 'mysql' ? 'utf8mb4_0900_ai_ci' : 'utf8mb4_general_ci'

/** A view without rows. */
const none = (name: string, columns: readonly string[]): Record<string, () => Relation> => ({
  [name]: () => ({columns: columns.map(text), rows: []}),
})

const VIEWS: Readonly<Record<string, (state: SessionState) => Relation>> = {
  SCHEMATA: (state) => ({
    columns: ['CATALOG_NAME', 'SCHEMA_NAME', 'DEFAULT_CHARACTER_SET_NAME', 'DEFAULT_COLLATION_NAME', 'SQL_PATH'].map(
      text,
    ),
    rows: databases(state).map((name) => ['def', name, 'utf8mb4', collation(state), null]),
  }),
  TABLES: (state) => ({
    columns: [
      ...['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'TABLE_TYPE', 'ENGINE'].map(text),
      integer('TABLE_ROWS'),
      {name: 'CREATE_TIME', type: 'timestamp'},
      text('TABLE_COLLATION'),
      text('TABLE_COMMENT'),
    ],
    rows: [
      ...Object.keys(VIEWS).map((name) => ['def', INFORMATION_SCHEMA, name, 'SYSTEM VIEW', null, 0, null, null, '']),
      ...state.server.bait.tables.map((table) => [
        'def',
        state.server.bait.name,
        table.name,
        'BASE TABLE',
        'InnoDB',
        table.rows.length,
        sqlTime(table.createdAt),
        collation(state),
        '',
      ]),
    ],
  }),
  COLUMNS: (state) => ({
    columns: [
      ...['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'COLUMN_NAME'].map(text),
      integer('ORDINAL_POSITION'),
      ...[
        'COLUMN_DEFAULT',
        'IS_NULLABLE',
        'DATA_TYPE',
        'COLUMN_TYPE',
        'COLUMN_KEY',
        'EXTRA',
        'GENERATION_EXPRESSION',
      ].map(text),
    ],
    rows: state.server.bait.tables.flatMap((table) =>
      table.columns.map((column, index) => {
        const type = columnType(state, column)
        const key = isKey(table, column)
        return [
          'def',
          state.server.bait.name,
          table.name,
          column.name,
          index + 1,
          null,
          key ? 'NO' : 'YES',
          type.replace(/\(.*/, ''),
          type,
          key ? 'PRI' : '',
          key && column.type === 'integer' ? 'auto_increment' : '',
          null,
        ]
      }),
    ),
  }),
  USER_PRIVILEGES: (state) => ({
    columns: ['GRANTEE', 'TABLE_CATALOG', 'PRIVILEGE_TYPE', 'IS_GRANTABLE'].map(text),
    rows: [[`'${state.user}'@'%'`, 'def', 'USAGE', 'NO']],
  }),
  SCHEMA_PRIVILEGES: (state) => ({
    columns: ['GRANTEE', 'TABLE_CATALOG', 'TABLE_SCHEMA', 'PRIVILEGE_TYPE', 'IS_GRANTABLE'].map(text),
    rows: [[`'${state.user}'@'%'`, 'def', state.server.bait.name, 'SELECT', 'NO']],
  }),
  ...none('TRIGGERS', [
    'TRIGGER_CATALOG',
    'TRIGGER_SCHEMA',
    'TRIGGER_NAME',
    'EVENT_OBJECT_SCHEMA',
    'EVENT_OBJECT_TABLE',
  ]),
  ...none('VIEWS', ['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'VIEW_DEFINITION', 'DEFINER']),
  ...none('ROUTINES', ['SPECIFIC_NAME', 'ROUTINE_CATALOG', 'ROUTINE_SCHEMA', 'ROUTINE_NAME', 'ROUTINE_TYPE']),
  ...none('EVENTS', ['EVENT_CATALOG', 'EVENT_SCHEMA', 'EVENT_NAME', 'DEFINER', 'STATUS']),
  ...none('FILES', ['FILE_ID', 'FILE_NAME', 'FILE_TYPE', 'TABLESPACE_NAME', 'LOGFILE_GROUP_NAME']),
  ENGINES: () => ({
    columns: ['ENGINE', 'SUPPORT', 'COMMENT', 'TRANSACTIONS', 'XA', 'SAVEPOINTS'].map(text),
    rows: [
      ['InnoDB', 'DEFAULT', 'Supports transactions, row-level locking, and foreign keys', 'YES', 'YES', 'YES'],
      ['MEMORY', 'YES', 'Hash based, stored in memory, useful for temporary tables', 'NO', 'NO', 'NO'],
      ['MyISAM', 'YES', 'MyISAM storage engine', 'NO', 'NO', 'NO'],
    ],
  }),
}

/** The first column is the primary key. */
export const isKey = (table: BaitTable, column: Column): boolean => table.columns[0] === column

/** MySQL 8.0 shows integers without their display width. */
export function columnType(state: SessionState, {type}: Column): string {
  switch (type) {
    case 'integer':
      return state.server.release.product === 'mysql' ? 'int' : 'int(11)'
    case 'boolean':
      return 'tinyint(1)'
    case 'decimal':
      return 'decimal(10,2)'
    case 'timestamp':
      return 'datetime'
    default:
      return 'varchar(255)'
  }
}

/** Definitions of a table's columns. */
export function shownColumns(state: SessionState, table: BaitTable): ShownColumn[] {
  return table.columns.map((column) => ({
    name: column.name,
    type: column.type,
    schema: state.server.bait.name,
    table: table.name,
    origin: column.name,
    primary: isKey(table, column) && column.type === 'integer',
  }))
}

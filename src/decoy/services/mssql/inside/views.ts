/** What can be selected from: the bait's tables, and the catalogue views that describe them and the server. */

import type {SqlValue} from '../../../sql/ast.ts'
import {type BaitTable, sqlTime} from '../../../sql/bait.ts'
import type {Column, Relation} from '../../../sql/evaluate.ts'
import {invalidObject} from './refusals.ts'
import {databases, findDatabase, type Instance, type SessionState, startedAt} from './session-state.ts'

const text = (name: string): Column => ({name, type: 'text'})
const integer = (name: string): Column => ({name, type: 'integer'})
const time = (name: string): Column => ({name, type: 'timestamp'})

/** Stable numbers of objects, positive as those of tables are. */
export function objectNumber({persona}: Instance, name: string): number {
  return persona.integer(`mssql object ${name}`, 245_575_913, 2_105_058_535)
}

/** Finds what `[[database.]schema.]name` names; an empty schema is the default one. */
export function findRelation(state: SessionState, path: readonly string[]): Relation {
  const name = path.at(-1) ?? ''
  const schema = (path.at(-2) ?? '').toLowerCase()
  const named = path.at(-3)
  const database = named === undefined || named === '' ? state.database : findDatabase(state.instance, named)
  if (path.length > 3 || database === null) throw invalidObject(path.join('.'))
  const key = name.toLowerCase()
  const view = viewOf(schema, key)
  if (view !== undefined) return view(state, database)
  const table = tablesOf(state, database).find((each) => each.name.toLowerCase() === key)
  if (table === undefined || (schema !== '' && schema !== 'dbo')) throw invalidObject(path.join('.'))
  return table
}

type View = (state: SessionState, database: string) => Relation

function viewOf(schema: string, name: string): View | undefined {
  const views = schema === 'information_schema' ? INFORMATION_SCHEMA : schema === 'sys' ? SYS : OLD
  const allowed = ['', 'dbo', 'sys', 'information_schema'].includes(schema)
  const old = schema === 'sys' && Object.hasOwn(OLD, name) ? OLD[name] : undefined
  return allowed && Object.hasOwn(views, name) ? views[name] : old
}

const tablesOf = ({instance: {bait}}: SessionState, database: string): readonly BaitTable[] =>
  database === bait.name ? bait.tables : []

/** System databases are as old as the installation of the server. */
function createdAt({instance: {persona, bait}}: SessionState, name: string): string {
  const first = bait.tables[0]?.createdAt ?? persona.installedAt
  return sqlTime(name === bait.name ? first : persona.installedAt + 3_600_000)
}

const SYS: Readonly<Record<string, View>> = {
  databases: (state) => ({
    columns: [
      text('name'),
      integer('database_id'),
      time('create_date'),
      integer('compatibility_level'),
      ...['collation_name', 'user_access_desc', 'state_desc', 'recovery_model_desc', 'log_reuse_wait_desc'].map(text),
      {name: 'is_read_only', type: 'boolean'},
      {name: 'is_trustworthy_on', type: 'boolean'},
    ],
    rows: databases(state.instance).map((name, index) => {
      const own = name === state.instance.bait.name
      const model = own || name === 'model' ? 'FULL' : 'SIMPLE'
      const level = state.instance.release.major * 10
      const facts: SqlValue[] = ['SQL_Latin1_General_CP1_CI_AS', 'MULTI_USER', 'ONLINE', model]
      return [
        name,
        index + 1,
        createdAt(state, name),
        level,
        ...facts,
        own ? 'LOG_BACKUP' : 'NOTHING',
        false,
        name === 'msdb',
      ]
    }),
  }),
  tables: (state, database) => objects(state, database),
  objects: (state, database) => objects(state, database),
  all_objects: (state, database) => objects(state, database),
  columns: (state, database) => ({
    columns: [integer('object_id'), text('name'), integer('column_id'), integer('system_type_id')],
    rows: tablesOf(state, database).flatMap((table) =>
      table.columns.map(({name, type}, index) => [
        objectNumber(state.instance, table.name),
        name,
        index + 1,
        {integer: 56, text: 231, timestamp: 61, decimal: 106, boolean: 104}[type],
      ]),
    ),
  }),
  schemas: () => ({
    columns: [text('name'), integer('schema_id'), integer('principal_id')],
    rows: [
      ['dbo', 1, 1],
      ['guest', 2, 2],
      ['INFORMATION_SCHEMA', 3, 3],
      ['sys', 4, 4],
    ],
  }),
  server_principals: (state) => ({
    columns: [
      text('name'),
      integer('principal_id'),
      text('type'),
      text('type_desc'),
      {name: 'is_disabled', type: 'boolean'},
      time('create_date'),
      text('default_database_name'),
    ],
    rows: principals(state).map((name, index) => [
      name,
      name === 'sa' ? 1 : 258 + index,
      name.includes('\\') ? 'U' : 'S',
      name.includes('\\') ? 'WINDOWS_LOGIN' : 'SQL_LOGIN',
      false,
      createdAt(state, 'master'),
      'master',
    ]),
  }),
  sql_logins: (state) => ({
    columns: [text('name'), integer('principal_id'), {name: 'is_disabled', type: 'boolean'}, text('password_hash')],
    rows: principals(state)
      .filter((name) => !name.includes('\\'))
      .map((name, index) => [name, name === 'sa' ? 1 : 258 + index, false, null]),
  }),
  configurations: ({instance: {configuration}}) => ({
    columns: [text('name'), integer('value'), integer('value_in_use'), integer('minimum'), integer('maximum')],
    rows: configuration.visible.map((name) => {
      const {configured, running} = configuration.setting(name)
      return [name, configured, running, 0, configuration.most(name)]
    }),
  }),
  servers: ({instance}) => ({
    columns: [
      integer('server_id'),
      text('name'),
      text('product'),
      text('provider'),
      {name: 'is_linked', type: 'boolean'},
    ],
    rows: [[0, instance.serverName, 'SQL Server', 'SQLNCLI', false]],
  }),
  dm_exec_sessions: (state) => sessions(state, 'session_id', 'login_name'),
  dm_os_sys_info: ({instance, connection}) => ({
    columns: [time('sqlserver_start_time'), integer('cpu_count')],
    rows: [[sqlTime(startedAt(instance, connection.now())), instance.persona.pick('cpus', [2, 4, 4, 8])]],
  }),
}

/** Of SQL Server 2000, which tools still ask. */
const OLD: Readonly<Record<string, View>> = {
  sysdatabases: (state) => ({
    columns: [text('name'), integer('dbid'), time('crdate'), text('filename')],
    rows: databases(state.instance).map((name, index) => [name, index + 1, createdAt(state, name), `${name}.mdf`]),
  }),
  sysobjects: (state, database) => ({
    columns: [text('name'), integer('id'), text('xtype'), text('type'), time('crdate')],
    rows: tablesOf(state, database).map((table) => [
      table.name,
      objectNumber(state.instance, table.name),
      'U',
      'U',
      sqlTime(table.createdAt),
    ]),
  }),
  syslogins: (state) => ({
    columns: [text('name'), text('loginname'), integer('isntname'), integer('sysadmin')],
    rows: principals(state).map((name) => [name, name, name.includes('\\') ? 1 : 0, 1]),
  }),
  sysprocesses: (state) => sessions(state, 'spid', 'loginame'),
}

const INFORMATION_SCHEMA: Readonly<Record<string, View>> = {
  tables: (state, database) => ({
    columns: ['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'TABLE_TYPE'].map(text),
    rows: tablesOf(state, database).map(({name}) => [database, 'dbo', name, 'BASE TABLE']),
  }),
  columns: (state, database) => ({
    columns: [
      ...['TABLE_CATALOG', 'TABLE_SCHEMA', 'TABLE_NAME', 'COLUMN_NAME'].map(text),
      integer('ORDINAL_POSITION'),
      text('IS_NULLABLE'),
      text('DATA_TYPE'),
    ],
    rows: tablesOf(state, database).flatMap((table) =>
      table.columns.map(({name, type}, index) => [
        database,
        'dbo',
        table.name,
        name,
        index + 1,
        index === 0 ? 'NO' : 'YES',
        {integer: 'int', text: 'nvarchar', timestamp: 'datetime', decimal: 'decimal', boolean: 'bit'}[type],
      ]),
    ),
  }),
  schemata: (_, database) => ({
    columns: ['CATALOG_NAME', 'SCHEMA_NAME', 'SCHEMA_OWNER'].map(text),
    rows: [[database, 'dbo', 'dbo']],
  }),
}

function objects(state: SessionState, database: string): Relation {
  return {
    columns: [
      text('name'),
      integer('object_id'),
      integer('schema_id'),
      text('type'),
      text('type_desc'),
      time('create_date'),
      time('modify_date'),
    ],
    rows: tablesOf(state, database).map((table) => {
      const at = sqlTime(table.createdAt)
      return [table.name, objectNumber(state.instance, table.name), 1, 'U ', 'USER_TABLE', at, at]
    }),
  }
}

const principals = ({login}: SessionState): string[] => [...new Set(['sa', login])]

function sessions(state: SessionState, id: string, login: string): Relation {
  return {
    columns: [integer(id), text('status'), text(login), text('hostname'), text('program_name')],
    rows: [[state.spid, 'running', state.login, state.host, state.application]],
  }
}

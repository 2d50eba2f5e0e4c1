/** What can be selected from: the bait's tables, and what of the catalogues describes them. */
import {placeOf} from '../../../persona/place.ts'
import type {SqlValue} from '../../../sql/ast.ts'
import type {Column, ColumnType, Relation} from '../../../sql/evaluate.ts'
import {failure} from '../errors.ts'
import {ownerOf, type SessionState} from './session-state.ts'

const columns = (type: ColumnType, ...names: readonly string[]): Column[] => names.map((name) => ({name, type}))
const SECRET = new Set([
  'pg_shadow',
  'pg_authid',
  'pg_user_mapping',
  'pg_statistic',
  'pg_largeobject',
  'pg_hba_file_rules',
  'pg_file_settings',
])
/** The first object identifiers of users. */
const FIRST_OID = 16_384

/** @throws PostgresError where the server would. */
export function findRelation(state: SessionState, schema: string | null, name: string, position: number): Relation {
  const bait =
    schema === null || schema === 'public' ? state.server.bait.tables.find((table) => table.name === name) : undefined
  if (bait !== undefined && state.database === state.server.bait.name) return bait
  const views =
    schema === 'information_schema' ? INFORMATION : schema === null || schema === 'pg_catalog' ? CATALOG : {}
  const make = Object.hasOwn(views, name) ? views[name] : undefined
  if (make !== undefined) return make(state)
  if (SECRET.has(name) && schema !== 'public') {
    const kind = name === 'pg_shadow' || name.endsWith('rules') || name.endsWith('settings') ? 'view' : 'table'
    throw failure('42501', `permission denied for ${kind} ${name}`, ['aclchk.c', 3655, 'aclcheck_error'])
  }
  const full = schema === null ? name : `${schema}.${name}`
  throw failure('42P01', `relation "${full}" does not exist`, ['parse_relation.c', 1392, 'parserOpenTable'], {position})
}

export function databases({server}: SessionState): readonly string[] {
  return ['postgres', server.bait.name, 'template1', 'template0']
}

export function locale({server}: SessionState): string {
  return server.release.windows ? 'English_United States.1252' : placeOf(server.persona).locale
}

const CATALOG: Readonly<Record<string, (state: SessionState) => Relation>> = {
  pg_database: (state) => ({
    columns: [
      ...columns('integer', 'oid'),
      ...columns('text', 'datname'),
      ...columns('integer', 'datdba', 'encoding'),
      ...columns('text', 'datcollate', 'datctype'),
      ...columns('boolean', 'datistemplate', 'datallowconn'),
    ],
    rows: databases(state).map((name, index) => {
      const template = name.startsWith('template')
      const oid = name === 'postgres' ? 5 : template ? (name === 'template1' ? 1 : 4) : FIRST_OID + index
      return [oid, name, 10, 6, locale(state), locale(state), template, name !== 'template0']
    }),
  }),
  pg_tables: (state) => ({
    columns: [
      ...columns('text', 'schemaname', 'tablename', 'tableowner', 'tablespace'),
      ...columns('boolean', 'hasindexes', 'hasrules', 'hastriggers', 'rowsecurity'),
    ],
    rows: ownTables(state).map(({name}) => ['public', name, ownerOf(state.server), null, true, false, false, false]),
  }),
  pg_user: (state) => ({
    columns: [
      ...columns('text', 'usename'),
      ...columns('integer', 'usesysid'),
      ...columns('boolean', 'usecreatedb', 'usesuper', 'userepl', 'usebypassrls'),
      ...columns('text', 'passwd', 'valuntil', 'useconfig'),
    ],
    rows: roles(state).map((name, index) => [
      name,
      index === 0 ? 10 : FIRST_OID + index,
      ...Array<SqlValue>(4).fill(index === 0),
      '********',
      null,
      null,
    ]),
  }),
  pg_roles: (state) => ({
    columns: [
      ...columns('text', 'rolname'),
      ...columns('boolean', 'rolsuper', 'rolinherit', 'rolcreaterole', 'rolcreatedb', 'rolcanlogin', 'rolreplication'),
      ...columns('integer', 'rolconnlimit'),
      ...columns('text', 'rolpassword', 'rolvaliduntil'),
      ...columns('boolean', 'rolbypassrls'),
    ],
    rows: roles(state).map((name, index) => {
      const powers = index === 0
      return [name, powers, true, powers, powers, true, powers, -1, '********', null, powers]
    }),
  }),
  pg_namespace: () => ({
    columns: [...columns('integer', 'oid'), ...columns('text', 'nspname')],
    rows: [
      [11, 'pg_catalog'],
      [2200, 'public'],
      [13_212, 'information_schema'],
    ],
  }),
  pg_extension: () => ({columns: columns('text', 'extname', 'extversion'), rows: [['plpgsql', '1.0']]}),
  pg_settings: (state) => ({columns: columns('text', 'name', 'setting'), rows: [...state.settings]}),
  pg_stat_activity: (state) => ({
    columns: [
      ...columns('integer', 'pid'),
      ...columns('text', 'datname', 'usename', 'application_name', 'client_addr', 'state', 'query'),
    ],
    rows: [
      [
        state.pid,
        state.database,
        state.user,
        state.settings.get('application_name') ?? '',
        state.connection.peer.ip,
        'active',
        'SELECT',
      ],
    ],
  }),
}

const INFORMATION: typeof CATALOG = {
  schemata: (state) => ({
    columns: columns('text', 'catalog_name', 'schema_name', 'schema_owner'),
    rows: ['public', 'information_schema', 'pg_catalog'].map((name) => [
      state.database,
      name,
      name === 'public' ? 'pg_database_owner' : 'postgres',
    ]),
  }),
  tables: (state) => ({
    columns: columns('text', 'table_catalog', 'table_schema', 'table_name', 'table_type'),
    rows: ownTables(state).map(({name}) => [state.database, 'public', name, 'BASE TABLE']),
  }),
  columns: (state) => ({
    columns: [
      ...columns('text', 'table_catalog', 'table_schema', 'table_name', 'column_name'),
      ...columns('integer', 'ordinal_position'),
      ...columns('text', 'column_default', 'is_nullable', 'data_type'),
    ],
    rows: ownTables(state).flatMap((table) =>
      table.columns.map(({name, type}, index) => [
        state.database,
        'public',
        table.name,
        name,
        index + 1,
        null,
        index === 0 ? 'NO' : 'YES',
        TYPE_NAMES[type],
      ]),
    ),
  }),
}

export const TYPE_NAMES: Readonly<Record<ColumnType, string>> = {
  integer: 'integer',
  text: 'text',
  timestamp: 'timestamp without time zone',
  decimal: 'numeric',
  boolean: 'boolean',
}

export function ownTables({server, database}: SessionState): typeof server.bait.tables {
  return database === server.bait.name ? server.bait.tables : []
}

export function roles({server, user}: SessionState): string[] {
  return [...new Set(['postgres', ownerOf(server), user])]
}

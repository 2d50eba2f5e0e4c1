/**
 * Queries of the system catalogues that are beyond the SELECTs that are played, such as those psql sends for its
 * backslash commands. Their shape is kept: the columns are those of the list behind SELECT, the rows those of what the
 * query is about, as far as a column's name says what belongs there.
 */
import {SqlBeyondError, type SqlValue} from '../../../sql/ast.ts'
import type {SelectResult} from '../../../sql/evaluate.ts'
import type {Statement, Token} from '../../../sql/lexer.ts'
import {databases, locale, ownTables, roles} from './relations.ts'
import {ownerOf, type SessionState} from './session-state.ts'

type Row = Readonly<Record<string, SqlValue>>

/** Null: no query of the catalogues. */
export function catalogAnswer(statement: Statement, state: SessionState): SelectResult | null {
  const from = topLevel(statement.tokens, 'from')
  const about = from === null ? null : relationAt(statement.tokens, from + 1)
  if (from === null || about === null || !about.startsWith('pg_')) return null
  const names = columnNames(statement.tokens.slice(1, from))
  const rows = rowsAbout(about, names, statement, state)
  return {
    columns: names.map((name) => ({name, type: 'text', origin: null})),
    rows: rows.map((row) => names.map((name) => row[name.toLowerCase()] ?? null)),
  }
}

/** Where a word stands outside of parentheses. */
function topLevel(tokens: readonly Token[], word: string): number | null {
  let depth = 0
  for (const [index, {kind, text, keyword}] of tokens.entries()) {
    if (kind === 'symbol' && text === '(') depth++
    else if (kind === 'symbol' && text === ')') depth--
    else if (depth === 0 && keyword === word) return index
  }
  return null
}

function relationAt(tokens: readonly Token[], at: number): string | null {
  const [first, dot, second] = tokens.slice(at, at + 3)
  return (dot?.text === '.' ? second?.text : first?.text) ?? null
}

/** The alias of each item, or the last name in it, as the server labels columns. */
function columnNames(tokens: readonly Token[]): string[] {
  const names: string[] = []
  let depth = 0
  let label = '?column?'
  for (const {kind, text} of tokens) {
    if (kind === 'symbol' && text === '(') depth++
    else if (kind === 'symbol' && text === ')') depth--
    if (depth > 0) continue
    if (kind === 'symbol' && text === ',') {
      names.push(label)
      label = '?column?'
    } else if (kind === 'word' || kind === 'quoted') label = text === 'END' ? 'case' : text
  }
  return [...names, label]
}

function rowsAbout(about: string, names: readonly string[], statement: Statement, state: SessionState): readonly Row[] {
  const {server} = state
  switch (about) {
    case 'pg_database':
      return [...databases(state)].sort().map((name) => databaseRow(state, name))
    case 'pg_class':
      // What psql asks about one table it asks on by its number, in a dozen of queries.
      if (ownTables(state).some(({name}) => statement.text.includes(`^(${name})$`))) throw new SqlBeyondError('table')
      return names.includes('Schema') && /'r'/.test(statement.text.slice(statement.text.lastIndexOf('WHERE')))
        ? ownTables(state).map(({name}) => ({
            schema: 'public',
            name,
            type: 'table',
            owner: ownerOf(server),
            persistence: 'permanent',
            size: '16 kB',
          }))
        : []
    case 'pg_roles':
      return roles(state).sort().map(roleRow)
    case 'pg_namespace':
      return [{name: 'public', owner: 'pg_database_owner'}]
    case 'pg_extension':
      return [{name: 'plpgsql', version: '1.0', schema: 'pg_catalog', description: 'PL/pgSQL procedural language'}]
    default:
      return []
  }
}

function databaseRow(state: SessionState, name: string): Row {
  const owner = name === state.server.bait.name ? ownerOf(state.server) : 'postgres'
  return {
    name,
    owner,
    encoding: 'UTF8',
    collate: locale(state),
    ctype: locale(state),
    'locale provider': 'libc',
    'access privileges': name.startsWith('template') ? '=c/postgres\npostgres=CTc/postgres' : null,
    size: '8233 kB',
    tablespace: 'pg_default',
    datname: name,
  }
}

function roleRow(name: string): Row {
  const powers = name === 'postgres'
  return {
    rolname: name,
    rolsuper: powers,
    rolinherit: true,
    rolcreaterole: powers,
    rolcreatedb: powers,
    rolcanlogin: true,
    rolconnlimit: -1,
    memberof: '{}',
    rolreplication: powers,
    rolbypassrls: powers,
  }
}

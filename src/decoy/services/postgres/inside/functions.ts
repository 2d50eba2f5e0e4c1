/** Functions of a SELECT. */
import {createHash} from 'node:crypto'

import type {SqlValue} from '../../../sql/ast.ts'
import {sqlTime} from '../../../sql/bait.ts'
import {failure} from '../errors.ts'
import {type SessionState, startedAt} from './session-state.ts'
import {setting} from './settings.ts'

/** What a function may do besides answering. */
export interface Effects {
  delayMs: number
}

type Call = (args: readonly SqlValue[], state: SessionState, effects: Effects) => SqlValue

const MAX_SLEEP_MS = 5000
const MAX_TEXT = 64 * 1024
/** Of superusers, and of nobody else. */
const FORBIDDEN = new Set(
  'pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export pg_reload_conf pg_rotate_logfile pg_logdir_ls pg_switch_wal pg_file_write dblink_connect'.split(
    ' ',
  ),
)

const text = (value: SqlValue | undefined): string => String(value ?? '')
const strict =
  (call: Call): Call =>
  (args, state, effects) =>
    args.includes(null) ? null : call(args, state, effects)
const now: Call = (_, {connection}) =>
  `${sqlTime(connection.now())}.${String(connection.now() % 1000).padStart(3, '0')}+00`
const user: Call = (_, state) => state.user

const CALLS: Readonly<Record<string, Call>> = {
  version: (_, {server}) => server.release.banner,
  current_user: user,
  session_user: user,
  user,
  current_role: user,
  current_database: (_, {database}) => database,
  current_catalog: (_, {database}) => database,
  current_schema: () => 'public',
  current_setting: ([name], state) => setting(state, text(name)),
  set_config: ([, value]) => value ?? null,
  inet_server_addr: (_, {connection}) => connection.local.ip,
  inet_server_port: (_, {server}) => server.port,
  inet_client_addr: (_, {connection}) => connection.peer.ip,
  inet_client_port: (_, {connection}) => connection.peer.port,
  pg_backend_pid: (_, {pid}) => pid,
  pg_is_in_recovery: () => false,
  pg_postmaster_start_time: (_, {server, connection}) => `${sqlTime(startedAt(server, connection.now()))}+00`,
  now,
  current_timestamp: now,
  clock_timestamp: now,
  current_date: (_, {connection}) => sqlTime(connection.now()).slice(0, 10),
  pg_sleep: ([seconds], _, effects) => {
    const wanted = Math.max(0, Number(seconds) || 0) * 1000
    effects.delayMs = Math.min(MAX_SLEEP_MS, effects.delayMs + wanted)
    return ''
  },
  has_database_privilege: () => true,
  has_table_privilege: () => true,
  has_schema_privilege: () => true,
  pg_encoding_to_char: () => 'UTF8',
  quote_ident: strict(([value]) => text(value)),
  md5: strict(([value]) => createHash('md5').update(text(value)).digest('hex')),
  upper: strict(([value]) => text(value).toUpperCase()),
  lower: strict(([value]) => text(value).toLowerCase()),
  length: strict(([value]) => text(value).length),
  concat: (args) => args.map(text).join('').slice(0, MAX_TEXT),
  chr: strict(([value]) => String.fromCodePoint(Math.min(0x10ffff, Math.max(1, Math.trunc(Number(value)) || 1)))),
  ascii: strict(([value]) => text(value).codePointAt(0) ?? 0),
  substring: strict(([value, from, size]) => {
    const begin = Math.max(0, Number(from) - 1)
    return text(value).slice(begin, size === undefined ? undefined : begin + Number(size))
  }),
  coalesce: (args) => args.find((each) => each !== null) ?? null,
  random: (_, {connection}) => connection.random(4).readUInt32LE() / 0x1_0000_0000,
}

export function callFunction(name: string, args: readonly SqlValue[], state: SessionState, effects: Effects): SqlValue {
  const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined
  if (call !== undefined) return call(args, state, effects)
  if (FORBIDDEN.has(name)) {
    throw failure('42501', `permission denied for function ${name}`, ['aclchk.c', 3655, 'aclcheck_error'])
  }
  const types = args.map((value) =>
    typeof value === 'number' ? 'integer' : typeof value === 'boolean' ? 'boolean' : 'unknown',
  )
  const hint = 'No function matches the given name and argument types. You might need to add explicit type casts.'
  throw failure(
    '42883',
    `function ${name}(${types.join(', ')}) does not exist`,
    ['parse_func.c', 629, 'ParseFuncOrColumn'],
    {hint},
  )
}

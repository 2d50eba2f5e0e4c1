/** Functions of a SELECT. */
import {createHash} from 'node:crypto'

import type {SqlValue} from '../../../sql/ast.ts'
import {sqlTime} from '../../../sql/bait.ts'
import {truth} from '../../../sql/evaluate.ts'
import {StatementError} from '../protocol.ts'
import type {SessionState} from './session-state.ts'

/** What a function may do besides answering. */
export interface Effects {
  delayMs: number
}

type Call = (args: readonly SqlValue[], state: SessionState, effects: Effects) => SqlValue

const MAX_SLEEP_MS = 5000
const MAX_TEXT = 64 * 1024

const string = (value: SqlValue | undefined): string =>
  typeof value === 'boolean' ? String(Number(value)) : String(value ?? '')
const number = (value: SqlValue | undefined): number => {
  const parsed = typeof value === 'string' ? Number.parseFloat(value) : Number(value)
  return Number.isNaN(parsed) ? 0 : parsed
}
/** Null where any argument is. */
const strict =
  (call: Call): Call =>
  (args, state, effects) =>
    args.includes(null) ? null : call(args, state, effects)
const digest = (name: string): Call => strict(([text]) => createHash(name).update(string(text)).digest('hex'))
const time =
  (from: number, to: number): Call =>
  (_, {connection}) =>
    sqlTime(connection.now()).slice(from, to)
const whoami: Call = (_, {user, connection}) => `${user}@${connection.peer.ip}`
const substring: Call = strict(([text, start, length]) => {
  const from = number(start)
  const whole = string(text)
  const begin = from < 0 ? whole.length + from : from - 1
  return begin < 0 ? '' : whole.slice(begin, length === undefined ? undefined : begin + number(length))
})

const CALLS: Readonly<Record<string, Call>> = {
  version: (_, {server}) => server.release.version,
  user: whoami,
  session_user: whoami,
  system_user: whoami,
  current_user: (_, {user}) => `${user}@%`,
  database: (_, {database}) => database,
  schema: (_, {database}) => database,
  connection_id: (_, {thread}) => thread,
  last_insert_id: () => 0,
  found_rows: () => 1,
  row_count: () => -1,
  now: time(0, 19),
  sysdate: time(0, 19),
  current_timestamp: time(0, 19),
  localtime: time(0, 19),
  curdate: time(0, 10),
  current_date: time(0, 10),
  curtime: time(11, 19),
  current_time: time(11, 19),
  unix_timestamp: (_, {connection}) => Math.floor(connection.now() / 1000),
  uuid: (_, {connection}) =>
    connection
      .random(16)
      .toString('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-1$3-8$4-$5'),
  sleep: ([seconds], _, effects) => {
    effects.delayMs = Math.min(MAX_SLEEP_MS, effects.delayMs + Math.max(0, number(seconds)) * 1000)
    return 0
  },
  benchmark: () => 0,
  load_file: () => null,
  concat: strict((args) => args.map(string).join('').slice(0, MAX_TEXT)),
  concat_ws: ([separator, ...args]) =>
    args
      .filter((each) => each !== null)
      .map(string)
      .join(string(separator))
      .slice(0, MAX_TEXT),
  upper: strict(([text]) => string(text).toUpperCase()),
  lower: strict(([text]) => string(text).toLowerCase()),
  length: strict(([text]) => Buffer.byteLength(string(text))),
  char_length: strict(([text]) => string(text).length),
  substring,
  substr: substring,
  mid: substring,
  left: strict(([text, size]) => string(text).slice(0, Math.max(0, number(size)))),
  right: strict(([text, size]) => string(text).slice(-Math.max(0, number(size)) || string(text).length)),
  trim: strict(([text]) => string(text).trim()),
  hex: strict(([text]) =>
    (typeof text === 'number' ? text.toString(16) : Buffer.from(string(text)).toString('hex')).toUpperCase(),
  ),
  ascii: strict(([text]) => Buffer.from(string(text))[0] ?? 0),
  md5: digest('md5'),
  sha1: digest('sha1'),
  sha: digest('sha1'),
  if: ([condition, yes, no]) => (truth(condition ?? null) ? (yes ?? null) : (no ?? null)),
  ifnull: ([value, other]) => value ?? other ?? null,
  coalesce: (args) => args.find((each) => each !== null) ?? null,
  abs: strict(([value]) => Math.abs(number(value))),
  floor: strict(([value]) => Math.floor(number(value))),
  ceil: strict(([value]) => Math.ceil(number(value))),
  round: strict(([value, digits]) => Number(number(value).toFixed(Math.min(20, Math.max(0, number(digits ?? 0)))))),
  rand: (_, {connection}) => connection.random(4).readUInt32LE() / 0x1_0000_0000,
}

export function callFunction(name: string, args: readonly SqlValue[], state: SessionState, effects: Effects): SqlValue {
  const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined
  if (call !== undefined) return call(args, state, effects)
  const full = state.database === null ? name : `${state.database}.${name}`
  if (state.database === null || state.server.release.product === 'mysql')
    throw new StatementError(1305, '42000', `FUNCTION ${full} does not exist`)
  const text = `execute command denied to user '${state.user}'@'%' for routine '${full}'`
  throw new StatementError(1370, '42000', text)
}

/** Functions and global variables of a SELECT. */
import type {SqlValue} from '../../../sql/ast.ts'
import {sqlTime} from '../../../sql/bait.ts'
import {onWindows} from '../releases.ts'
import {noFunction, undeclared} from './refusals.ts'
import {databases, findDatabase, type SessionState} from './session-state.ts'
import {objectNumber} from './views.ts'

/** What a statement may do besides answering. */
export interface Effects {
  delayMs: number
}

type Call = (args: readonly SqlValue[], state: SessionState, effects: Effects) => SqlValue

const MAX_TEXT = 4000
const SERVER_ROLES = new Set(
  'sysadmin serveradmin securityadmin processadmin setupadmin bulkadmin diskadmin dbcreator public'.split(' '),
)

const string = (value: SqlValue | undefined): string =>
  typeof value === 'boolean' ? String(Number(value)) : String(value ?? '')
const number = (value: SqlValue | undefined): number => {
  const parsed = Number(value ?? 0)
  return Number.isNaN(parsed) ? 0 : parsed
}
/** Null where any argument is. */
const strict =
  (call: Call): Call =>
  (args, state, effects) =>
    args.includes(null) ? null : call(args, state, effects)
const login: Call = (_, {login: name}) => name
const now: Call = (_, {connection}) => sqlTime(connection.now())
const owner: Call = () => 'dbo'
const yes: Call = () => 1

const PROPERTIES: Readonly<Record<string, (state: SessionState) => SqlValue>> = {
  productversion: ({instance}) => instance.release.version,
  productlevel: ({instance}) => instance.release.level,
  productupdatelevel: ({instance}) => instance.release.update,
  productupdatereference: ({instance}) => instance.release.article,
  productmajorversion: ({instance}) => String(instance.release.major),
  productminorversion: () => '0',
  productbuild: ({instance}) => String(instance.release.build),
  edition: ({instance}) => instance.release.edition,
  engineedition: ({instance}) => instance.release.engineEdition,
  servername: ({instance}) => instance.serverName,
  machinename: ({instance}) => instance.serverName.split('\\')[0] ?? '',
  computernamephysicalnetbios: ({instance}) => instance.serverName.split('\\')[0] ?? '',
  instancename: ({instance}) => instance.serverName.split('\\')[1] ?? null,
  collation: () => 'SQL_Latin1_General_CP1_CI_AS',
  isclustered: () => 0,
  ishadrenabled: () => 0,
  isintegratedsecurityonly: () => 0,
  issingleuser: () => 0,
  isfulltextinstalled: () => 0,
  processid: ({instance}) => instance.persona.integer('mssql pid', 1800, 6200),
  instancedefaultdatapath: (state) => dataPath(state),
  instancedefaultlogpath: (state) => dataPath(state),
}

export function dataPath({instance: {persona, release, name}}: SessionState): string {
  if (!onWindows(persona)) return '/var/opt/mssql/data/'
  return `C:\\Program Files\\Microsoft SQL Server\\MSSQL${release.major}.${name.toUpperCase()}\\MSSQL\\DATA\\`
}

const CALLS: Readonly<Record<string, Call>> = {
  '+': strict(([left, right]) => {
    const texts = [left, right].some((side) => typeof side === 'string' && (side === '' || Number.isNaN(Number(side))))
    if (texts || (typeof left === 'string' && typeof right === 'string')) {
      return `${string(left)}${string(right)}`.slice(0, MAX_TEXT)
    }
    return number(left) + number(right)
  }),
  cast_: ([value]) => value ?? null,
  db_name: ([id], {instance, database}) =>
    id === undefined ? database : (databases(instance)[number(id) - 1] ?? null),
  db_id: ([name], {instance, database}) => {
    const found = name === undefined ? database : findDatabase(instance, string(name))
    return found === null ? null : databases(instance).indexOf(found) + 1
  },
  system_user: login,
  suser_sname: login,
  suser_name: login,
  original_login: login,
  user: owner,
  user_name: owner,
  current_user: owner,
  session_user: owner,
  schema_name: owner,
  host_name: (_, {host}) => host,
  app_name: (_, {application}) => application,
  getdate: now,
  getutcdate: now,
  sysdatetime: now,
  current_timestamp: now,
  is_srvrolemember: ([role]) => (SERVER_ROLES.has(string(role).toLowerCase()) ? 1 : null),
  is_member: yes,
  is_rolemember: yes,
  has_dbaccess: ([name], {instance}) => (findDatabase(instance, string(name)) === null ? null : 1),
  has_perms_by_name: yes,
  serverproperty: ([name], state) => {
    const key = string(name).toLowerCase()
    return Object.hasOwn(PROPERTIES, key) ? (PROPERTIES[key]?.(state) ?? null) : null
  },
  connectionproperty: ([name], {connection}) =>
    ({net_transport: 'TCP', protocol_type: 'TSQL', client_net_address: connection.peer.ip})[
      string(name).toLowerCase()
    ] ?? null,
  object_id: ([name], {instance}) => {
    const wanted = string(name).split('.').at(-1)?.replace(/[[\]]/g, '').toLowerCase()
    const table = instance.bait.tables.find((each) => each.name === wanted)
    return table === undefined ? null : objectNumber(instance, table.name)
  },
  len: strict(([text]) => string(text).trimEnd().length),
  datalength: strict(([text]) => string(text).length * 2),
  upper: strict(([text]) => string(text).toUpperCase()),
  lower: strict(([text]) => string(text).toLowerCase()),
  ltrim: strict(([text]) => string(text).trimStart()),
  rtrim: strict(([text]) => string(text).trimEnd()),
  left: strict(([text, size]) => string(text).slice(0, Math.max(0, number(size)))),
  right: strict(([text, size]) => string(text).slice(-Math.max(0, number(size)) || string(text).length)),
  substring: strict(([text, start, size]) => string(text).slice(number(start) - 1, number(start) - 1 + number(size))),
  replace: strict(([text, from, to]) => string(text).split(string(from)).join(string(to)).slice(0, MAX_TEXT)),
  concat: (args) => args.map(string).join('').slice(0, MAX_TEXT),
  isnull: ([value, other]) => value ?? other ?? null,
  coalesce: (args) => args.find((each) => each !== null) ?? null,
  char: strict(([code]) => String.fromCharCode(number(code) & 0xff)),
  nchar: strict(([code]) => String.fromCharCode(number(code) & 0xffff)),
  ascii: strict(([text]) => Buffer.from(string(text), 'latin1')[0] ?? null),
  unicode: strict(([text]) => string(text).charCodeAt(0) || null),
  quotename: strict(([text]) => `[${string(text).replaceAll(']', ']]')}]`),
  abs: strict(([value]) => Math.abs(number(value))),
  floor: strict(([value]) => Math.floor(number(value))),
  ceiling: strict(([value]) => Math.ceil(number(value))),
  rand: (_, {connection}) => connection.random(4).readUInt32LE() / 0x1_0000_0000,
  newid: (_, {connection}) =>
    connection
      .random(16)
      .toString('hex')
      .toUpperCase()
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-A$4-$5'),
}

export function callFunction(name: string, args: readonly SqlValue[], state: SessionState, effects: Effects): SqlValue {
  const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined
  if (call === undefined) throw noFunction(name)
  return call(args, state, effects)
}

const VARIABLES: Readonly<Record<string, (state: SessionState) => SqlValue>> = {
  '@@version': ({instance}) => instance.release.banner,
  '@@servername': ({instance}) => instance.serverName,
  '@@servicename': ({instance}) => instance.name.toUpperCase(),
  '@@spid': ({spid}) => spid,
  '@@language': () => 'us_english',
  '@@langid': () => 0,
  '@@datefirst': () => 7,
  '@@trancount': () => 0,
  '@@rowcount': () => 1,
  '@@error': () => 0,
  '@@identity': () => null,
  '@@options': () => 5496,
  '@@textsize': () => 2_147_483_647,
  '@@lock_timeout': () => -1,
  '@@max_connections': () => 32_767,
  '@@max_precision': () => 38,
  '@@nestlevel': () => 0,
  '@@microsoftversion': ({instance: {release}}) => release.major * 0x100_0000 + release.build,
}

export function globalVariable(name: string, state: SessionState): SqlValue {
  const key = name.toLowerCase()
  if (!Object.hasOwn(VARIABLES, key)) throw undeclared(name)
  return VARIABLES[key]?.(state) ?? null
}

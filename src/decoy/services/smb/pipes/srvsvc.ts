/** The server service (MS-SRVS): shares, and what the server says of itself. */
import type {CallResult} from '../../../codecs/dcerpc/association.ts'
import {NdrReader, NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {utcOffset} from '../../../persona/place.ts'
import {windowsRelease} from '../../../persona/windows.ts'
import type {Share} from '../files/shares.ts'
import type {SmbHost} from '../host.ts'
import {isAdministrator} from '../session/logon.ts'
import type {Caller, PipeInterface} from './interfaces.ts'
import {OUT_OF_RANGE, returned, WIN32} from './results.ts'

const OPERATION = {
  CONNECTION_ENUM: 8,
  FILE_ENUM: 9,
  SESSION_ENUM: 12,
  SHARE_ENUM: 15,
  SHARE_GET_INFO: 16,
  SERVER_GET_INFO: 21,
  REMOTE_TIME: 28,
  SHARE_ENUM_STICKY: 36,
} as const

/** §2.2.2.4. */
const TYPE = {disk: 0, printer: 1, pipe: 3, special: 0x8000_0000} as const
const PLATFORM_NT = 500
const UNLIMITED = 0xffff_ffff
/** What is told of a share: its name, what it is, where it lies, who may use it. */
const LEVELS: ReadonlySet<number> = new Set([0, 1, 2, 502])

export const srvsvc: PipeInterface = {
  uuid: '4b324fc8-1670-01d3-1278-5a47bf6ee188',
  version: 3,
  call: (caller, operation, stub) => {
    const reader = new NdrReader(stub)
    switch (operation) {
      case OPERATION.SHARE_ENUM:
      case OPERATION.SHARE_ENUM_STICKY:
        return shareEnum(caller, reader)
      case OPERATION.SHARE_GET_INFO:
        return shareGetInfo(caller, reader)
      case OPERATION.SERVER_GET_INFO:
        return serverGetInfo(caller, reader)
      case OPERATION.REMOTE_TIME:
        return remoteTime(caller)
      case OPERATION.CONNECTION_ENUM:
      case OPERATION.FILE_ENUM:
      case OPERATION.SESSION_ENUM:
        return refusedEnum(operation)
      default:
        return OUT_OF_RANGE
    }
  },
}

function typeOf(share: Share): number {
  const special = share.name.endsWith('$') && share.type !== 'printer' && share.name !== 'print$'
  return (TYPE[share.type] | (special ? TYPE.special : 0)) >>> 0
}

/** NetrShareEnum (§3.1.4.8), of which Windows answers nothing to those who are nobody. */
function shareEnum({host, account}: Caller, reader: NdrReader): CallResult {
  reader.uniqueString()
  const level = reader.align(4).u32()
  const known = LEVELS.has(level)
  // Windows tells where shares lie to administrators only.
  const allowed = host.product === 'samba' || (account.kind !== 'anonymous' && (level < 2 || isAdministrator(account)))
  const out = new NdrWriter().u32(level, level)
  if (!known || !allowed) {
    out.pointer().u32(0).nothing()
    return returned(out.u32(0).nothing(), known ? WIN32.ACCESS_DENIED : WIN32.INVALID_LEVEL)
  }
  const {shares} = host
  out.pointer().u32(shares.length).pointer().u32(shares.length)
  for (const share of shares) shareHead(out, level, share)
  for (const share of shares) shareBody(out, level, share)
  return returned(out.u32(shares.length).nothing(), WIN32.SUCCESS)
}

function shareHead(out: NdrWriter, level: number, share: Share): void {
  out.pointer()
  if (level === 0) return
  out.u32(typeOf(share)).pointer()
  if (level > 1) {
    out
      .u32(0, UNLIMITED, share.type === 'pipe' ? 1 : 0)
      .pointer()
      .pointer()
  }
  if (level === 502) out.u32(0).nothing()
}

function shareBody(out: NdrWriter, level: number, share: Share): void {
  out.string(share.name)
  if (level > 0) out.string(share.comment)
  if (level > 1) out.string(share.path).string('')
}

/** NetrShareGetInfo (§3.1.4.10). */
function shareGetInfo({host, account}: Caller, reader: NdrReader): CallResult {
  reader.uniqueString()
  const name = reader.string().toLowerCase()
  const level = reader.align(4).u32()
  const share = host.shares.find((each) => each.name.toLowerCase() === name)
  const none = (code: number): CallResult => returned(new NdrWriter().u32(level).nothing(), code)
  if (!LEVELS.has(level)) return none(WIN32.INVALID_LEVEL)
  if (host.product === 'windows' && account.kind === 'anonymous') return none(WIN32.ACCESS_DENIED)
  if (share === undefined) return none(WIN32.NO_SUCH_SHARE)
  // What lies where on the disk is for administrators, of whom there are none here.
  if (level > 1 && host.product === 'windows' && !isAdministrator(account)) return none(WIN32.ACCESS_DENIED)
  const out = new NdrWriter().u32(level).pointer()
  shareHead(out, level, share)
  shareBody(out, level, share)
  return returned(out, WIN32.SUCCESS)
}

/** §2.2.4.40 and following: SV_TYPE_* of workstations, servers, NT, controllers, Unix. */
const SERVER_TYPE = {windows: 0x0000_9003, client: 0x0000_1003, controller: 0x0080_102b, samba: 0x0080_9a03} as const

function serverType({product, controller, persona}: SmbHost): number {
  if (product === 'samba') return SERVER_TYPE.samba
  if (controller) return SERVER_TYPE.controller
  return persona.facts.os === 'windows' ? SERVER_TYPE.client : SERVER_TYPE.windows
}

/** NetrServerGetInfo (§3.1.4.17). */
function serverGetInfo({host, account}: Caller, reader: NdrReader): CallResult {
  reader.uniqueString()
  const level = reader.align(4).u32()
  const out = new NdrWriter().u32(level)
  const denied = host.product === 'windows' && (account.kind === 'anonymous' || level > 101)
  if (denied) return returned(out.nothing(), WIN32.ACCESS_DENIED)
  if (level !== 100 && level !== 101) return returned(out.nothing(), WIN32.INVALID_LEVEL)
  const {major, minor} = host.product === 'samba' ? host.version : windowsRelease(host.persona)
  out.pointer().u32(PLATFORM_NT).pointer()
  if (level === 101) out.u32(major, minor, serverType(host)).pointer()
  out.string(host.computer)
  if (level === 101) out.string(host.comment)
  return returned(out, WIN32.SUCCESS)
}

/** NetrRemoteTOD (§3.1.4.21). */
function remoteTime({host, now}: Caller): CallResult {
  const date = new Date(now())
  const uptime = Math.floor(date.getTime() - host.persona.bootedAt(date.getTime()))
  const west = -utcOffset(host.persona, date.getTime())
  const out = new NdrWriter()
    .pointer()
    .u32(Math.floor(date.getTime() / 1000), uptime % 2 ** 32)
    .u32(date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), Math.floor(date.getUTCMilliseconds() / 10))
    .u32(west >>> 0, 310, date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear(), date.getUTCDay())
  return returned(out, WIN32.SUCCESS)
}

/** NetrSessionEnum and its like tell administrators only who is there. */
function refusedEnum(operation: number): CallResult {
  const level = operation === OPERATION.SESSION_ENUM ? 10 : operation === OPERATION.FILE_ENUM ? 3 : 1
  const out = new NdrWriter().u32(level, level).pointer().u32(0).nothing().u32(0).nothing()
  return returned(out, WIN32.ACCESS_DENIED)
}

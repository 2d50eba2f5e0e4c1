/** The workstation service (MS-WKST). */
import type {CallResult} from '../../../codecs/dcerpc/association.ts'
import {NdrReader, NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {windowsRelease} from '../../../persona/windows.ts'
import type {Caller, PipeInterface} from './interfaces.ts'
import {OUT_OF_RANGE, returned, WIN32} from './results.ts'

const OPERATION = {GET_INFO: 0, USER_ENUM: 2, TRANSPORT_ENUM: 5} as const
const PLATFORM_NT = 500

export const wkssvc: PipeInterface = {
  uuid: '6bffd098-a112-3610-9833-46c3f87e345a',
  version: 1,
  call: (caller, operation, stub) => {
    if (operation === OPERATION.GET_INFO) return getInfo(caller, new NdrReader(stub))
    if (operation === OPERATION.USER_ENUM || operation === OPERATION.TRANSPORT_ENUM) return refused()
    return OUT_OF_RANGE
  },
}

/** NetrWkstaGetInfo (§3.2.4.1). */
function getInfo({host, account}: Caller, reader: NdrReader): CallResult {
  reader.uniqueString()
  const level = reader.align(4).u32()
  const out = new NdrWriter().u32(level)
  const denied = host.product === 'windows' && (account.kind === 'anonymous' || level > 100)
  if (denied) return returned(out.nothing(), WIN32.ACCESS_DENIED)
  if (level < 100 || level > 102) return returned(out.nothing(), WIN32.INVALID_LEVEL)
  const {major, minor} = host.product === 'samba' ? host.version : windowsRelease(host.persona)
  out.pointer().u32(PLATFORM_NT).pointer().pointer().u32(major, minor)
  if (level > 100) out.pointer()
  if (level > 101) out.u32(1)
  out.string(host.computer).string(host.group)
  if (level > 100) out.string('')
  return returned(out, WIN32.SUCCESS)
}

function refused(): CallResult {
  return returned(new NdrWriter().u32(0, 0).pointer().u32(0).nothing().u32(0).nothing(), WIN32.ACCESS_DENIED)
}

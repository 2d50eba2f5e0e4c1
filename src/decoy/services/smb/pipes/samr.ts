/** The account manager (MS-SAMR): which domains there are, and no look into them. */
import type {CallResult} from '../../../codecs/dcerpc/association.ts'
import {NdrReader, NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {domainSid, machineSid} from '../../../persona/windows.ts'
import type {SmbHost} from '../host.ts'
import {STATUS} from '../wire/constants.ts'
import type {Caller, PipeInterface} from './interfaces.ts'
import {handleOf} from './lsarpc.ts'
import {HANDLE_SIZE, NO_HANDLE, OUT_OF_RANGE, returned} from './results.ts'

const OPERATION = {
  CONNECT: 0,
  CLOSE: 1,
  LOOKUP_DOMAIN: 5,
  ENUM_DOMAINS: 6,
  OPEN_DOMAIN: 7,
  PASSWORD_RULES: 56,
  CONNECT2: 57,
  CONNECT4: 62,
  CONNECT5: 64,
} as const
const BUILTIN = 'Builtin'
const BUILTIN_SID = 'S-1-5-32'
const SAMBA_LEAST_PASSWORD = 5
const NO_SUCH_DOMAIN = 0xc000_00df

export const samr: PipeInterface = {
  uuid: '12345778-1234-abcd-ef00-0123456789ac',
  version: 1,
  call: (caller, operation, stub) => {
    switch (operation) {
      case OPERATION.CONNECT:
      case OPERATION.CONNECT2:
      case OPERATION.CONNECT4:
      case OPERATION.CONNECT5:
        return connect(caller, operation)
      case OPERATION.CLOSE:
        return returned(new NdrWriter().bytes(NO_HANDLE), STATUS.SUCCESS)
      case OPERATION.LOOKUP_DOMAIN:
        return lookUpDomain(caller, new NdrReader(stub))
      case OPERATION.ENUM_DOMAINS:
        return enumDomains(caller)
      case OPERATION.PASSWORD_RULES:
        return passwordRules(caller)
      case OPERATION.OPEN_DOMAIN:
        return returned(new NdrWriter().bytes(NO_HANDLE), STATUS.ACCESS_DENIED)
      default:
        return OUT_OF_RANGE
    }
  },
}

/** Since Windows 10 1607 only administrators reach the SAM of a machine that is no domain controller. */
function connect(caller: Caller, operation: number): CallResult {
  const {host} = caller
  const denied = host.product === 'windows' && !host.controller
  const out = new NdrWriter()
  // SamrConnect5 says which revision it speaks before it gives the handle.
  if (operation === OPERATION.CONNECT5) out.u32(1, 1, 3, 0)
  return returned(
    out.bytes(denied ? NO_HANDLE : handleOf(caller, 'sam')),
    denied ? STATUS.ACCESS_DENIED : STATUS.SUCCESS,
  )
}

/** SamrGetDomainPasswordInformation (§3.1.5.13.3); Samba tells it to everybody. */
function passwordRules({host}: Caller): CallResult {
  const told = host.product === 'samba'
  const out = new NdrWriter().u16(told ? SAMBA_LEAST_PASSWORD : 0, 0).u32(0)
  return returned(out, told ? STATUS.SUCCESS : STATUS.ACCESS_DENIED)
}

const accountDomain = ({controller, group, computer}: SmbHost): string => (controller ? group : computer)

function enumDomains({host}: Caller): CallResult {
  const names = [accountDomain(host), BUILTIN]
  const out = new NdrWriter().u32(0).pointer().u32(names.length).pointer().u32(names.length)
  for (const [index, name] of names.entries()) out.u32(index).unicodeHead(name)
  for (const name of names) out.unicodeBody(name)
  return returned(out.u32(names.length), STATUS.SUCCESS)
}

function lookUpDomain({host}: Caller, reader: NdrReader): CallResult {
  reader.take(HANDLE_SIZE + 8)
  reader.u32()
  reader.u32()
  const count = Math.min(reader.u32(), 256)
  const name = reader
    .take(2 * count)
    .toString('utf16le')
    .toLowerCase()
  const own = accountDomain(host).toLowerCase()
  const ofAccounts = (host.controller ? domainSid(host.persona) : null) ?? machineSid(host.persona)
  const sid = name === BUILTIN.toLowerCase() ? BUILTIN_SID : name === own ? ofAccounts : null
  if (sid === null) return returned(new NdrWriter().nothing(), NO_SUCH_DOMAIN)
  return returned(new NdrWriter().pointer().sid(sid), STATUS.SUCCESS)
}

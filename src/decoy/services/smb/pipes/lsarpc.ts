/** The local security authority (MS-LSAD, MS-LSAT): what domain the machine is in, and little more. */
import type {CallResult} from '../../../codecs/dcerpc/association.ts'
import {NdrReader, NdrWriter} from '../../../codecs/dcerpc/ndr.ts'
import {encodeUuid} from '../../../codecs/dcerpc/uuid.ts'
import {domainOf} from '../../../persona/domain.ts'
import {domainGuid, domainSid, machineSid} from '../../../persona/windows.ts'
import {STATUS} from '../wire/constants.ts'
import type {Caller, PipeInterface} from './interfaces.ts'
import {HANDLE_SIZE, NO_HANDLE, OUT_OF_RANGE, returned} from './results.ts'

const OPERATION = {
  CLOSE: 0,
  OPEN_POLICY: 6,
  QUERY_INFO: 7,
  OPEN_POLICY2: 44,
  QUERY_INFO2: 46,
} as const
/** Those that translate names and SIDs, and those that list accounts and rights. */
const REFUSED: ReadonlySet<number> = new Set([
  1, 2, 3, 10, 11, 13, 14, 15, 17, 18, 19, 35, 36, 37, 38, 45, 57, 58, 68, 76, 77,
])
const POLICY = {PRIMARY_DOMAIN: 3, ACCOUNT_DOMAIN: 5, DNS_DOMAIN: 12} as const

export const lsarpc: PipeInterface = {
  uuid: '12345778-1234-abcd-ef00-0123456789ab',
  version: 0,
  call: (caller, operation, stub) => {
    switch (operation) {
      case OPERATION.CLOSE:
        return returned(new NdrWriter().bytes(NO_HANDLE), STATUS.SUCCESS)
      case OPERATION.OPEN_POLICY:
      case OPERATION.OPEN_POLICY2:
        return returned(new NdrWriter().bytes(handleOf(caller, 'policy')), STATUS.SUCCESS)
      case OPERATION.QUERY_INFO:
      case OPERATION.QUERY_INFO2:
        return queryInfo(caller, new NdrReader(stub))
      default:
        return REFUSED.has(operation) ? refusal(operation) : OUT_OF_RANGE
    }
  },
}

/** A context handle that stands for the same thing in every session. */
export function handleOf({host}: Caller, purpose: string): Buffer {
  return Buffer.concat([Buffer.alloc(4), host.persona.bytes(`rpc handle ${purpose}`, HANDLE_SIZE - 4)])
}

/** LsarQueryInformationPolicy (MS-LSAD §3.1.4.4.4). */
function queryInfo({host}: Caller, reader: NdrReader): CallResult {
  reader.take(HANDLE_SIZE)
  const level = reader.u16()
  const {persona} = host
  const out = new NdrWriter().pointer().u16(level)
  if (level === POLICY.PRIMARY_DOMAIN)
    return returned(namedSid(out, host.group, host.member ? domainSid(persona) : null), STATUS.SUCCESS)
  if (level === POLICY.ACCOUNT_DOMAIN) {
    const [name, sid] = host.controller ? [host.group, domainSid(persona)] : [host.computer, machineSid(persona)]
    return returned(namedSid(out, name, sid), STATUS.SUCCESS)
  }
  if (level !== POLICY.DNS_DOMAIN) return returned(new NdrWriter().nothing(), STATUS.ACCESS_DENIED)
  const domain = host.member ? domainOf(persona) : null
  const dns = domain?.dns ?? ''
  const sid = host.member ? domainSid(persona) : null
  out
    .unicodeHead(host.group)
    .unicodeHead(dns)
    .unicodeHead(dns)
    .bytes(encodeUuid(domainGuid(persona) ?? '0'.repeat(32)))
  if (sid === null) out.nothing()
  else out.pointer()
  for (const text of [host.group, dns, dns]) out.unicodeBody(text)
  return returned(sid === null ? out : out.sid(sid), STATUS.SUCCESS)
}

function namedSid(out: NdrWriter, name: string, sid: string | null): NdrWriter {
  out.unicodeHead(name, 2 * (name.length + 1))
  if (sid === null) out.nothing()
  else out.pointer()
  out.unicodeBody(name, name.length + 1)
  return sid === null ? out : out.sid(sid)
}

/** The shapes of translations that translated nothing, and of lists without entries. */
function refusal(operation: number): CallResult {
  const names = operation === 14 || operation === 15
  const newer = [57, 58, 68, 76, 77].includes(operation)
  const out = new NdrWriter()
  if (names || newer) out.nothing().u32(0).nothing().u32(0)
  else if (operation === 45) out.nothing().nothing()
  else if (operation === 2 || operation === 11 || operation === 13) out.u32(0, 0).nothing()
  else if (operation === 17 || operation === 19 || operation === 10) out.bytes(NO_HANDLE)
  else out.u32(0).nothing()
  return returned(out, STATUS.ACCESS_DENIED)
}

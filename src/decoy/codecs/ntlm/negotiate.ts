/** NEGOTIATE_MESSAGE (MS-NLMP §2.2.1.1), the client's first. */
import {FLAG, has} from './flags.ts'
import {
  decodeText,
  fieldBytes,
  fieldPlace,
  MESSAGE_TYPE,
  type NtlmVersion,
  readVersion,
  requireMessage,
  VERSION_SIZE,
} from './message.ts'

const FLAGS_AT = 12
/** Oldest clients end after the flags. */
const LEAST = 16
const DOMAIN_AT = 16
const WORKSTATION_AT = 24
const VERSION_AT = 32

export interface NegotiateMessage {
  readonly flags: number
  /** Both in OEM characters, and empty where the client does not give them. */
  readonly domain: string
  readonly workstation: string
  readonly version: NtlmVersion | null
}

export function parseNegotiate(bytes: Buffer): NegotiateMessage {
  requireMessage(bytes, MESSAGE_TYPE.NEGOTIATE, LEAST)
  const flags = bytes.readUInt32LE(FLAGS_AT)
  const text = (flag: number, at: number): string => {
    if (!has(flags, flag) || bytes.length < at + 8) return ''
    return decodeText(fieldBytes(bytes, fieldPlace(bytes, at), VERSION_AT), false)
  }
  const versioned = has(flags, FLAG.VERSION) && bytes.length >= VERSION_AT + VERSION_SIZE
  return {
    flags,
    domain: text(FLAG.OEM_DOMAIN_SUPPLIED, DOMAIN_AT),
    workstation: text(FLAG.OEM_WORKSTATION_SUPPLIED, WORKSTATION_AT),
    version: versioned ? readVersion(bytes, VERSION_AT) : null,
  }
}

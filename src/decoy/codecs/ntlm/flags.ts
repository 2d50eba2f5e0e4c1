/** NEGOTIATE flags (MS-NLMP §2.2.2.5), and how Windows answers a client's. */
import {CodecError} from '../codec-error.ts'

export const FLAG = {
  UNICODE: 0x0000_0001,
  OEM: 0x0000_0002,
  REQUEST_TARGET: 0x0000_0004,
  SIGN: 0x0000_0010,
  SEAL: 0x0000_0020,
  DATAGRAM: 0x0000_0040,
  LM_KEY: 0x0000_0080,
  NTLM: 0x0000_0200,
  ANONYMOUS: 0x0000_0800,
  OEM_DOMAIN_SUPPLIED: 0x0000_1000,
  OEM_WORKSTATION_SUPPLIED: 0x0000_2000,
  ALWAYS_SIGN: 0x0000_8000,
  TARGET_TYPE_DOMAIN: 0x0001_0000,
  TARGET_TYPE_SERVER: 0x0002_0000,
  EXTENDED_SESSION_SECURITY: 0x0008_0000,
  IDENTIFY: 0x0010_0000,
  REQUEST_NON_NT_SESSION_KEY: 0x0040_0000,
  TARGET_INFO: 0x0080_0000,
  VERSION: 0x0200_0000,
  KEY_128: 0x2000_0000,
  KEY_EXCHANGE: 0x4000_0000,
  KEY_56: 0x8000_0000,
} as const

export const has = (flags: number, flag: number): boolean => (flags & flag) !== 0

/** Granted to whoever asks. */
const ECHOED =
  FLAG.SIGN |
  FLAG.SEAL |
  FLAG.ALWAYS_SIGN |
  FLAG.EXTENDED_SESSION_SECURITY |
  FLAG.IDENTIFY |
  FLAG.KEY_128 |
  FLAG.KEY_EXCHANGE |
  FLAG.KEY_56

/**
 * The flags of the CHALLENGE (MS-NLMP §3.2.5.1.1). Windows sends its version and target information to clients that
 * asked for neither: IIS answers 0xa0088207 with 0xa2898205 (domain) or 0xa28a8205.
 */
export function challengeFlags(asked: number, domainJoined: boolean): number {
  if (!has(asked, FLAG.UNICODE | FLAG.OEM)) throw new CodecError('an NTLM client without any character set')
  let flags = (asked & ECHOED) | FLAG.NTLM | FLAG.VERSION | FLAG.TARGET_INFO
  flags |= has(asked, FLAG.UNICODE) ? FLAG.UNICODE : FLAG.OEM
  if (has(asked, FLAG.LM_KEY) && !has(asked, FLAG.EXTENDED_SESSION_SECURITY)) flags |= FLAG.LM_KEY
  if (has(asked, FLAG.REQUEST_TARGET)) {
    flags |= FLAG.REQUEST_TARGET | (domainJoined ? FLAG.TARGET_TYPE_DOMAIN : FLAG.TARGET_TYPE_SERVER)
  }
  return flags >>> 0
}

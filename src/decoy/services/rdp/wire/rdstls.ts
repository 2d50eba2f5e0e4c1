/**
 * RDSTLS (MS-RDPBCGR §2.2.17), for clients that a broker sent here: it accepts only what the broker gave them.
 *
 *   capabilities = 1:u16 1:u16 1:u16 1:u16
 *   request      = 1:u16 2:u16 1:u16 *(size:u16le *OCTET)          guid, user, domain, password
 *   response     = 1:u16 4:u16 1:u16 code:u32le
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../../../codecs/little-endian.ts'

const VERSION = 1
const TYPE = {CAPABILITIES: 1, REQUEST: 2, RESPONSE: 4} as const
const ERROR_LOGON_FAILURE = 0x52e
const MAX_REQUEST = 4096
const HEADER = 6
const FIELDS = 4

export interface RdstlsRequest {
  readonly user: string
  readonly domain: string
  /** Encrypted for somebody else. */
  readonly password: Buffer
}

export const RDSTLS_CAPABILITIES = new LittleEndianWriter().u16(VERSION, TYPE.CAPABILITIES, 1, 1).done()

export const RDSTLS_REFUSAL = new LittleEndianWriter().u16(VERSION, TYPE.RESPONSE, 1).u32(ERROR_LOGON_FAILURE).done()

/** Octets of the request; null while too little of it is there to tell. */
export function rdstlsLength(bytes: Buffer): number | null {
  if (bytes.length < HEADER) return null
  const [version, type, data] = [bytes.readUInt16LE(0), bytes.readUInt16LE(2), bytes.readUInt16LE(4)]
  if (version !== VERSION || type !== TYPE.REQUEST || data !== 1) throw new CodecError('no RDSTLS authentication')
  let end = HEADER
  for (let field = 0; field < FIELDS; field++) {
    if (bytes.length < end + 2) return null
    end += 2 + bytes.readUInt16LE(end)
    if (end > MAX_REQUEST) throw new CodecError('an RDSTLS authentication that is too long')
  }
  return end
}

export function parseRdstlsRequest(bytes: Buffer): RdstlsRequest {
  const reader = new LittleEndianReader(bytes, HEADER)
  const [, user, domain, password] = Array.from({length: FIELDS}, () => reader.take(reader.u16()))
  return {user: text(user), domain: text(domain), password: password ?? Buffer.alloc(0)}
}

const text = (bytes: Buffer | undefined): string => (bytes ?? Buffer.alloc(0)).toString('utf16le').replace(/\0+$/, '')

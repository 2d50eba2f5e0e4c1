/**
 * The X.224 PDUs of RDP (MS-RDPBCGR §2.2.1.1, §2.2.1.2), without their TPKT header:
 *
 *   request = li:u8 0xe0 dst:u16 src:u16 class:u8 [*OCTET CRLF] [negotiation [correlation]]
 *   negotiation = 0x01 flags:u8 length:u16le(8) protocols:u32le
 *   correlation = 0x06 flags:u8 length:u16le(36) id:16 reserved:16
 *   confirm = li:u8 0xd0 dst:u16 src:u16 class:u8 type:u8 flags:u8 length:u16le(8) value:u32le
 *   data    = 0x02 0xf0 0x80 *OCTET
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {encodeTpkt} from './tpkt.ts'

export const PROTOCOL = {RDP: 0, SSL: 1, HYBRID: 2, RDSTLS: 4, HYBRID_EX: 8} as const

export const FAILURE = {HYBRID_REQUIRED_BY_SERVER: 5} as const

export interface ConnectionRequest {
  /** What follows `Cookie: mstshash=`: the user's name, or the first nine characters of it. */
  readonly cookie: Buffer | null
  /** The whole line of any other kind, as load balancers want it. */
  readonly routingToken: Buffer | null
  /** Null: a client from before Windows XP SP3 and rdesktop of old. */
  readonly negotiation: {readonly flags: number; readonly protocols: number} | null
  readonly correlationId: Buffer | null
}

const HEADER = 7
const REQUEST_CODE = 0xe0
const CONFIRM_CODE = 0xd0
const COOKIE = Buffer.from('Cookie: mstshash=', 'latin1')
const CRLF = Buffer.from('\r\n', 'latin1')
const NEGOTIATION = {REQUEST: 1, RESPONSE: 2, FAILURE: 3, CORRELATION: 6} as const
const NEGOTIATION_SIZE = 8
const CORRELATION_SIZE = 36
/** Windows' own. */
const SERVER_REFERENCE = 0x1234
/** Everything that a server since Windows 8.1 and 2012 R2 supports (MS-RDPBCGR §2.2.1.2.1). */
const RESPONSE_FLAGS = 0x1f
const DATA_HEADER = Buffer.from([2, 0xf0, 0x80])

export function parseConnectionRequest(bytes: Buffer): ConnectionRequest {
  if (bytes.length < HEADER || bytes[0] !== bytes.length - 1) throw new CodecError('X.224 length')
  if ((bytes.readUInt8(1) & 0xf0) !== REQUEST_CODE) throw new CodecError('no X.224 connection request')
  const rest = bytes.subarray(HEADER)
  const end = rest.indexOf(CRLF)
  const line = end < 0 ? null : rest.subarray(0, end)
  const named = line?.subarray(0, COOKIE.length).equals(COOKIE) === true
  return {
    cookie: named ? (line?.subarray(COOKIE.length) ?? null) : null,
    routingToken: named ? null : line,
    ...parseNegotiation(end < 0 ? rest : rest.subarray(end + CRLF.length)),
  }
}

function parseNegotiation(bytes: Buffer): Pick<ConnectionRequest, 'negotiation' | 'correlationId'> {
  if (bytes.length === 0) return {negotiation: null, correlationId: null}
  if (
    bytes.length < NEGOTIATION_SIZE ||
    bytes[0] !== NEGOTIATION.REQUEST ||
    bytes.readUInt16LE(2) !== NEGOTIATION_SIZE
  ) {
    throw new CodecError('no RDP negotiation request')
  }
  const after = bytes.subarray(NEGOTIATION_SIZE)
  const correlated = after.length >= CORRELATION_SIZE && after[0] === NEGOTIATION.CORRELATION
  return {
    negotiation: {flags: bytes.readUInt8(1), protocols: bytes.readUInt32LE(4)},
    correlationId: correlated ? after.subarray(4, 20) : null,
  }
}

export const confirm = (protocol: number): Buffer => confirmation(NEGOTIATION.RESPONSE, RESPONSE_FLAGS, protocol)

export const failure = (code: number): Buffer => confirmation(NEGOTIATION.FAILURE, 0, code)

function confirmation(type: number, flags: number, value: number): Buffer {
  const bytes = Buffer.alloc(HEADER + NEGOTIATION_SIZE)
  bytes.writeUInt8(bytes.length - 1, 0)
  bytes.writeUInt8(CONFIRM_CODE, 1)
  bytes.writeUInt16BE(SERVER_REFERENCE, 4)
  bytes.writeUInt8(type, HEADER)
  bytes.writeUInt8(flags, HEADER + 1)
  bytes.writeUInt16LE(NEGOTIATION_SIZE, HEADER + 2)
  bytes.writeUInt32LE(value, HEADER + 4)
  return encodeTpkt(bytes)
}

/** What a data TPDU carries. */
export function dataOf(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, DATA_HEADER.length).equals(DATA_HEADER)) throw new CodecError('no X.224 data')
  return bytes.subarray(DATA_HEADER.length)
}

export const encodeData = (payload: Buffer): Buffer => encodeTpkt(Buffer.concat([DATA_HEADER, payload]))

/**
 * Protocol data units of connection-oriented DCE/RPC (C706 §12.6, MS-RPCE §2.2.2).
 *
 *   pdu = version:u8(5) minor:u8 type:u8 flags:u8 format:4 length:u16 authLength:u16 callId:u32 *OCTET
 *         [padding authType:u8 level:u8 padLength:u8 reserved:u8 contextId:u32 *OCTET]
 */
import type {ByteQueue} from '../../byte-queue.ts'
import {CodecError} from '../codec-error.ts'
import {LittleEndianWriter} from '../little-endian.ts'

export const PDU_HEADER = 16
const AUTH_HEADER = 8
const VERSION = 5
/** Little-endian integers, ASCII, IEEE floating point. */
const LITTLE_ENDIAN = Buffer.from([0x10, 0, 0, 0])

export const PDU = {
  REQUEST: 0,
  RESPONSE: 2,
  FAULT: 3,
  BIND: 11,
  BIND_ACK: 12,
  BIND_NAK: 13,
  ALTER_CONTEXT: 14,
  ALTER_CONTEXT_RESPONSE: 15,
  AUTH3: 16,
  ORPHANED: 19,
} as const

export const PDU_FLAG = {FIRST: 1, LAST: 2, OBJECT: 0x80} as const

export interface SecurityTrailer {
  readonly type: number
  readonly level: number
  readonly contextId: number
  readonly token: Buffer
}

export interface Pdu {
  readonly minor: number
  readonly type: number
  readonly flags: number
  readonly callId: number
  /** Between the header and the security trailer, padding taken off. */
  readonly body: Buffer
  readonly security: SecurityTrailer | null
}

/** How long the PDU is whose header begins here; null where there is too little to tell. */
export function pduLength(bytes: Buffer): number | null {
  if (bytes.length < PDU_HEADER) return null
  const length = bytes.readUInt16LE(8)
  if (bytes.readUInt8(0) !== VERSION || length < PDU_HEADER) throw new CodecError('no PDU of DCE/RPC version 5')
  if (bytes.readUInt8(4) !== LITTLE_ENDIAN[0]) throw new CodecError('a PDU in big-endian order')
  return length
}

/** The PDU at the beginning of what has come; null while it is not whole. */
export function takePdu(queue: ByteQueue): Buffer | null {
  const length = pduLength(queue.all)
  return length === null ? null : queue.take(length)
}

/** `bytes`: one PDU, as long as it says. */
export function parsePdu(bytes: Buffer): Pdu {
  const authLength = bytes.readUInt16LE(10)
  const common = {
    minor: bytes.readUInt8(1),
    type: bytes.readUInt8(2),
    flags: bytes.readUInt8(3),
    callId: bytes.readUInt32LE(12),
  }
  if (authLength === 0) return {...common, body: bytes.subarray(PDU_HEADER), security: null}
  const at = bytes.length - authLength - AUTH_HEADER
  if (at < PDU_HEADER) throw new CodecError('a security trailer longer than its PDU')
  const end = at - bytes.readUInt8(at + 2)
  if (end < PDU_HEADER) throw new CodecError('more padding than there is')
  const security = {
    type: bytes.readUInt8(at),
    level: bytes.readUInt8(at + 1),
    contextId: bytes.readUInt32LE(at + 4),
    token: bytes.subarray(at + AUTH_HEADER),
  }
  return {...common, body: bytes.subarray(PDU_HEADER, end), security}
}

export interface PduOptions {
  readonly flags?: number
  readonly minor?: number
  readonly security?: SecurityTrailer | null
}

export function encodePdu(type: number, callId: number, body: Buffer, options: PduOptions = {}): Buffer {
  const {flags = PDU_FLAG.FIRST | PDU_FLAG.LAST, minor = 0, security = null} = options
  const padding = security === null ? 0 : (4 - (body.length % 4)) % 4
  const trailer = security === null ? 0 : padding + AUTH_HEADER + security.token.length
  const out = new LittleEndianWriter()
    .bytes(Buffer.from([VERSION, minor, type, flags]))
    .bytes(LITTLE_ENDIAN)
    .u16(PDU_HEADER + body.length + trailer, security?.token.length ?? 0)
    .u32(callId)
    .bytes(body)
  if (security === null) return out.done()
  const {type: kind, level, contextId, token} = security
  return out
    .zeros(padding)
    .bytes(Buffer.from([kind, level, padding, 0]))
    .u32(contextId)
    .bytes(token)
    .done()
}

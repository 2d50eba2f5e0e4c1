/**
 * The header of every SMB2 message (MS-SMB2 §2.2.1), little-endian:
 *
 *   header = %xFE "SMB" size:u16(64) creditCharge:u16 status:u32 command:u16 credits:u16 flags:u32 next:u32
 *            messageId:u64 (asyncId:u64 / reserved:u32 treeId:u32) sessionId:u64 signature:16
 */
import {HEADER_FLAG} from './constants.ts'

export const HEADER_SIZE = 64
export const SIGNATURE_AT = 48
export const SIGNATURE_SIZE = 16
export const NEXT_AT = 20
export const FLAGS_AT = 16

const SMB2_ID = Buffer.from([0xfe, 0x53, 0x4d, 0x42])
const SMB1_ID = Buffer.from([0xff, 0x53, 0x4d, 0x42])
const TRANSFORM_ID = Buffer.from([0xfd, 0x53, 0x4d, 0x42])

export interface RequestHeader {
  readonly creditCharge: number
  readonly command: number
  readonly credits: number
  readonly flags: number
  readonly next: number
  readonly messageId: bigint
  /** Of asynchronous requests, hence of CANCEL only. */
  readonly asyncId: bigint
  readonly processId: number
  readonly treeId: number
  readonly sessionId: bigint
}

export type MessageKind = 'smb1' | 'smb2' | 'transform' | 'unknown'

export function kindOf(message: Buffer): MessageKind {
  const id = message.subarray(0, SMB2_ID.length)
  if (id.equals(SMB2_ID)) return 'smb2'
  if (id.equals(SMB1_ID)) return 'smb1'
  return id.equals(TRANSFORM_ID) ? 'transform' : 'unknown'
}

/** Null: it is no header of SMB2. */
export function parseHeader(message: Buffer): RequestHeader | null {
  if (message.length < HEADER_SIZE || kindOf(message) !== 'smb2') return null
  if (message.readUInt16LE(4) !== HEADER_SIZE) return null
  return {
    creditCharge: message.readUInt16LE(6),
    command: message.readUInt16LE(12),
    credits: message.readUInt16LE(14),
    flags: message.readUInt32LE(FLAGS_AT),
    next: message.readUInt32LE(NEXT_AT),
    messageId: message.readBigUInt64LE(24),
    asyncId: message.readBigUInt64LE(32),
    processId: message.readUInt32LE(32),
    treeId: message.readUInt32LE(36),
    sessionId: message.readBigUInt64LE(40),
  }
}

export interface ResponseHeader {
  readonly creditCharge: number
  readonly status: number
  readonly command: number
  readonly credits: number
  /** Besides RESPONSE, which is always set. */
  readonly flags: number
  readonly messageId: bigint
  /** The client's own number for whoever asks; echoed. */
  readonly processId: number
  /** Takes the place of process and tree. */
  readonly asyncId?: bigint
  readonly treeId: number
  readonly sessionId: bigint
}

export function encodeHeader(header: ResponseHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE)
  SMB2_ID.copy(bytes)
  bytes.writeUInt16LE(HEADER_SIZE, 4)
  bytes.writeUInt16LE(header.creditCharge, 6)
  bytes.writeUInt32LE(header.status, 8)
  bytes.writeUInt16LE(header.command, 12)
  bytes.writeUInt16LE(header.credits, 14)
  bytes.writeUInt32LE((header.flags | HEADER_FLAG.RESPONSE) >>> 0, FLAGS_AT)
  bytes.writeBigUInt64LE(header.messageId, 24)
  if (header.asyncId === undefined) {
    bytes.writeUInt32LE(header.processId, 32)
    bytes.writeUInt32LE(header.treeId, 36)
  } else bytes.writeBigUInt64LE(header.asyncId, 32)
  bytes.writeBigUInt64LE(header.sessionId, 40)
  return bytes
}

/** The body of every response that is an error (§2.2.2): no data, and one byte of it all the same. */
export const ERROR_BODY = Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0])

/**
 * NEGOTIATE (MS-SMB2 §2.2.3, §2.2.4).
 *
 *   request  = size:u16(36) count:u16 mode:u16 reserved:u16 capabilities:u32 guid:16
 *              (contextOffset:u32 contextCount:u16 reserved:u16 / startTime:u64) *dialect:u16 *context
 *   context  = type:u16 length:u16 reserved:u32 *OCTET          ; each at a multiple of 8
 */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {CONTEXT, DIALECT, SHA_512} from './constants.ts'
import {HEADER_SIZE} from './header.ts'

const REQUEST_SIZE = 36
const MAX_DIALECTS = 64
const MAX_CONTEXTS = 16
const MAX_ALGORITHMS = 64

export interface NegotiateRequest {
  readonly dialects: readonly number[]
  readonly securityMode: number
  readonly capabilities: number
  readonly clientGuid: Buffer
  readonly contexts: NegotiateContexts
}

/** Null: the client sent no context of the kind. */
export interface NegotiateContexts {
  readonly hashes: readonly number[] | null
  readonly ciphers: readonly number[] | null
  readonly signings: readonly number[] | null
  readonly compression: boolean
  /** The name under which the client knows the server. */
  readonly netName: string | null
}

const NO_CONTEXTS: NegotiateContexts = {hashes: null, ciphers: null, signings: null, compression: false, netName: null}

/** `message` with its header, at which offsets begin. */
export function parseNegotiate(message: Buffer): NegotiateRequest {
  const reader = new LittleEndianReader(message, HEADER_SIZE)
  if (reader.u16() !== REQUEST_SIZE) throw new CodecError('a NEGOTIATE of another size')
  const count = reader.u16()
  const securityMode = reader.u16()
  reader.u16()
  const capabilities = reader.u32()
  const clientGuid = reader.take(16)
  const contextOffset = reader.u32()
  const contextCount = reader.u16()
  reader.u16()
  if (count === 0 || count > MAX_DIALECTS) throw new CodecError(`${count} dialects`)
  const dialects = Array.from({length: count}, () => reader.u16())
  const contexts = dialects.includes(DIALECT.SMB_3_1_1)
    ? parseContexts(message, contextOffset, contextCount)
    : NO_CONTEXTS
  return {dialects, securityMode, capabilities, clientGuid, contexts}
}

function parseContexts(message: Buffer, offset: number, count: number): NegotiateContexts {
  if (count > MAX_CONTEXTS) throw new CodecError(`${count} negotiate contexts`)
  let contexts = NO_CONTEXTS
  if (count === 0) return contexts
  const reader = new LittleEndianReader(message, offset)
  for (let index = 0; index < count; index++) {
    reader.align(8)
    const type = reader.u16()
    const length = reader.u16()
    reader.u32()
    contexts = {...contexts, ...parseContext(type, reader.take(length))}
  }
  return contexts
}

function parseContext(type: number, data: Buffer): Partial<NegotiateContexts> {
  const reader = new LittleEndianReader(data)
  switch (type) {
    case CONTEXT.PREAUTH_INTEGRITY: {
      const count = reader.u16()
      reader.u16()
      return {hashes: numbers(reader, count)}
    }
    case CONTEXT.ENCRYPTION:
      return {ciphers: numbers(reader, reader.u16())}
    case CONTEXT.SIGNING:
      return {signings: numbers(reader, reader.u16())}
    case CONTEXT.COMPRESSION:
      return {compression: true}
    case CONTEXT.NETNAME:
      return {netName: data.subarray(0, data.length & ~1).toString('utf16le')}
    default:
      return {}
  }
}

function numbers(reader: LittleEndianReader, count: number): number[] {
  if (count > MAX_ALGORITHMS) throw new CodecError(`${count} algorithms`)
  return Array.from({length: count}, () => reader.u16())
}

export interface NegotiateReply {
  readonly securityMode: number
  readonly dialect: number
  readonly serverGuid: Buffer
  readonly capabilities: number
  readonly maxTransact: number
  /** FILETIME. */
  readonly systemTime: bigint
  readonly token: Buffer
  /** In order; null where the dialect has none. */
  readonly contexts: readonly {readonly type: number; readonly data: Buffer}[] | null
}

const REPLY_SIZE = 65
const TOKEN_AT = 128

export function encodeNegotiateReply(reply: NegotiateReply): Buffer {
  const {contexts, token} = reply
  const contextsAt = contexts === null ? 0 : Math.ceil((TOKEN_AT + token.length) / 8) * 8
  const out = new LittleEndianWriter()
    .u16(REPLY_SIZE, reply.securityMode, reply.dialect, contexts?.length ?? 0)
    .bytes(reply.serverGuid)
    .u32(reply.capabilities, reply.maxTransact, reply.maxTransact, reply.maxTransact)
    // Since Windows 10 1703 and Samba 4.8 nobody tells when it was started.
    .u64(reply.systemTime, 0n)
    .u16(TOKEN_AT, token.length)
    .u32(contextsAt)
    .bytes(token)
  for (const {type, data} of contexts ?? []) {
    out.align(8).u16(type, data.length).u32(0).bytes(data)
  }
  return out.done()
}

export const preauthContext = (salt: Buffer): Buffer =>
  new LittleEndianWriter().u16(1, salt.length, SHA_512).bytes(salt).done()

/** The one cipher or signing algorithm that was chosen. */
export const choiceContext = (chosen: number): Buffer => new LittleEndianWriter().u16(1, chosen).done()

/** SESSION_SETUP (MS-SMB2 §2.2.5, §2.2.6). */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {HEADER_SIZE} from './header.ts'

const REQUEST_SIZE = 25
const REPLY_SIZE = 9
const FIXED_REPLY = 8

/** §2.2.5, Flags: the session shall get one more connection. */
export const BINDING = 1

export interface SessionSetup {
  readonly flags: number
  readonly securityMode: number
  readonly previousSession: bigint
  readonly token: Buffer
}

export function parseSessionSetup(message: Buffer): SessionSetup {
  const reader = new LittleEndianReader(message, HEADER_SIZE)
  if (reader.u16() !== REQUEST_SIZE) throw new CodecError('a SESSION_SETUP of another size')
  const flags = reader.u8()
  const securityMode = reader.u8()
  reader.take(8)
  const offset = reader.u16()
  const length = reader.u16()
  return {flags, securityMode, previousSession: reader.u64(), token: reader.slice(offset, length)}
}

export function encodeSessionSetupReply(flags: number, token: Buffer): Buffer {
  const offset = token.length === 0 ? 0 : HEADER_SIZE + FIXED_REPLY
  return new LittleEndianWriter().u16(REPLY_SIZE, flags, offset, token.length).bytes(token).done()
}

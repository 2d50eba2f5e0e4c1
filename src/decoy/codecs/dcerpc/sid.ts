/** Security identifiers (MS-DTYP §2.4.2). */
import {CodecError} from '../codec-error.ts'
import {LittleEndianWriter} from '../little-endian.ts'

const MAX_PARTS = 15

/** The packet representation of `S-1-5-21-…`. */
export function encodeSid(sid: string): Buffer {
  const [mark, revision, authority, ...parts] = sid.split('-')
  if (mark !== 'S' || parts.length > MAX_PARTS) throw new CodecError('no security identifier')
  const head = Buffer.alloc(8)
  head.writeUInt8(Number(revision), 0)
  head.writeUInt8(parts.length, 1)
  head.writeUIntBE(Number(authority), 2, 6)
  return new LittleEndianWriter()
    .bytes(head)
    .u32(...parts.map(Number))
    .done()
}

/** RPC_SID: the number of parts once more before it, as conformant arrays have it. */
export const rpcSid = (sid: string): Buffer => {
  const encoded = encodeSid(sid)
  return new LittleEndianWriter().u32(encoded.readUInt8(1)).bytes(encoded).done()
}

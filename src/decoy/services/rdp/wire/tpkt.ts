/**
 * TPKT (RFC 1006 §6), which carries X.224 over TCP:
 *
 *   packet = version:u8(3) reserved:u8 length:u16be *OCTET        length counts the header
 */
import {CodecError} from '../../../codecs/codec-error.ts'

export const TPKT_HEADER = 4
const VERSION = 3
/** The smallest packet: a header and an X.224 data TPDU. */
const LEAST = 7

/** Octets of the packet at the beginning; null while too little of it is there to tell. */
export function tpktLength(bytes: Buffer, limit: number): number | null {
  if (bytes.length > 0 && bytes[0] !== VERSION) throw new CodecError('no TPKT packet')
  if (bytes.length < TPKT_HEADER) return null
  const length = bytes.readUInt16BE(2)
  if (length < LEAST || length > limit) throw new CodecError(`a TPKT packet of ${length} octets`)
  return length
}

export function encodeTpkt(payload: Buffer): Buffer {
  const header = Buffer.from([VERSION, 0, 0, 0])
  header.writeUInt16BE(TPKT_HEADER + payload.length, 2)
  return Buffer.concat([header, payload])
}

/**
 * The refusal of a bind (C706 §12.6.4.5):
 *
 *   bind-nak = header reason:u16 versions:u8 *(major:u8 minor:u8)
 */
import {encodePdu, PDU} from '../../codecs/dcerpc/pdu.ts'

/** protocol_version_not_supported. */
export const BAD_VERSION = 4

const CALL_ID_AT = 12
const FORMAT_AT = 4

/** One version, 5.0, and what fills the last word up. */
const VERSIONS = Buffer.from([1, 5, 0, 0, 0, 0])

const LENGTH_AT = 8

/** The data representation of the header says in which order its numbers are. */
const isLittle = (header: Buffer): boolean => (header.readUInt8(FORMAT_AT) & 0xf0) !== 0

/** Octets of the whole PDU that such a header would begin. */
export const announcedLength = (header: Buffer): number =>
  isLittle(header) ? header.readUInt16LE(LENGTH_AT) : header.readUInt16BE(LENGTH_AT)

/** `header`: that of the PDU that is refused. */
export function bindNak(header: Buffer, reason: number): Buffer {
  const callId = isLittle(header) ? header.readUInt32LE(CALL_ID_AT) : header.readUInt32BE(CALL_ID_AT)
  return encodePdu(PDU.BIND_NAK, callId, Buffer.concat([Buffer.from([reason, 0]), VERSIONS]))
}

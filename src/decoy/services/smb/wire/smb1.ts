/**
 * The one SMB1 message that is still understood: SMB_COM_NEGOTIATE (MS-CIFS §2.2.4.52), with which a client asks for
 * SMB2 as well (MS-SMB2 §3.3.5.3).
 *
 *   header    = %xFF "SMB" command:u8(0x72) status:u32 flags:u8 flags2:u16 … mid:u16      ; 32 bytes
 *   negotiate = wordCount:u8(0) byteCount:u16 *(%x02 *OCTET %x00)
 */

const HEADER = 32
const NEGOTIATE = 0x72
const COMMAND_AT = 4
const FLAGS_AT = 9
const FLAGS2_AT = 10
const DIALECT_MARK = 0x02
const MAX_DIALECTS = 64

/** The dialects in the client's order; null where it is no negotiation. */
export function parseSmb1Negotiate(message: Buffer): readonly string[] | null {
  if (message.length < HEADER + 3 || message.readUInt8(COMMAND_AT) !== NEGOTIATE) return null
  if (message.readUInt8(HEADER) !== 0) return null
  const end = Math.min(message.length, HEADER + 3 + message.readUInt16LE(HEADER + 1))
  const dialects: string[] = []
  for (let at = HEADER + 3; at < end && dialects.length < MAX_DIALECTS; ) {
    if (message[at] !== DIALECT_MARK) return null
    const zero = message.indexOf(0, at + 1)
    if (zero < 0 || zero >= end) return null
    dialects.push(message.toString('latin1', at + 1, Math.min(zero, at + 65)))
    at = zero + 1
  }
  return dialects
}

const REPLY = 0x88
const LONG_NAMES = 0x0003
/** Status codes of 32 bits, and signatures. */
const ECHOED = 0x4004
const UNICODE = 0x8000
const EXTENDED_SECURITY = 0x0800
const NO_DIALECT = 0xffff

/** What Samba answers where SMB1 is turned off: the client's header, and none of its dialects. */
export function refuseDialects(request: Buffer): Buffer {
  const reply = Buffer.alloc(HEADER + 5)
  request.copy(reply, 0, 0, HEADER)
  reply.fill(0, 5, FLAGS_AT)
  reply.fill(0, 12, 24)
  const asked = request.readUInt16LE(FLAGS2_AT)
  const unicode = (asked & UNICODE) === 0 ? 0 : UNICODE | (asked & EXTENDED_SECURITY)
  reply.writeUInt8(REPLY, FLAGS_AT)
  reply.writeUInt16LE((asked & ECHOED) | unicode | LONG_NAMES, FLAGS2_AT)
  reply.writeUInt8(1, HEADER)
  reply.writeUInt16LE(NO_DIALECT, HEADER + 1)
  return reply
}

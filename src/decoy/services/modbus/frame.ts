/**
 * The MBAP framing of Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, §3.1.3):
 *
 *   adu    = transaction protocol length unit pdu
 *   transaction, protocol, length = 2OCTET   ; big-endian; protocol is 0; length counts unit and pdu
 *   pdu    = function *OCTET                 ; at most 253 octets
 */

export const HEADER_SIZE = 7
const MAX_PDU = 253
/** Of a header, what shows that its length cannot be right, and the function that came with it. */
const JUDGED_SIZE = HEADER_SIZE + 1

export interface Adu {
  readonly transaction: number
  readonly protocol: number
  readonly unit: number
  readonly pdu: Buffer
}

export type Frame = {readonly type: 'adu'; readonly adu: Adu} | {readonly type: 'bad'; readonly adu: Adu}

export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)

  /** At most one frame is held: `next` has to be called until it returns null. */
  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  /** What has come of a frame that is not complete. */
  rest(): Buffer {
    return this.#bytes
  }

  /** Null: more is needed. After a bad frame nothing that follows has a beginning. */
  next(): Frame | null {
    const bytes = this.#bytes
    if (bytes.length < JUDGED_SIZE) return null
    const length = bytes.readUInt16BE(4)
    const head = {transaction: bytes.readUInt16BE(0), protocol: bytes.readUInt16BE(2), unit: bytes.readUInt8(6)}
    if (length < 2 || length > MAX_PDU + 1) {
      return {type: 'bad', adu: {...head, pdu: bytes.subarray(HEADER_SIZE, JUDGED_SIZE)}}
    }
    const size = HEADER_SIZE - 1 + length
    if (bytes.length < size) return null
    this.#bytes = bytes.subarray(size)
    return {type: 'adu', adu: {...head, pdu: bytes.subarray(HEADER_SIZE, size)}}
  }
}

export function encodeReply({transaction, protocol, unit}: Adu, pdu: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_SIZE)
  header.writeUInt16BE(transaction, 0)
  header.writeUInt16BE(protocol, 2)
  header.writeUInt16BE(pdu.length + 1, 4)
  header.writeUInt8(unit, 6)
  return Buffer.concat([header, pdu])
}

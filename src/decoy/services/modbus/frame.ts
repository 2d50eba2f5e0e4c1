/**
 * The MBAP framing of Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, §3.1.3):
 *
 *   adu    = transaction protocol length unit pdu
 *   transaction, protocol, length = 2OCTET   ; big-endian; protocol is 0; length counts unit and pdu
 *   pdu    = function *OCTET                 ; at most 253 octets
 */
import {ByteQueue} from '../../byte-queue.ts'

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
  readonly #queue = new ByteQueue()

  /** At most one frame is held: `next` has to be called until it returns null. */
  push(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** What has come of a frame that is not complete. */
  rest(): Buffer {
    return this.#queue.all
  }

  /** Null: more is needed. After a bad frame nothing that follows has a beginning. */
  next(): Frame | null {
    const judged = this.#queue.peek(JUDGED_SIZE)
    if (judged === null) return null
    const length = judged.readUInt16BE(4)
    const head = {transaction: judged.readUInt16BE(0), protocol: judged.readUInt16BE(2), unit: judged.readUInt8(6)}
    if (length < 2 || length > MAX_PDU + 1) {
      return {type: 'bad', adu: {...head, pdu: judged.subarray(HEADER_SIZE)}}
    }
    const whole = this.#queue.take(HEADER_SIZE - 1 + length)
    return whole === null ? null : {type: 'adu', adu: {...head, pdu: whole.subarray(HEADER_SIZE)}}
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

/**
 * Messages on a stream: SMB over TCP (MS-SMB2 §2.1) and the session service of NetBIOS (RFC 1002 §4.3.1), which differ
 * in the first byte only.
 *
 *   message = type:u8 length:u24 (big-endian) *OCTET
 */
import {ByteQueue} from '../../../byte-queue.ts'

export const FRAME = {
  MESSAGE: 0x00,
  SESSION_REQUEST: 0x81,
  POSITIVE_RESPONSE: 0x82,
  NEGATIVE_RESPONSE: 0x83,
  KEEP_ALIVE: 0x85,
} as const

const HEADER = 4

export interface Frame {
  readonly type: number
  readonly payload: Buffer
}

export type Framed =
  | {readonly state: 'frame'; readonly frame: Frame}
  /** A header that nobody sends who means it: an unknown type, or more than is accepted. */
  | {readonly state: 'refused'; readonly type: number; readonly length: number}
  | {readonly state: 'more'}

const KNOWN: ReadonlySet<number> = new Set(Object.values(FRAME))

export class FrameReader {
  readonly #queue = new ByteQueue()

  feed(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** `most`: how long a message may be at this moment. */
  next(most: number): Framed {
    const header = this.#queue.peek(HEADER)
    if (header === null) return {state: 'more'}
    const type = header.readUInt8(0)
    const length = header.readUIntBE(1, 3)
    if (!KNOWN.has(type) || length > most) return {state: 'refused', type, length}
    const whole = this.#queue.take(HEADER + length)
    return whole === null ? {state: 'more'} : {state: 'frame', frame: {type, payload: whole.subarray(HEADER)}}
  }

  /** What has been fed and not been read, as far as `limit`. */
  rest(limit: number): Buffer {
    return this.#queue.all.subarray(0, limit)
  }
}

export function encodeFrame(payload: Buffer, type: number = FRAME.MESSAGE): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt8(type)
  header.writeUIntBE(payload.length, 1, 3)
  return Buffer.concat([header, payload])
}

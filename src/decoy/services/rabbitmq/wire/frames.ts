/**
 * Framing of AMQP 0-9-1 (specification §2.3.5, §4.2):
 *
 *   header = "AMQP" %x00 %x00 %x09 %x01
 *   frame  = type channel size payload %xCE     ; 1, 2 and 4 octets, big-endian
 */
import type {ByteQueue} from '../../../byte-queue.ts'

export const HEADER_SIZE = 8
const FRAME_HEADER = 7
const FRAME_END = 0xce
/** Before anything is agreed on. */
const FIRST_FRAME_MAX = 4096
/** What the broker proposes, and its headers and ends beside it. */
export const FRAME_MAX = 131_072
/** Of a frame that is too large or wrongly ended, shown in the refusal. */
const SHOWN = 64

export const FRAME = {method: 1, header: 2, body: 3, heartbeat: 8} as const

export interface Frame {
  readonly type: number
  readonly channel: number
  readonly payload: Buffer
}

/** What cannot be read; `text` is how the broker says it, without the name of the error. */
export interface FrameFault {
  readonly fault: 'too-large' | 'end'
  readonly text: string
  readonly type: number
  readonly channel: number
  /** Empty where it was too large to be read. */
  readonly payload: Buffer
}

export class FrameReader {
  readonly #queue: ByteQueue
  #frameMax = FIRST_FRAME_MAX

  constructor(queue: ByteQueue) {
    this.#queue = queue
  }

  /** The largest size of a frame, from now on. */
  set frameMax(value: number) {
    this.#frameMax = value
  }

  next(): Frame | FrameFault | null {
    const head = this.#queue.peek(FRAME_HEADER)
    if (head === null) return null
    const [type, channel, size] = [head.readUInt8(0), head.readUInt16BE(1), head.readUInt32BE(3)]
    const most = this.#frameMax - FRAME_HEADER - 1
    if (size > most) {
      return {fault: 'too-large', type, channel, payload: Buffer.alloc(0), text: `{frame_too_large,${size},${most}}`}
    }
    const frame = this.#queue.take(FRAME_HEADER + size + 1)
    if (frame === null) return null
    const payload = frame.subarray(FRAME_HEADER, FRAME_HEADER + size)
    const end = frame.readUInt8(FRAME_HEADER + size)
    if (end === FRAME_END) return {type, channel, payload}
    return {fault: 'end', type, channel, payload, text: `{invalid_frame_end_marker,${end}}`}
  }
}

export function encodeFrame(type: number, channel: number, payload: Buffer): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER + payload.length + 1)
  frame.writeUInt8(type, 0)
  frame.writeUInt16BE(channel, 1)
  frame.writeUInt32BE(payload.length, 3)
  payload.copy(frame, FRAME_HEADER)
  frame.writeUInt8(FRAME_END, frame.length - 1)
  return frame
}

/** A binary as Erlang prints it, which is how the broker quotes what it could not read. */
export function erlangBinary(bytes: Buffer): string {
  const kept = bytes.subarray(0, SHOWN)
  const text = kept.length > 0 && kept.every((octet) => octet >= 0x20 && octet < 0x7f)
  return text ? `<<"${kept.toString('latin1')}">>` : `<<${[...kept].join(',')}>>`
}

/**
 * What a client sends once it is in (RFC 6143 section 7.5):
 *
 *   SetPixelFormat           0 pad*3 pixel-format(16)
 *   SetEncodings             2 pad count(2) *encoding(4)
 *   FramebufferUpdateRequest 3 incremental(1) x(2) y(2) width(2) height(2)
 *   KeyEvent                 4 down(1) pad*2 keysym(4)
 *   PointerEvent             5 buttons(1) x(2) y(2)
 *   ClientCutText            6 pad*3 length(4) *OCTET
 */
import type {Inbox} from './inbox.ts'

export interface PixelFormat {
  readonly bitsPerPixel: number
  readonly depth: number
  readonly bigEndian: boolean
  readonly trueColour: boolean
  readonly max: readonly [red: number, green: number, blue: number]
  readonly shift: readonly [red: number, green: number, blue: number]
}

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type ClientMessage =
  | {readonly type: 'pixel-format'; readonly format: PixelFormat}
  | {readonly type: 'encodings'; readonly encodings: readonly number[]}
  | {readonly type: 'update'; readonly incremental: boolean; readonly area: Area}
  | {readonly type: 'key'; readonly down: boolean; readonly keysym: number}
  | {readonly type: 'pointer'; readonly buttons: number; readonly x: number; readonly y: number}
  /** `text` is as much of it as is kept. */
  | {readonly type: 'cut-text'; readonly length: number; readonly text: Buffer}
  | {readonly type: 'unknown'; readonly number: number}

const PIXEL_FORMAT = 16
const SIZES: Readonly<Record<number, number>> = {0: 20, 2: 4, 3: 10, 4: 8, 5: 6, 6: 8}
/** Encodings looked at; real clients name some twenty. */
const KEPT_ENCODINGS = 64

/** The next message, or null when more bytes are needed. @param kept octets of a cut text that are wanted. */
export function nextMessage(inbox: Inbox, kept: number): ClientMessage | null {
  const number = inbox.peek(1)?.[0]
  if (number === undefined) return null
  const size = SIZES[number]
  if (size === undefined) return {type: 'unknown', number}
  const head = inbox.peek(size)
  if (head === null) return null
  switch (number) {
    case 2:
      return encodings(inbox, head.readUInt16BE(2))
    case 6:
      return cutText(inbox, head.readUInt32BE(4), kept)
    default:
      inbox.skip(size)
      return fixed(number, head)
  }
}

function fixed(number: number, head: Buffer): ClientMessage {
  switch (number) {
    case 0:
      return {type: 'pixel-format', format: readPixelFormat(head.subarray(4))}
    case 3: {
      const [x, y, width, height] = [2, 4, 6, 8].map((at) => head.readUInt16BE(at))
      return {
        type: 'update',
        incremental: head[1] !== 0,
        area: {x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0},
      }
    }
    case 4:
      return {type: 'key', down: head[1] !== 0, keysym: head.readUInt32BE(4)}
    default:
      return {type: 'pointer', buttons: head[1] ?? 0, x: head.readUInt16BE(2), y: head.readUInt16BE(4)}
  }
}

function encodings(inbox: Inbox, count: number): ClientMessage | null {
  const looked = Math.min(count, KEPT_ENCODINGS)
  const bytes = inbox.peek(4 + 4 * looked)
  if (bytes === null) return null
  const list = Array.from({length: looked}, (_, index) => bytes.readInt32BE(4 + 4 * index))
  inbox.skip(4 + 4 * count)
  return {type: 'encodings', encodings: list}
}

function cutText(inbox: Inbox, length: number, kept: number): ClientMessage | null {
  const bytes = inbox.peek(8 + Math.min(length, kept))
  if (bytes === null) return null
  const text = Buffer.from(bytes.subarray(8))
  inbox.skip(8 + length)
  return {type: 'cut-text', length, text}
}

export function readPixelFormat(bytes: Buffer): PixelFormat {
  return {
    bitsPerPixel: bytes.readUInt8(0),
    depth: bytes.readUInt8(1),
    bigEndian: bytes[2] !== 0,
    trueColour: bytes[3] !== 0,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)],
  }
}

export function writePixelFormat({bitsPerPixel, depth, bigEndian, trueColour, max, shift}: PixelFormat): Buffer {
  const bytes = Buffer.alloc(PIXEL_FORMAT)
  bytes.set([bitsPerPixel, depth, Number(bigEndian), Number(trueColour)])
  for (const [index, value] of max.entries()) bytes.writeUInt16BE(value, 4 + 2 * index)
  bytes.set(shift, 10)
  return bytes
}

/**
 * Messages on a stream: SMB over TCP (MS-SMB2 §2.1) and the session service of NetBIOS (RFC 1002 §4.3.1), which differ
 * in the first byte only.
 *
 *   message = type:u8 length:u24 (big-endian) *OCTET
 */

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
  #chunks: Buffer[] = []
  #size = 0

  feed(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /** `most`: how long a message may be at this moment. */
  next(most: number): Framed {
    if (this.#size < HEADER) return {state: 'more'}
    const header = this.#peekHeader()
    const type = header.readUInt8(0)
    const length = header.readUIntBE(1, 3)
    if (!KNOWN.has(type) || length > most) return {state: 'refused', type, length}
    if (this.#size < HEADER + length) return {state: 'more'}
    const whole = this.#joined()
    this.#chunks = []
    this.#size = 0
    this.feed(whole.subarray(HEADER + length))
    return {state: 'frame', frame: {type, payload: whole.subarray(HEADER, HEADER + length)}}
  }

  /** What has been fed and not been read, as far as `limit`. */
  rest(limit: number): Buffer {
    return Buffer.concat(this.#chunks).subarray(0, limit)
  }

  #peekHeader(): Buffer {
    const [first] = this.#chunks
    return first !== undefined && first.length >= HEADER ? first : this.#joined()
  }

  /** Chunks are joined once a message is whole, or while its header is not: not with each chunk of a long one. */
  #joined(): Buffer {
    const [first] = this.#chunks
    if (first !== undefined && this.#chunks.length === 1) return first
    const whole = Buffer.concat(this.#chunks)
    this.#chunks = [whole]
    return whole
  }
}

export function encodeFrame(payload: Buffer, type: number = FRAME.MESSAGE): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt8(type)
  header.writeUIntBE(payload.length, 1, 3)
  return Buffer.concat([header, payload])
}

/**
 * Packets of the MySQL client/server protocol (dev.mysql.com/doc/dev/mysql-server, "Protocol Basics"):
 *
 *   packet = length:uint24le sequence:uint8 payload
 *   lenenc = 0x00-0xfa / 0xfc uint16le / 0xfd uint24le / 0xfe uint64le    ; 0xfb: NULL, in rows only
 *
 * A payload of 2^24-1 octets goes on in the next packet; whoever sends one is refused before it is read.
 */
import {ByteQueue} from '../../byte-queue.ts'

export const HEADER = 4

export type Incoming =
  | {readonly type: 'packet'; readonly payload: Buffer; readonly sequence: number}
  /** The header's sequence number is not the one that is due. */
  | {readonly type: 'out-of-order'; readonly header: Buffer}
  | {readonly type: 'too-big'; readonly sequence: number; readonly size: number}

/** Cuts the stream into packets; keeps at most one packet of `limit` octets. */
export class PacketReader {
  readonly #queue = new ByteQueue()

  feed(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** The next packet, or null when more is needed. `due`: the sequence number it must have; null: any. */
  next(due: number | null, limit: number): Incoming | null {
    const header = this.#queue.peek(HEADER)
    if (header === null) return null
    const sequence = header.readUInt8(3)
    if (due !== null && sequence !== due) return {type: 'out-of-order', header}
    const size = header.readUIntLE(0, 3)
    if (size > limit) return {type: 'too-big', sequence, size}
    const whole = this.#queue.take(HEADER + size)
    return whole === null ? null : {type: 'packet', payload: whole.subarray(HEADER), sequence}
  }

  /** What came and was not read; it is given away. */
  rest(): Buffer {
    return this.#queue.takeAll()
  }
}

export function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUIntLE(payload.length, 0, 3)
  header.writeUInt8(sequence & 0xff, 3)
  return Buffer.concat([header, payload])
}

export function lenenc(value: number): Buffer {
  if (value < 0xfb) return Buffer.from([value])
  const bytes = Buffer.alloc(value <= 0xffff ? 3 : 4)
  bytes.writeUInt8(value <= 0xffff ? 0xfc : 0xfd)
  bytes.writeUIntLE(value, 1, bytes.length - 1)
  return bytes
}

export function lenencText(text: string | Buffer): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text
  return Buffer.concat([lenenc(bytes.length), bytes])
}

export const uint16 = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff])

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Reads fields of one payload; every method returns null where the payload ends too early, and stays there. */
export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  bytes(size: number): Buffer | null {
    if (size > this.left) return null
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  uint8(): number | null {
    return this.bytes(1)?.readUInt8() ?? null
  }

  /** Up to the next NUL. */
  terminated(): Buffer | null {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) return null
    const value = this.#bytes.subarray(this.#at, end)
    this.#at = end + 1
    return value
  }

  /** Up to the next NUL, or all that is left. */
  terminatedOrRest(): Buffer {
    return this.terminated() ?? this.rest()
  }

  rest(): Buffer {
    return this.bytes(this.left) ?? Buffer.alloc(0)
  }

  /** A length that no payload has is null as well. */
  lenenc(): number | null {
    const first = this.uint8()
    if (first === null || first < 0xfb) return first
    const size = {252: 2, 253: 3, 254: 8}[first]
    const bytes = size === undefined ? null : this.bytes(size)
    if (bytes === null) return null
    if (bytes.length < 8) return bytes.readUIntLE(0, bytes.length)
    const value = bytes.readBigUInt64LE()
    return value > 0xffffffffn ? null : Number(value)
  }

  lenencBytes(): Buffer | null {
    const size = this.lenenc()
    return size === null ? null : this.bytes(size)
  }
}

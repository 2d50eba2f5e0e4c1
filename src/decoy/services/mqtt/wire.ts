/**
 * Packets and data types (MQTT 5.0 sections 1.5 and 2.1; the same in 3.1 and 3.1.1):
 *
 *   packet = type:4 flags:4 remainingLength:1..4 body
 *   string = length:16 UTF-8        binary = length:16 octets        variable = up to 4 octets of 7 bits, least first
 */
import {ByteQueue} from '../../byte-queue.ts'
import {MqttError} from './reason.ts'

export const TYPE = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
} as const

export interface Packet {
  readonly type: number
  readonly flags: number
  readonly body: Buffer
}

export type ReadPacket = Packet | {readonly problem: 'type' | 'length' | 'size'}

const CONTINUES = 0x80
const DIGIT = 0x7f
const LENGTH_DIGITS = 4

/** Cuts the stream; keeps at most one packet. */
export class PacketReader {
  readonly #queue = new ByteQueue()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  push(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** Bytes that nobody has looked at. */
  get unread(): number {
    return this.#queue.length
  }

  /** Null: more is needed. `only`: another type is not read any further. After a problem the stream is done with. */
  next(only?: number): ReadPacket | null {
    const first = this.#queue.peek(1)?.[0]
    if (first === undefined) return null
    const type = first >> 4
    if (only !== undefined && type !== only) return this.#problem('type', 1)
    let size = 0
    for (let digits = 1; digits <= LENGTH_DIGITS; digits++) {
      const digit = this.#queue.peek(1 + digits)?.[digits]
      if (digit === undefined) return null
      size += (digit & DIGIT) * CONTINUES ** (digits - 1)
      if ((digit & CONTINUES) !== 0) continue
      if (size > this.#limit) return this.#problem('size', 1 + digits)
      const whole = this.#queue.take(1 + digits + size)
      return whole === null ? null : {type, flags: first & 0x0f, body: whole.subarray(1 + digits)}
    }
    return this.#problem('length', 2 + LENGTH_DIGITS)
  }

  #problem(problem: 'type' | 'length' | 'size', read: number): ReadPacket {
    this.#queue.takeUpTo(read)
    return {problem}
  }
}

export class BodyReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** @throws MqttError past the end, as all of them. */
  bytes(size: number): Buffer {
    if (size > this.left) throw new MqttError('packet too short')
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  rest(): Buffer {
    return this.bytes(this.left)
  }

  byte(): number {
    return this.bytes(1).readUInt8()
  }

  uint16(): number {
    return this.bytes(2).readUInt16BE()
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE()
  }

  binary(): Buffer {
    return this.bytes(this.uint16())
  }

  string(): string {
    return utf8(this.binary())
  }

  variable(): number {
    let value = 0
    for (let digits = 0; digits < LENGTH_DIGITS; digits++) {
      const digit = this.byte()
      value += (digit & DIGIT) * CONTINUES ** digits
      if ((digit & CONTINUES) === 0) return value
    }
    throw new MqttError('variable integer too long')
  }
}

const DECODER = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
/** Neither control characters nor what Unicode calls no characters. */
const FORBIDDEN = /[\0-\x1f\x7f-\x9f\p{Noncharacter_Code_Point}]/u

/** @throws MqttError for what is no text. */
export function utf8(bytes: Buffer): string {
  let text: string
  try {
    text = DECODER.decode(bytes)
  } catch {
    throw new MqttError('malformed UTF-8')
  }
  if (FORBIDDEN.test(text)) throw new MqttError('malformed UTF-8')
  return text
}

export function variable(value: number): Buffer {
  const digits: number[] = []
  let left = value
  do {
    const digit = left % CONTINUES
    left = Math.floor(left / CONTINUES)
    digits.push(left > 0 ? digit | CONTINUES : digit)
  } while (left > 0)
  return Buffer.from(digits)
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function binary(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return Buffer.concat([uint16(bytes.length), bytes])
}

export function packet(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([(type << 4) | flags]), variable(size), ...parts])
}

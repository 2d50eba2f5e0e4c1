/**
 * Messages of the frontend/backend protocol 3.0 (postgresql.org/docs/15/protocol-message-formats.html):
 *
 *   startup = length:int32 code:int32 *(name NUL value NUL) NUL        ; the length counts itself
 *   message = type:octet length:int32 body
 */
import {ByteQueue} from '../../byte-queue.ts'

export type Startup =
  | {readonly type: 'packet'; readonly code: number; readonly body: Buffer}
  /** A length that no startup packet has: the server closes without a word. */
  | {readonly type: 'bad-length'; readonly head: Buffer}

export type Message =
  | {readonly type: 'message'; readonly kind: string; readonly body: Buffer}
  | {readonly type: 'bad-length'; readonly kind: string; readonly size: number}

/** Octets behind the length. */
const MAX_STARTUP = 10_000
const LENGTH = 4

/** Cuts the stream; keeps at most one message. */
export class MessageReader {
  readonly #queue = new ByteQueue()

  feed(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  startup(): Startup | null {
    const head = this.#queue.peek(LENGTH)
    if (head === null) return null
    const size = head.readInt32BE() - LENGTH
    if (size < LENGTH || size > MAX_STARTUP) return {type: 'bad-length', head}
    const packet = this.#queue.take(LENGTH + size)
    if (packet === null) return null
    return {type: 'packet', code: packet.readUInt32BE(LENGTH), body: packet.subarray(2 * LENGTH)}
  }

  /** `allowed`: types that may come now; another one is not waited for. */
  message(limit: number, allowed: (kind: string) => boolean): Message | null {
    const kind = this.#queue.peek(1)?.toString('latin1')
    if (kind === undefined) return null
    if (!allowed(kind)) return {type: 'message', kind, body: Buffer.alloc(0)}
    const head = this.#queue.peek(1 + LENGTH)
    if (head === null) return null
    const size = head.readInt32BE(1) - LENGTH
    if (size < 0 || size > limit) return {type: 'bad-length', kind, size}
    const whole = this.#queue.take(1 + LENGTH + size)
    return whole === null ? null : {type: 'message', kind, body: whole.subarray(1 + LENGTH)}
  }

  /** What came and was not read; it is given away. */
  rest(): Buffer {
    return this.#queue.takeAll()
  }
}

export function message(kind: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part)))
  const head = Buffer.alloc(1 + LENGTH)
  head.write(kind, 'latin1')
  head.writeInt32BE(LENGTH + body.length, 1)
  return Buffer.concat([head, body])
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

/** Reads fields of one body; null where it ends too early. */
export class BodyReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  bytes(size: number): Buffer | null {
    if (size < 0 || size > this.left) return null
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  int16(): number | null {
    return this.bytes(2)?.readInt16BE() ?? null
  }

  int32(): number | null {
    return this.bytes(4)?.readInt32BE() ?? null
  }

  text(): Buffer | null {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) return null
    const value = this.#bytes.subarray(this.#at, end)
    this.#at = end + 1
    return value
  }
}

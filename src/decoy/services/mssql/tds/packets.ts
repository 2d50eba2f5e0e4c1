/**
 * Packets of the Tabular Data Stream (MS-TDS 2.2.3.1); a message is one or more of them:
 *
 *   packet = type:u8 status:u8 length:u16be spid:u16be id:u8 window:u8 data     ; length counts the header
 *   status = 0x01 end of message / 0x02 ignore what came of it / 0x08, 0x10 reset the connection first
 */
import {PACKET, PACKET_SIZE} from './constants.ts'

export const HEADER = 8
const END_OF_MESSAGE = 0x01
const IGNORE = 0x02
/** The most that a client and a server can agree on. */
const MAX_PACKET = 32_767

const CLIENT_TYPES: ReadonlySet<number> = new Set(Object.values(PACKET).filter((type) => type !== PACKET.REPLY))

export interface Message {
  readonly type: number
  readonly data: Buffer
  /** The client took it back in its last packet. */
  readonly ignored: boolean
}

export type Incoming =
  | {readonly kind: 'message'; readonly message: Message}
  /** One packet of a message that is not complete. */
  | {readonly kind: 'part'; readonly type: number}
  | {readonly kind: 'broken'; readonly reason: string; readonly sample: Buffer}

/** Puts messages together; keeps no more than one packet besides a message of `limit` octets. */
export class MessageReader {
  #chunks: Buffer[] = []
  #buffered = 0
  #parts: Buffer[] = []
  #size = 0
  #type: number | null = null

  feed(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
  }

  /** Octets that were not read yet. */
  get left(): Buffer {
    return this.#peek(this.#buffered)
  }

  /** Gives what was not read away. */
  takeRest(): Buffer {
    return this.#take(this.#buffered)
  }

  next(limit: number): Incoming | null {
    if (this.#buffered < HEADER) return null
    const header = this.#peek(HEADER)
    const length = header.readUInt16BE(2)
    const wrong = this.#misfit(header.readUInt8(0), length)
    if (wrong !== null) return {kind: 'broken', reason: wrong, sample: header}
    if (this.#size + length - HEADER > limit) {
      return {kind: 'broken', reason: `a message of more than ${limit} octets`, sample: header}
    }
    if (this.#buffered < length) return null
    const type = header.readUInt8(0)
    return this.#packet(type, header.readUInt8(1), this.#take(length).subarray(HEADER))
  }

  #packet(type: number, status: number, data: Buffer): Incoming {
    this.#type = type
    this.#parts.push(data)
    this.#size += data.length
    if ((status & END_OF_MESSAGE) === 0) return {kind: 'part', type}
    const message = {type, data: Buffer.concat(this.#parts), ignored: (status & IGNORE) !== 0}
    this.#parts = []
    this.#size = 0
    this.#type = null
    return {kind: 'message', message}
  }

  #misfit(type: number, length: number): string | null {
    if (!CLIENT_TYPES.has(type)) return `no packet of a client: type ${type}`
    if (this.#type !== null && type !== this.#type) return `type ${type} within a message of type ${this.#type}`
    return length < HEADER || length > MAX_PACKET ? `a packet of ${length} octets` : null
  }

  #join(): Buffer {
    const whole = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks)
    this.#chunks = whole.length > 0 ? [whole] : []
    return whole
  }

  #peek(size: number): Buffer {
    const [first] = this.#chunks
    if (first !== undefined && first.length >= size) return first.subarray(0, size)
    return this.#join().subarray(0, size)
  }

  #take(size: number): Buffer {
    const whole = this.#join()
    this.#chunks = size < whole.length ? [whole.subarray(size)] : []
    this.#buffered -= size
    return whole.subarray(0, size)
  }
}

/** A message of the server's in packets. */
export function reply(data: Buffer, spid: number, size = PACKET_SIZE): Buffer {
  const packets: Buffer[] = []
  const room = size - HEADER
  for (let at = 0, id = 1; at === 0 || at < data.length; at += room, id++) {
    const payload = data.subarray(at, at + room)
    const last = at + payload.length >= data.length
    const header = Buffer.from([PACKET.REPLY, last ? END_OF_MESSAGE : 0, 0, 0, 0, 0, id & 0xff, 0])
    header.writeUInt16BE(HEADER + payload.length, 2)
    header.writeUInt16BE(spid, 4)
    packets.push(header, payload)
  }
  return Buffer.concat(packets)
}

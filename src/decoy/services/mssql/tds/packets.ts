/**
 * Packets of the Tabular Data Stream (MS-TDS 2.2.3.1); a message is one or more of them:
 *
 *   packet = type:u8 status:u8 length:u16be spid:u16be id:u8 window:u8 data     ; length counts the header
 *   status = 0x01 end of message / 0x02 ignore what came of it / 0x08, 0x10 reset the connection first
 */
import {ByteQueue} from '../../../byte-queue.ts'
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
  readonly #queue = new ByteQueue()
  readonly #parts = new ByteQueue()
  #type: number | null = null

  feed(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** Octets that were not read yet. */
  get left(): Buffer {
    return this.#queue.all
  }

  /** Gives what was not read away. */
  takeRest(): Buffer {
    return this.#queue.takeAll()
  }

  next(limit: number): Incoming | null {
    const header = this.#queue.peek(HEADER)
    if (header === null) return null
    const length = header.readUInt16BE(2)
    const wrong = this.#misfit(header.readUInt8(0), length)
    if (wrong !== null) return {kind: 'broken', reason: wrong, sample: header}
    if (this.#parts.length + length - HEADER > limit) {
      return {kind: 'broken', reason: `a message of more than ${limit} octets`, sample: header}
    }
    const whole = this.#queue.take(length)
    return whole === null ? null : this.#packet(whole.readUInt8(0), whole.readUInt8(1), whole.subarray(HEADER))
  }

  #packet(type: number, status: number, data: Buffer): Incoming {
    this.#type = type
    this.#parts.push(data)
    if ((status & END_OF_MESSAGE) === 0) return {kind: 'part', type}
    const message = {type, data: this.#parts.takeAll(), ignored: (status & IGNORE) !== 0}
    this.#type = null
    return {kind: 'message', message}
  }

  #misfit(type: number, length: number): string | null {
    if (!CLIENT_TYPES.has(type)) return `no packet of a client: type ${type}`
    if (this.#type !== null && type !== this.#type) return `type ${type} within a message of type ${this.#type}`
    return length < HEADER || length > MAX_PACKET ? `a packet of ${length} octets` : null
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

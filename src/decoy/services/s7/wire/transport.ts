/**
 * ISO transport on TCP (RFC 1006 §6; ISO 8073 class 0, §13):
 *
 *   packet     = %x03 %x00 length tpdu     ; length counts all, big-endian
 *   tpdu       = li code rest              ; li counts the octets of the header after itself
 *   connect    = li %xE0 dst src class *parameter
 *   data       = %x02 %xF0 nr *OCTET       ; nr: %x80 is set in the last of a message
 *   parameter  = code length value         ; C0 size, C1 calling and C2 called selector
 */
import {ByteQueue} from '../../../byte-queue.ts'

const VERSION = 3
const PACKET_HEADER = 4
/** A header and the smallest TPDU. */
const SMALLEST_PACKET = 7
/** Above the largest TPDU that is ever agreed on. */
const LARGEST_PACKET = 8192
const LARGEST_MESSAGE = 8192

const CODE = {connect: 0xe0, confirm: 0xd0, disconnect: 0x80, data: 0xf0} as const
const PARAMETER = {size: 0xc0, calling: 0xc1, called: 0xc2} as const
const FIXED_CONNECT = 7
/** Reason of a disconnect: nobody has that selector. */
const ADDRESS_UNKNOWN = 3
const LAST = 0x80
const DATA_HEADER = Buffer.from([2, CODE.data, LAST])

export interface ConnectRequest {
  readonly source: Buffer
  readonly size: Buffer
  readonly calling: Buffer
  readonly called: Buffer
}

export type Tpdu =
  | {readonly type: 'connect'; readonly request: ConnectRequest}
  | {readonly type: 'data'; readonly message: Buffer}
  | {readonly type: 'disconnect'}
  | {readonly type: 'bad'; readonly reason: string; readonly bytes: Buffer}

export class TransportReader {
  readonly #queue = new ByteQueue()
  readonly #parts = new ByteQueue()

  push(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  rest(): Buffer {
    return this.#queue.all
  }

  /** Null: more is needed. Parts of a message are joined; after a bad packet nothing has a beginning. */
  next(): Tpdu | null {
    for (;;) {
      const packet = this.#packet()
      if (packet === null || !Buffer.isBuffer(packet)) return packet
      const tpdu = this.#read(packet)
      if (tpdu !== null) return tpdu
    }
  }

  #packet(): Buffer | Tpdu | null {
    const header = this.#queue.peek(PACKET_HEADER)
    if (header === null) return null
    if (header[0] !== VERSION) return bad('version', header)
    const length = header.readUInt16BE(2)
    if (length < SMALLEST_PACKET || length > LARGEST_PACKET) return bad('length', header)
    return this.#queue.take(length)?.subarray(PACKET_HEADER) ?? null
  }

  /** Null: a part of a message of which more is to come. */
  #read(tpdu: Buffer): Tpdu | null {
    const header = tpdu.readUInt8(0)
    if (header < 2 || header >= tpdu.length) return bad('header', tpdu)
    switch (tpdu.readUInt8(1) & 0xf0) {
      case CODE.connect:
        return readConnect(tpdu.subarray(0, header + 1))
      case CODE.data:
        return this.#data(tpdu, header)
      case CODE.disconnect:
        return {type: 'disconnect'}
      default:
        return bad('code', tpdu)
    }
  }

  #data(tpdu: Buffer, header: number): Tpdu | null {
    this.#parts.push(tpdu.subarray(header + 1))
    if (this.#parts.length > LARGEST_MESSAGE) return bad('message', tpdu)
    return (tpdu.readUInt8(2) & LAST) === 0 ? null : {type: 'data', message: this.#parts.takeAll()}
  }
}

const bad = (reason: string, bytes: Buffer): Tpdu => ({type: 'bad', reason, bytes: bytes.subarray(0, 64)})

function readConnect(header: Buffer): Tpdu {
  if (header.length < FIXED_CONNECT) return bad('connect', header)
  const values = new Map<number, Buffer>()
  for (let at = FIXED_CONNECT; at + 2 <= header.length; ) {
    const length = header.readUInt8(at + 1)
    if (at + 2 + length > header.length) return bad('parameter', header)
    values.set(header.readUInt8(at), header.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  const value = (code: number): Buffer => values.get(code) ?? Buffer.alloc(0)
  return {
    type: 'connect',
    request: {
      source: header.subarray(4, 6),
      size: value(PARAMETER.size),
      calling: value(PARAMETER.calling),
      called: value(PARAMETER.called),
    },
  }
}

export function connectConfirm({source, size, calling, called}: ConnectRequest, own: number): Buffer {
  const reference = Buffer.alloc(2)
  reference.writeUInt16BE(own, 0)
  return tpdu(
    Buffer.concat([
      Buffer.from([CODE.confirm]),
      source,
      reference,
      Buffer.from([0]),
      parameter(PARAMETER.size, size),
      parameter(PARAMETER.calling, calling),
      parameter(PARAMETER.called, called),
    ]),
  )
}

export const disconnectRequest = ({source}: ConnectRequest): Buffer =>
  tpdu(Buffer.concat([Buffer.from([CODE.disconnect]), source, Buffer.from([0, 0, ADDRESS_UNKNOWN])]))

export const dataPacket = (message: Buffer): Buffer => packet(Buffer.concat([DATA_HEADER, message]))

const parameter = (code: number, value: Buffer): Buffer =>
  value.length === 0 ? value : Buffer.concat([Buffer.from([code, value.length]), value])

const tpdu = (rest: Buffer): Buffer => packet(Buffer.concat([Buffer.from([rest.length]), rest]))

function packet(bytes: Buffer): Buffer {
  const header = Buffer.from([VERSION, 0, 0, 0])
  header.writeUInt16BE(PACKET_HEADER + bytes.length, 2)
  return Buffer.concat([header, bytes])
}

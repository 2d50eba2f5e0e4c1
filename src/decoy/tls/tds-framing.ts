/**
 * TLS inside of TDS packets (MS-TDS 2.2.6.5): while the handshake lasts, records travel as the payload of PRELOGIN
 * packets, in both directions.
 *
 *     uint8 type = 0x12; uint8 status (1: end of message); uint16 length, header included; uint16 spid; uint8 id; uint8 window
 */
import type {TlsFraming} from './profile.ts'

const HEADER = 8
const PRELOGIN = 0x12
const END_OF_MESSAGE = 0x01
/** The packet size before the login negotiates another. */
const PACKET = 4096
/** Record types as TLS has them; a packet type is none of these. */
const FIRST_RECORD_TYPE = 20
const LAST_RECORD_TYPE = 23

export class TdsFraming implements TlsFraming {
  #header: Buffer = Buffer.alloc(0)
  /** Payload of the current packet that is still to come. */
  #left = 0
  /** The client has stopped wrapping. */
  #plain = false

  wrap(records: Buffer): Buffer {
    const packets: Buffer[] = []
    for (let offset = 0; offset < records.length; offset += PACKET - HEADER) {
      const payload = records.subarray(offset, offset + PACKET - HEADER)
      const last = offset + payload.length === records.length
      const header = Buffer.from([PRELOGIN, last ? END_OF_MESSAGE : 0, 0, 0, 0, 0, packets.length & 0xff, 0])
      header.writeUInt16BE(HEADER + payload.length, 2)
      packets.push(header, payload)
    }
    return Buffer.concat(packets)
  }

  unwrap(bytes: Buffer): Buffer {
    const payloads: Buffer[] = []
    let rest = bytes
    while (rest.length > 0 && !this.#plain) {
      if (this.#left > 0) {
        const payload = rest.subarray(0, this.#left)
        payloads.push(payload)
        this.#left -= payload.length
        rest = rest.subarray(payload.length)
      } else rest = this.#head(rest)
    }
    return Buffer.concat([...payloads, rest])
  }

  /** Reads of a packet's header what is there, and returns what follows. */
  #head(bytes: Buffer): Buffer {
    const type = this.#header[0] ?? bytes.readUInt8(0)
    if (type >= FIRST_RECORD_TYPE && type <= LAST_RECORD_TYPE) {
      this.#plain = true
      return bytes
    }
    if (type !== PRELOGIN) throw new RangeError(`a TDS packet of type ${type} within the handshake`)
    const size = Math.min(HEADER - this.#header.length, bytes.length)
    const header = Buffer.concat([this.#header, bytes.subarray(0, size)])
    if (header.length < HEADER) {
      this.#header = header
      return bytes.subarray(size)
    }
    const length = header.readUInt16BE(2)
    if (length < HEADER) throw new RangeError(`a TDS packet of ${length} bytes`)
    this.#header = Buffer.alloc(0)
    this.#left = length - HEADER
    return bytes.subarray(size)
  }
}

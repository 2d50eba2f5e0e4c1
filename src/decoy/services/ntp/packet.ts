/**
 * NTP packets (RFC 5905 §7.3, RFC 1305 §3.2), big-endian:
 *
 *   packet    = leap:2 version:3 mode:3 stratum:8 poll:8 precision:8 rootDelay:32 rootDispersion:32 referenceId:32
 *               reference:64 origin:64 receive:64 transmit:64 [*extension] [keyId:32 digest]
 *   timestamp = seconds:32 fraction:32                      since 1900-01-01, modulo 2^32
 *
 * Modes 6 (control, RFC 9327) and 7 (private to ntpd) share the first octet only.
 */

export const PACKET_SIZE = 48
export const MODE = {
  ACTIVE: 1,
  PASSIVE: 2,
  CLIENT: 3,
  SERVER: 4,
  BROADCAST: 5,
  CONTROL: 6,
  PRIVATE: 7,
} as const

/** Seconds from 1900 to 1970. */
const EPOCH_OFFSET = 2_208_988_800
const ERA = 2 ** 32
const TRANSMIT_AT = 40

export interface Request {
  readonly version: number
  readonly mode: number
  readonly poll: number
  /** Eight octets, to be sent back as they are. */
  readonly transmit: Buffer
  /** Octets behind the packet: extensions, or a key's number and a digest. */
  readonly extra: Buffer
}

/** Null: shorter than a packet. */
export function readRequest(bytes: Buffer): Request | null {
  if (bytes.length < PACKET_SIZE) return null
  const first = bytes.readUInt8(0)
  return {
    version: (first >> 3) & 7,
    mode: first & 7,
    poll: bytes.readInt8(2),
    transmit: bytes.subarray(TRANSMIT_AT, PACKET_SIZE),
    extra: bytes.subarray(PACKET_SIZE),
  }
}

export interface Reply {
  readonly version: number
  readonly mode: number
  readonly stratum: number
  readonly poll: number
  /** log2 of seconds. */
  readonly precision: number
  /** Seconds. */
  readonly rootDelay: number
  readonly rootDispersion: number
  /** Four octets: the upstream server's address, or a clock's name. */
  readonly referenceId: Buffer
  /** When the clock was last set, in milliseconds since 1970. */
  readonly reference: number
  readonly origin: Buffer
  readonly receive: Buffer
  readonly transmit: Buffer
}

export function writeReply(reply: Reply): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt8((reply.version << 3) | reply.mode, 0)
  head.writeUInt8(reply.stratum, 1)
  head.writeInt8(reply.poll, 2)
  head.writeInt8(reply.precision, 3)
  head.writeUInt32BE(shortFormat(reply.rootDelay), 4)
  head.writeUInt32BE(shortFormat(reply.rootDispersion), 8)
  const {referenceId, reference, origin, receive, transmit} = reply
  return Buffer.concat([head, referenceId, timestamp(reference, Buffer.alloc(4)), origin, receive, transmit])
}

/** Seconds with sixteen bits of fraction. */
const shortFormat = (seconds: number): number => Math.round(seconds * 65_536) >>> 0

/** `noise` fills what a clock of milliseconds does not know of the fraction. */
export function timestamp(ms: number, noise: Buffer): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE((Math.floor(ms / 1000) + EPOCH_OFFSET) % ERA, 0)
  const within = ((ms % 1000) + 1000) % 1000
  bytes.writeUInt32BE(Math.floor(((within + noise.readUInt32BE(0) / ERA) / 1000) * ERA) >>> 0, 4)
  return bytes
}

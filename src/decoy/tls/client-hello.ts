/**
 * Reads a ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2):
 *
 *     uint16 version; opaque random[32]; opaque session_id<0..32>; uint16 cipher_suites<2..2^16-2>;
 *     uint8 compression_methods<1..2^8-1>; Extension extensions<0..2^16-1>
 */

export interface ClientHello {
  readonly legacyVersion: number
  readonly ciphers: readonly number[]
  /** Types in the order sent. */
  readonly extensions: readonly number[]
  /** RFC 8446 section 4.2.1; empty where the client does not say. */
  readonly versions: readonly number[]
  readonly groups: readonly number[]
  readonly pointFormats: readonly number[]
  readonly signatureAlgorithms: readonly number[]
  /** RFC 7301, raw. */
  readonly alpn: readonly Buffer[]
  /** RFC 6066 section 3, raw. */
  readonly serverName: Buffer | null
}

const RANDOM_BYTES = 32
const HOST_NAME = 0

const EXTENSION = {
  serverName: 0,
  groups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  versions: 43,
} as const

/** The body of the handshake message, without its header; null when it is malformed. */
export function parseClientHello(body: Buffer): ClientHello | null {
  try {
    return readClientHello(new Reader(body))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function readClientHello(reader: Reader): ClientHello {
  const legacyVersion = reader.uint16()
  reader.bytes(RANDOM_BYTES)
  reader.vector8()
  const ciphers = uint16s(reader.vector16())
  reader.vector8()
  const extensions = reader.empty ? new Map<number, Buffer>() : readExtensions(new Reader(reader.vector16()))
  const of = (type: number): Reader | null => {
    const data = extensions.get(type)
    return data === undefined ? null : new Reader(data)
  }
  return {
    legacyVersion,
    ciphers,
    extensions: [...extensions.keys()],
    versions: uint16s(of(EXTENSION.versions)?.vector8()),
    groups: uint16s(of(EXTENSION.groups)?.vector16()),
    pointFormats: [...(of(EXTENSION.pointFormats)?.vector8() ?? [])],
    signatureAlgorithms: uint16s(of(EXTENSION.signatureAlgorithms)?.vector16()),
    alpn: readAlpn(of(EXTENSION.alpn)),
    serverName: readServerName(of(EXTENSION.serverName)),
  }
}

/** A type that is sent twice is malformed (RFC 8446 section 4.2). */
function readExtensions(reader: Reader): Map<number, Buffer> {
  const extensions = new Map<number, Buffer>()
  while (!reader.empty) {
    const type = reader.uint16()
    if (extensions.has(type)) throw new RangeError('an extension stands twice')
    extensions.set(type, reader.vector16())
  }
  return extensions
}

function readAlpn(reader: Reader | null): Buffer[] {
  const names: Buffer[] = []
  const list = new Reader(reader?.vector16() ?? Buffer.alloc(0))
  while (!list.empty) names.push(list.vector8())
  return names
}

function readServerName(reader: Reader | null): Buffer | null {
  // Some clients send the extension without content.
  if (reader === null || reader.empty) return null
  const list = new Reader(reader.vector16())
  while (!list.empty) {
    const type = list.uint8()
    const name = list.vector16()
    if (type === HOST_NAME) return name
  }
  return null
}

function uint16s(bytes: Buffer = Buffer.alloc(0)): number[] {
  if (bytes.length % 2 !== 0) throw new RangeError('half a number')
  return Array.from({length: bytes.length / 2}, (_, index) => bytes.readUInt16BE(2 * index))
}

/** Throws RangeError beyond the end. */
class Reader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get empty(): boolean {
    return this.#offset >= this.#bytes.length
  }

  bytes(size: number): Buffer {
    const end = this.#offset + size
    if (end > this.#bytes.length) throw new RangeError('beyond the end')
    const part = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return part
  }

  uint8(): number {
    return this.bytes(1).readUInt8(0)
  }

  uint16(): number {
    return this.bytes(2).readUInt16BE(0)
  }

  vector8(): Buffer {
    return this.bytes(this.uint8())
  }

  vector16(): Buffer {
    return this.bytes(this.uint16())
  }
}

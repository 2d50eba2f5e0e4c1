/**
 * The first bytes of a client on a port where TLS is due, gathered until it is known what they are:
 *
 *     TLSPlaintext (RFC 8446 section 5.1): 0x16 0x03 minor, uint16 length, fragment
 *     SSLv2 (RFC 5246 appendix E.2):       uint16 length with the highest bit set, 0x01
 *
 * A ClientHello may be cut into records anywhere.
 */
import {ByteQueue} from '../byte-queue.ts'
import {type ClientHello, parseClientHello} from './client-hello.ts'

export type OpeningKind = 'tls' | 'sslv2' | 'http' | 'garbage'

export interface Opening {
  readonly kind: OpeningKind
  /** Everything received so far. */
  readonly bytes: Buffer
  /** Null where the handshake message cannot be read, or is none. */
  readonly hello: ClientHello | null
}

/** A ClientHello with post-quantum key shares and an encrypted inner one stays below 4 KiB. */
const MAX_OPENING = 16 * 1024
const RECORD_HEADER = 5
const MESSAGE_HEADER = 4
const HANDSHAKE = 0x16
const CLIENT_HELLO = 0x01
const HTTP_METHOD = /^(?:GET|POST|HEAD|PUT|OPTIONS|DELETE|CONNECT|TRACE|PATCH|PROPFIND) /

export class OpeningReader {
  readonly #queue = new ByteQueue()

  /** Null while more is needed. */
  add(chunk: Buffer): Opening | null {
    this.#queue.push(chunk)
    const bytes = this.#queue.all
    // Shorter openings cannot be told apart; OpenSSL waits for as many.
    if (bytes.length < RECORD_HEADER) return null
    if (bytes[0] !== HANDSHAKE || bytes[1] !== 0x03) return {kind: foreignKind(bytes), bytes, hello: null}
    const message = firstMessage(bytes)
    if (message === 'more') return bytes.length > MAX_OPENING ? {kind: 'tls', bytes, hello: null} : null
    return {kind: 'tls', bytes, hello: message === null ? null : parseClientHello(message)}
  }

  /** What came before the peer gave up. */
  get bytes(): Buffer {
    return this.#queue.all
  }
}

function foreignKind(bytes: Buffer): OpeningKind {
  if (HTTP_METHOD.test(bytes.toString('latin1', 0, 16))) return 'http'
  return (bytes.readUInt8(0) & 0x80) !== 0 && bytes[2] === CLIENT_HELLO ? 'sslv2' : 'garbage'
}

/** The body of the first handshake message, put together from its records; null when it is no ClientHello. */
function firstMessage(bytes: Buffer): Buffer | null | 'more' {
  const fragments: Buffer[] = []
  let have = 0
  let need = 0
  for (let offset = 0; offset + RECORD_HEADER <= bytes.length; ) {
    if (bytes[offset] !== HANDSHAKE) return null
    const length = bytes.readUInt16BE(offset + 3)
    if (length === 0) return null
    const fragment = bytes.subarray(offset + RECORD_HEADER, offset + RECORD_HEADER + length)
    fragments.push(fragment)
    have += fragment.length
    if (need === 0 && have >= MESSAGE_HEADER) {
      const head = Buffer.concat(fragments)
      if (head[0] !== CLIENT_HELLO) return null
      need = MESSAGE_HEADER + head.readUIntBE(1, 3)
    }
    if (need > 0 && have >= need) return Buffer.concat(fragments).subarray(MESSAGE_HEADER, need)
    offset += RECORD_HEADER + length
  }
  return 'more'
}

/** The proof that both sides see the same TLS (MS-CSSP §3.1.5, steps 3 and 4). */
import {createHash, timingSafeEqual, X509Certificate} from 'node:crypto'

/** From this version on a hash over a nonce is shown instead of the key itself (CVE-2018-0886). */
const HASHED_FROM = 5
const NONCE_SIZE = 32
const CLIENT_MAGIC = Buffer.from('CredSSP Client-To-Server Binding Hash\0', 'latin1')
const SERVER_MAGIC = Buffer.from('CredSSP Server-To-Client Binding Hash\0', 'latin1')

export class PublicKeyBinding {
  readonly #key: Buffer
  readonly #version: number
  readonly #nonce: Buffer

  /** `certificate`: DER. `version`: of the client. */
  constructor(certificate: Buffer, version: number, nonce: Buffer = Buffer.alloc(0)) {
    this.#key = subjectPublicKey(certificate)
    this.#version = version
    this.#nonce = nonce
  }

  /** Whether this is what a client shows that is at the other end of this very connection. */
  holds(shown: Buffer): boolean {
    const expected = this.expected
    if (this.#hashed && this.#nonce.length !== NONCE_SIZE) return false
    return shown.length === expected.length && timingSafeEqual(shown, expected)
  }

  get expected(): Buffer {
    return this.#hashed ? this.#hash(CLIENT_MAGIC) : this.#key
  }

  /** The server's own proof: the other hash, or the key with one added to its first octet. */
  get answer(): Buffer {
    if (this.#hashed) return this.#hash(SERVER_MAGIC)
    const bytes = Buffer.from(this.#key)
    bytes.writeUInt8((bytes.readUInt8(0) + 1) & 0xff, 0)
    return bytes
  }

  get #hashed(): boolean {
    return this.#version >= HASHED_FROM
  }

  #hash(magic: Buffer): Buffer {
    return createHash('sha256').update(magic).update(this.#nonce).update(this.#key).digest()
  }
}

/** The content of subjectPublicKey: an RSAPublicKey. */
function subjectPublicKey(certificate: Buffer): Buffer {
  return new X509Certificate(certificate).publicKey.export({type: 'pkcs1', format: 'der'})
}

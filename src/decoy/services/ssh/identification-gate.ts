/**
 * Stands between the network and the library: reads the client's identification as the claimed release does, and lets
 * the library see only a right one. The library itself would throw, and answers nothing.
 */
import {Duplex} from 'node:stream'

import {type Identification, type IdentificationDialect, readIdentification} from './identification.ts'

/** What the library is shown instead of the client's own line, which may hold bytes that it mangles. */
const STAND_IN = Buffer.from('SSH-2.0-client\r\n', 'latin1')

export type Verdict = Exclude<Identification, {readonly kind: 'more'}>

export class IdentificationGate extends Duplex {
  readonly #raw: Duplex
  readonly #dialect: IdentificationDialect
  readonly #decide: (verdict: Verdict) => void
  #head: Buffer | null = Buffer.alloc(0)

  /** @param decide is told the verdict before the library sees a byte. */
  constructor(raw: Duplex, dialect: IdentificationDialect, decide: (verdict: Verdict) => void) {
    super({allowHalfOpen: true})
    this.#raw = raw
    this.#dialect = dialect
    this.#decide = decide
    this.on('error', () => {})
    raw.on('error', () => this.destroy())
    raw.on('data', (chunk: Buffer) => this.#input(chunk))
    raw.once('end', () => this.push(null))
    raw.once('close', () => this.destroy())
    // sshd leaves as soon as the client has closed its side.
    this.once('end', () => this.end())
    // Nothing is judged before the library has sent the server's own identification and asks for input.
    raw.pause()
  }

  /** The bytes of a line that never ended. */
  get unfinished(): Buffer {
    return this.#head ?? Buffer.alloc(0)
  }

  #input(chunk: Buffer): void {
    if (this.#head === null) {
      if (!this.push(chunk)) this.#raw.pause()
      return
    }
    this.#head = Buffer.concat([this.#head, chunk])
    const verdict = readIdentification(this.#head, this.#dialect)
    if (verdict.kind === 'more') return
    const rest = verdict.kind === 'client' ? this.#head.subarray(verdict.consumed) : Buffer.alloc(0)
    this.#head = null
    this.#decide(verdict)
    if (verdict.kind === 'refused') {
      this.#raw.removeAllListeners('data')
      this.#raw.end(Buffer.from(verdict.answer, 'latin1'))
      this.#raw.resume()
      return
    }
    this.push(STAND_IN)
    if (rest.length > 0) this.push(rest)
  }

  override _read(): void {
    this.#raw.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#raw.destroyed || this.#raw.writableEnded) callback()
    else this.#raw.write(chunk, encoding, callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#raw.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#raw.destroyed) this.#raw.destroy()
    callback(error)
  }
}

/**
 * Stands between the network and the library: reads the client's identification as the claimed release does, and lets
 * the library see only a right one. The library itself would throw, and answers nothing. It also writes without asking
 * whether anybody reads: the gate stops its input while too much output waits.
 */
import {Duplex} from 'node:stream'

import {ByteQueue} from '../../byte-queue.ts'
import {type Identification, type IdentificationDialect, readIdentification} from './identification.ts'

/** What the library is shown instead of the client's own line, which may hold bytes that it mangles. */
const STAND_IN = Buffer.from('SSH-2.0-client\r\n', 'latin1')
/**
 * Bytes that the library is given at a time. It answers everything in them before it returns: a small read request of
 * SFTP asks for 255 KiB, and a chunk from the network may hold a thousand of them.
 */
const SLICE = 512

export type Verdict = Exclude<Identification, {readonly kind: 'more'}>

export class IdentificationGate extends Duplex {
  readonly #raw: Duplex
  readonly #dialect: IdentificationDialect
  readonly #decide: (verdict: Verdict) => void
  readonly #sendBuffer: number
  /** The client's identification; null once it is judged. */
  #head: ByteQueue | null = new ByteQueue()
  /** Input that waits for output to leave. */
  readonly #held = new ByteQueue()
  #ended = false
  /** What was sent in the library's place before it was there. */
  #greeting: Buffer | null = null
  #judged: (() => void) | null = null
  /** A right client is there, and no library yet. */
  #waiting = false
  /** The library is shown the stand-in before the client has said anything. */
  #eager = false
  /** The library has sent its own identification. */
  #identified = false

  /**
   * @param sendBuffer bytes of output that may wait before input has to.
   * @param decide is told the verdict before the library sees a byte.
   */
  constructor(raw: Duplex, dialect: IdentificationDialect, sendBuffer: number, decide: (verdict: Verdict) => void) {
    super({allowHalfOpen: true})
    this.#raw = raw
    this.#dialect = dialect
    this.#sendBuffer = sendBuffer
    this.#decide = decide
    this.on('error', () => {})
    this.on('drain', () => this.#pump())
    raw.on('error', () => this.destroy())
    raw.on('data', (chunk: Buffer) => this.#input(chunk))
    raw.once('end', () => {
      this.#ended = true
      this.#pump()
      // Without a library nobody reads that it ended.
      if (this.#greeting !== null && this.#head !== null) this.end()
    })
    raw.once('close', () => this.destroy())
    // sshd leaves as soon as the client has closed its side.
    this.once('end', () => this.end())
    // Nothing is judged before the library has sent the server's own identification and asks for input.
    raw.pause()
  }

  /**
   * Sends the server's identification itself and judges the client's, before there is a library: most who connect never
   * send one. `judged` is called once the client's is right: it gives the gate to the library, whose own identification is
   * left out.
   */
  greet(identification: Buffer, judged: () => void): void {
    this.#greeting = identification
    this.#judged = judged
    this.#raw.write(identification)
    this.#raw.resume()
  }

  /**
   * The library may speak before the client has: its identification, which is replaced by this one, and its proposal
   * leave in one piece.
   */
  hurry(identification: Buffer): void {
    this.#eager = true
    this.#waiting = true
    this.#greeting = identification
    this.#raw.resume()
  }

  /** The bytes of a line that never ended. */
  get unfinished(): Buffer {
    return this.#head?.all ?? Buffer.alloc(0)
  }

  /** Resolves once the client has read most of what waits for it, or is gone. */
  async drained(): Promise<void> {
    while (this.#congested) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.off('drain', done).off('close', done)
          resolve()
        }
        this.on('drain', done).on('close', done)
      })
    }
  }

  get #congested(): boolean {
    return !this.destroyed && this.writableLength > this.#sendBuffer
  }

  #input(chunk: Buffer): void {
    if (this.#head === null) {
      this.#held.push(chunk)
      this.#pump()
      return
    }
    this.#head.push(chunk)
    const {all} = this.#head
    const verdict = readIdentification(all, this.#dialect)
    if (verdict.kind === 'more') return
    this.#head = null
    this.#decide(verdict)
    if (verdict.kind === 'refused') {
      this.#raw.removeAllListeners('data')
      this.#raw.end(Buffer.from(verdict.answer, 'latin1'))
      this.#raw.resume()
      return
    }
    this.#held.push(all.subarray(verdict.consumed))
    if (this.#eager) {
      if (this.#waiting) this.#raw.pause()
      this.#pump()
      return
    }
    this.#waiting = true
    this.#raw.pause()
    this.#judged?.()
  }

  #admit(): void {
    this.#waiting = false
    this.push(STAND_IN)
    this.#pump()
  }

  #pump(): void {
    if (this.#waiting) return
    while (this.#held.length > 0) {
      if (this.#congested || this.readableLength > 0) {
        this.#raw.pause()
        return
      }
      this.push(this.#held.takeUpTo(SLICE))
    }
    if (this.#ended) this.push(null)
    else if (!this.#congested) this.#raw.resume()
  }

  override _read(): void {
    // Not before the library's request for input has returned: what is pushed inside of it waits in the buffer, and with
    // something in the buffer nothing more is pushed.
    if (this.#waiting) setImmediate(() => this.#admit())
    else this.#pump()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const own = !this.#identified
    this.#identified = true
    const greeting = this.#eager && !own ? this.#greeting : null
    if (!own || !this.#eager) this.#greeting = null
    const sent = greeting === null ? chunk : Buffer.concat([greeting, chunk])
    // The library's own identification was sent already, or comes with what follows.
    if (own || this.#raw.destroyed || this.#raw.writableEnded) callback()
    else this.#raw.write(sent, encoding, callback)
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

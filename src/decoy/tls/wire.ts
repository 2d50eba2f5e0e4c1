/** The stream under a TLS socket: what it writes are records, what it reads are the client's. */
import {Duplex} from 'node:stream'

type Done = (error?: Error | null) => void

export interface WireEnds {
  /** Sends records; `done` once they have left the process. */
  send(records: Buffer, done: Done): void
  /** Nothing more will be sent. */
  finish(done: Done): void
  /** More input is wanted. */
  resume(): void
}

export class TlsWire extends Duplex {
  readonly #ends: WireEnds

  constructor(ends: WireEnds) {
    super({allowHalfOpen: true})
    this.#ends = ends
    // The TLS socket above reports what matters; without this listener an error would end the process.
    this.on('error', () => {})
  }

  override _read(): void {
    this.#ends.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Done): void {
    this.#ends.send(chunk, callback)
  }

  /** One flight is one write: products send it in one segment. */
  override _writev(chunks: readonly {chunk: Buffer}[], callback: Done): void {
    this.#ends.send(Buffer.concat(chunks.map(({chunk}) => chunk)), callback)
  }

  override _final(callback: Done): void {
    this.#ends.finish(callback)
  }
}

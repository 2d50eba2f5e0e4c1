/** The byte stream as a library gets it: counted, bounded and back-pressured in both directions. */
import {Duplex} from 'node:stream'

import type {SessionScope} from './session-scope.ts'

export class MeteredStream extends Duplex {
  readonly #scope: SessionScope
  readonly #inner: Duplex
  #stall: NodeJS.Timeout | null = null

  constructor(scope: SessionScope) {
    super({allowHalfOpen: true})
    this.#scope = scope
    this.#inner = scope.stream
    // A library that forgets an error listener must not be able to end the process.
    this.on('error', () => {})
    this.#inner.on('data', (chunk: Buffer) => scope.guard(() => this.#input(chunk)))
    this.#inner.once('end', () => {
      scope.because('peer-closed')
      scope.guard(() => this.push(null))
    })
    this.#inner.once('close', () => this.destroy())
    this.#inner.pause()
  }

  #input(chunk: Buffer): void {
    if (this.#scope.over || !this.#scope.received(chunk.length)) return
    if (!this.push(chunk)) this.#inner.pause()
  }

  override _read(): void {
    this.#inner.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#inner.destroyed || this.#inner.writableEnded) {
      callback(new Error('the connection is closed'))
      return
    }
    this.#scope.sent(chunk.length)
    this.#stall = setTimeout(() => this.#scope.reset('slow-reader'), this.#scope.connection.limits.stallMs)
    this.#inner.write(chunk, (error) => {
      this.#unstall()
      callback(error ?? null)
    })
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#scope.close('closed')
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#unstall()
    this.#scope.close('closed')
    callback(error)
  }

  #unstall(): void {
    if (this.#stall !== null) clearTimeout(this.#stall)
    this.#stall = null
  }
}

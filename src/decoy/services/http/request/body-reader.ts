import {ByteQueue} from '../../../byte-queue.ts'
import {ChunkedReader} from './chunked.ts'
import type {Dialect} from './dialect.ts'
import type {BodyFraming, Fault, RequestBody} from './message.ts'

/** Reads one body: keeps its first bytes, counts and drops the rest. */
export class BodyReader {
  readonly #kept = new ByteQueue()
  readonly #limit: number
  readonly #dialect: Dialect
  readonly #chunked: ChunkedReader | null
  readonly #sink: ((bytes: Buffer) => void) | null
  #size = 0
  #left: number
  #fault: Fault | null = null

  /** @param sink takes all of it as it comes. */
  constructor(framing: BodyFraming, dialect: Dialect, limit: number, sink: ((bytes: Buffer) => void) | null = null) {
    this.#limit = limit
    this.#sink = sink
    this.#dialect = dialect
    this.#left = framing.kind === 'length' ? framing.length : 0
    this.#chunked = framing.kind === 'chunked' ? new ChunkedReader((bytes) => this.#keep(bytes)) : null
  }

  /** True when the body is complete, or broken. */
  read(queue: ByteQueue): boolean {
    if (this.#chunked !== null) return this.#readChunked(this.#chunked, queue)
    if (this.#left === 0) return true
    const data = queue.takeUpTo(this.#left)
    this.#left -= data.length
    this.#keep(data)
    return this.#left === 0
  }

  /** What arrived so far. */
  body(): RequestBody {
    return {captured: Buffer.from(this.#kept.all), size: this.#size, fault: this.#fault}
  }

  #readChunked(chunked: ChunkedReader, queue: ByteQueue): boolean {
    const result = chunked.read(queue)
    if (result === 'more') return false
    if (result !== 'done') this.#fault = this.#dialect.chunkFault(result.line, result.tooLarge)
    return true
  }

  #keep(bytes: Buffer): void {
    this.#size += bytes.length
    this.#sink?.(bytes)
    this.#kept.push(bytes.subarray(0, this.#limit - this.#kept.length))
  }
}

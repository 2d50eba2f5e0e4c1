/**
 * The stream format of logs and execs without a terminal (Engine API, "Attach to a container"): frames of
 * `stream:u8 0:u8[3] length:u32be payload`, stream 1 = stdout, 2 = stderr.
 */
const HEADER = 8
const STDOUT = 1

export type Channel = 'stdout' | 'stderr'

/** Incremental and without a buffer of its own beyond one header: payload is handed on as it comes. */
export class Demultiplexer {
  readonly #sink: (channel: Channel, bytes: Buffer) => void
  readonly #header = Buffer.alloc(HEADER)
  #headerBytes = 0
  #remaining = 0
  #channel: Channel = 'stdout'

  constructor(sink: (channel: Channel, bytes: Buffer) => void) {
    this.#sink = sink
  }

  /** Throws RangeError on a header no engine sends. */
  feed(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      at += this.#remaining > 0 ? this.#payload(chunk, at) : this.#fillHeader(chunk, at)
    }
  }

  #payload(chunk: Buffer, at: number): number {
    const bytes = chunk.subarray(at, at + this.#remaining)
    this.#remaining -= bytes.length
    this.#sink(this.#channel, bytes)
    return bytes.length
  }

  #fillHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#header, this.#headerBytes, at, at + HEADER - this.#headerBytes)
    this.#headerBytes += taken
    if (this.#headerBytes === HEADER) {
      const stream = this.#header.readUInt8(0)
      if (stream > 2) throw new RangeError(`no such stream: ${stream}`)
      this.#channel = stream === STDOUT ? 'stdout' : 'stderr'
      this.#remaining = this.#header.readUInt32BE(4)
      this.#headerBytes = 0
    }
    return taken
  }
}

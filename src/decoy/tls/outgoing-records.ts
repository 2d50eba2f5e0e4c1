/** The records a TLS implementation sends, told apart by their headers (RFC 8446 section 5.1). */
import type {TlsFraming} from './profile.ts'

const ALERT = 21
const APPLICATION_DATA = 23
const HEADER = 5

interface Run {
  readonly type: number
  readonly bytes: Buffer
}

/** What becomes of records on their way out: some are wrapped, some kept back. */
export class OutgoingRecords {
  readonly #framing: TlsFraming | null
  /** Alerts of the handshake are kept back: the product resets the connection without one. */
  readonly #silent: boolean
  readonly #cutter = new RecordCutter()

  constructor(framing: TlsFraming | null, silent: boolean) {
    this.#framing = framing
    this.#silent = silent
  }

  /** `shaking`: the handshake is not done. Its last flight comes after it is, and is still wrapped. */
  encode(records: Buffer, shaking: boolean): Buffer {
    if (this.#framing === null && !this.#silent) return records
    const parts: {wrapped: boolean; bytes: Buffer[]}[] = []
    for (const {type, bytes} of this.#cutter.cut(records)) {
      if (this.#silent && shaking && type === ALERT) continue
      const wrapped = this.#framing !== null && (shaking || (type !== APPLICATION_DATA && type !== ALERT))
      const last = parts.at(-1)
      if (last?.wrapped === wrapped) last.bytes.push(bytes)
      else parts.push({wrapped, bytes: [bytes]})
    }
    return Buffer.concat(parts.map(({wrapped, bytes}) => this.#frame(wrapped, Buffer.concat(bytes))))
  }

  #frame(wrapped: boolean, bytes: Buffer): Buffer {
    return wrapped && this.#framing !== null ? this.#framing.wrap(bytes) : bytes
  }
}

/** Cuts a stream of records, which may arrive in any pieces, into pieces of one record each. */
class RecordCutter {
  #header: Buffer = Buffer.alloc(0)
  /** Bytes of the current record that are still to come. */
  #left = 0
  #type = 0

  cut(bytes: Buffer): Run[] {
    const runs: Run[] = []
    for (let rest = bytes; rest.length > 0; ) {
      const size =
        this.#left > 0 ? Math.min(this.#left, rest.length) : Math.min(HEADER - this.#header.length, rest.length)
      const part = rest.subarray(0, size)
      rest = rest.subarray(size)
      if (this.#left > 0) {
        this.#left -= size
        runs.push({type: this.#type, bytes: part})
      } else this.#head(part, runs)
    }
    return runs
  }

  /** A header is held back until it is whole. */
  #head(part: Buffer, runs: Run[]): void {
    const header = Buffer.concat([this.#header, part])
    this.#header = header
    if (header.length < HEADER) return
    this.#header = Buffer.alloc(0)
    this.#type = header.readUInt8(0)
    this.#left = header.readUInt16BE(3)
    runs.push({type: this.#type, bytes: header})
  }
}

import {ByteQueue} from '../../../byte-queue.ts'
import type {Dialect, HeadMeter} from './dialect.ts'
import {type Fault, type Header, isFault, type RequestHead, type RequestLine} from './message.ts'

const CR = 0x0d
const LF = 0x0a
const SP = 0x20
const HT = 0x09

const NOTHING = Buffer.alloc(0)
const HTTP_0_9 = {major: 0, minor: 9}

/** Reads the start line and the headers of one request, RFC 9112 §2.1, in one product's dialect. */
export class HeadReader {
  readonly #dialect: Dialect
  readonly #meter: HeadMeter
  readonly #headers: Header[] = []
  readonly #kept = new ByteQueue()
  readonly #keepLimit: number
  /** The last line seen was not complete. */
  #waiting = false
  #line: RequestLine | null = null
  #count = 0

  /** Of the lines of a request at most `keepLimit` bytes are kept as they came. */
  constructor(dialect: Dialect, keepLimit: number) {
    this.#dialect = dialect
    this.#meter = dialect.meter()
    this.#keepLimit = keepLimit
  }

  /** The request as it came: its complete lines, and what follows when the last line is not complete. */
  raw(queue: ByteQueue): Buffer {
    const rest = this.#waiting ? queue.all.subarray(0, this.#keepLimit) : NOTHING
    return Buffer.concat([this.#kept.all, rest])
  }

  /** True once anything of a request was seen. */
  get begun(): boolean {
    return this.#line !== null
  }

  /** Null while incomplete. */
  read(queue: ByteQueue): RequestHead | Fault | null {
    for (;;) {
      const early = this.#line === null ? this.#skipEmptyLines(queue) : null
      if (early !== null) {
        this.#waiting = true
        return early
      }
      const kind = this.#line === null ? 'start' : 'header'
      const line = queue.takeLine()
      this.#waiting = line === null
      if (line !== null) this.#kept.push(line.subarray(0, this.#keepLimit - this.#kept.length))
      const full = this.#meter.add(line?.length ?? queue.length, kind, line === null)
      if (full !== null) return this.#withHead(full)
      if (line === null) return null
      const result = this.#consume(line.subarray(0, -1))
      if (result !== null) return result
    }
  }

  /** RFC 9112 §2.2: empty lines before a request are ignored. */
  #skipEmptyLines(queue: ByteQueue): Fault | null {
    if (this.#dialect.minds === 'empty-lines') return this.#dialect.early(queue.all)
    for (;;) {
      const next = queue.all
      if (next[0] === CR && next.length === 1) return null
      if (next[0] !== LF && !(next[0] === CR && next[1] === LF)) return this.#dialect.early(next)
      queue.take(next[0] === CR ? 2 : 1)
    }
  }

  #consume(line: Buffer): RequestHead | Fault | null {
    if (this.#line === null) {
      const start = this.#dialect.startLine(line)
      if (isFault(start)) return start
      this.#line = start
      return start.version.major === 0 ? {...start, version: HTTP_0_9, headers: [], framing: {kind: 'none'}} : null
    }
    if (line.length === 0 || (line.length === 1 && line[0] === CR)) return this.#complete(this.#line)
    const failed = this.#header(line)
    return failed === null ? null : this.#withHead(failed)
  }

  #header(line: Buffer): Fault | null {
    const folded = line[0] === SP || line[0] === HT
    const parsed = folded
      ? this.#dialect.fold(this.#headers.pop() ?? null, line)
      : this.#dialect.header(line, this.#count++)
    if (parsed === null) return null
    if (isFault(parsed)) return parsed
    this.#headers.push(parsed)
    return null
  }

  #complete(line: RequestLine): RequestHead | Fault {
    const framing = this.#dialect.complete(line, this.#headers)
    return isFault(framing) ? this.#withHead(framing) : {...line, headers: this.#headers, framing}
  }

  #withHead(fault: Fault): Fault {
    if (this.#line === null) return fault
    return {...fault, head: {...this.#line, headers: this.#headers, framing: {kind: 'none'}}}
  }
}

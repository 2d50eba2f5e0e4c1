/**
 * The request side of RESP as the server reads it (redis.io/docs/reference/protocol-spec), laxities included:
 *
 *   request   = multibulk / inline
 *   multibulk = "*" count CR any *bulk          ; count <= 0: an empty request
 *   bulk      = "$" length CR any *OCTET any any
 *   inline    = *OCTET LF                       ; split like a shell does, a CR before the LF is dropped
 *
 * `any` is one byte the server skips without looking at it.
 */
import {ByteReader} from './byte-lines.ts'
import {splitInline} from './inline.ts'

/** Bytes of an inline request or of a length before its end is seen. */
const MAX_LINE = 64 * 1024
const MAX_BULK = 512 * 1024 * 1024
const MAX_UNAUTHENTICATED_ARGUMENTS = 10
const MAX_UNAUTHENTICATED_BULK = 16 * 1024

/** What is kept of one request; the rest is read and forgotten. */
const KEPT_ARGUMENTS = 1024
const KEPT_BYTES = 128 * 1024

const CR = 0x0d
const LF = 0x0a
const ASTERISK = 0x2a
const DOLLAR = 0x24

export interface Request {
  readonly type: 'request'
  /** The first arguments, each as far as it was kept. */
  readonly args: readonly Buffer[]
  /** How many arguments were sent. */
  readonly count: number
}

/** The server answers `-ERR Protocol error: …` and closes. */
export interface ProtocolError {
  readonly type: 'error'
  readonly message: string
}

export interface ParserDialect {
  /** The most arguments of one request. */
  readonly maxArguments: number
}

type State = 'start' | 'inline' | 'count' | 'bulk-start' | 'bulk' | 'bulk-end' | 'skip' | 'dead'

export class RequestParser {
  readonly #dialect: ParserDialect
  readonly #reader = new ByteReader()
  #state: State = 'start'
  #afterSkip: State = 'start'
  #args: Buffer[] = []
  #count = 0
  #missing = 0
  #kept = 0
  /** Bytes of the current bulk, or of its end, still to come. */
  #left = 0

  constructor(dialect: ParserDialect) {
    this.#dialect = dialect
  }

  /** Takes input; call `next` until it returns null before the next chunk. */
  feed(chunk: Buffer): void {
    this.#reader.supply(chunk)
  }

  /** The next request, or null when more input is needed. `trusted`: the peer needs no further authentication. */
  next(trusted: boolean): Request | ProtocolError | null {
    while (!this.#reader.empty) {
      const item = this.#step(trusted)
      if (item !== null) return item
    }
    return null
  }

  #step(trusted: boolean): Request | ProtocolError | null {
    switch (this.#state) {
      case 'start':
        this.#state = this.#reader.peek() === ASTERISK ? 'count' : 'inline'
        return null
      case 'inline':
        return this.#inline()
      case 'count':
        return this.#multibulk(trusted)
      case 'bulk-start':
        return this.#bulkStart(trusted)
      case 'bulk':
        return this.#bulk()
      case 'bulk-end':
        return this.#bulkEnd()
      case 'skip':
        this.#reader.counted(1, 0)
        this.#state = this.#afterSkip
        return null
      case 'dead':
        this.#reader.supply(Buffer.alloc(0))
        return null
    }
  }

  #inline(): Request | ProtocolError | null {
    const result = this.#reader.line(LF, MAX_LINE)
    if (result.state === 'too-long') return this.#fail('too big inline request')
    if (result.state === 'more') return null
    this.#state = 'start'
    const line = result.state === 'line' ? result.line : Buffer.alloc(0)
    const args = splitInline(line.at(-1) === CR ? line.subarray(0, -1) : line)
    if (args === null) return this.#fail('unbalanced quotes in request')
    return args.length === 0 ? null : {type: 'request', args: args.slice(0, KEPT_ARGUMENTS), count: args.length}
  }

  #multibulk(trusted: boolean): ProtocolError | null {
    const result = this.#reader.line(CR, MAX_LINE)
    if (result.state === 'too-long') return this.#fail('too big mbulk count string')
    if (result.state !== 'line') return null
    const count = strictInteger(result.line.toString('latin1').slice(1))
    if (count === null || count > this.#dialect.maxArguments) return this.#fail('invalid multibulk length')
    if (count > MAX_UNAUTHENTICATED_ARGUMENTS && !trusted) return this.#fail('unauthenticated multibulk length')
    this.#args = []
    this.#kept = 0
    this.#count = Math.max(0, count)
    this.#missing = this.#count
    this.#skipThen(count > 0 ? 'bulk-start' : 'start')
    return null
  }

  #bulkStart(trusted: boolean): ProtocolError | null {
    const result = this.#reader.line(CR, MAX_LINE)
    if (result.state === 'too-long') return this.#fail('too big bulk count string')
    if (result.state !== 'line') return null
    const {line} = result
    // The byte looked at is the line's end itself where the line is empty.
    const first = line[0] ?? CR
    if (first !== DOLLAR) return this.#fail(`expected '$', got '${String.fromCharCode(first)}'`)
    const length = strictInteger(line.toString('latin1').slice(1))
    if (length === null || length < 0 || length > MAX_BULK) return this.#fail('invalid bulk length')
    if (length > MAX_UNAUTHENTICATED_BULK && !trusted) return this.#fail('unauthenticated bulk length')
    this.#left = length
    this.#skipThen(length > 0 ? 'bulk' : 'bulk-end')
    if (length === 0) this.#argument()
    return null
  }

  #bulk(): null {
    const room = this.#args.length < KEPT_ARGUMENTS ? KEPT_BYTES - this.#kept : 0
    this.#left -= this.#reader.counted(this.#left, room)
    if (this.#left > 0) return null
    this.#argument()
    this.#state = 'bulk-end'
    return null
  }

  #argument(): void {
    const bytes = this.#reader.take()
    this.#kept += bytes.length
    if (this.#args.length < KEPT_ARGUMENTS) this.#args.push(bytes)
    // The two bytes after a bulk, whatever they are.
    this.#left = 2
  }

  #bulkEnd(): Request | null {
    this.#left -= this.#reader.counted(this.#left, 0)
    if (this.#left > 0) return null
    this.#missing--
    this.#state = this.#missing > 0 ? 'bulk-start' : 'start'
    return this.#missing > 0 ? null : {type: 'request', args: this.#args, count: this.#count}
  }

  #skipThen(state: State): void {
    this.#state = 'skip'
    this.#afterSkip = state
  }

  #fail(message: string): ProtocolError {
    this.#state = 'dead'
    return {type: 'error', message}
  }
}

/** A whole number as the server accepts it: no sign but minus, no leading zero, nothing around it; else null. */
export function strictInteger(text: string): number | null {
  if (!/^(?:0|-?[1-9][0-9]{0,18})$/.test(text)) return null
  const value = BigInt(text)
  return value > 0x7fffffffffffffffn || value < -0x8000000000000000n ? null : Number(value)
}

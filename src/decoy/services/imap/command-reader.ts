/**
 * Commands as they come in (RFC 3501 section 2.2, RFC 7888): lines that end in LF or CRLF, with literals in between. A
 * literal is announced at the end of a line as "{" number ["+"] "}", or with "~" before it (RFC 3516); without the plus
 * the client waits for leave. Nothing is kept of a literal that is refused.
 */
import {createHash, type Hash} from 'node:crypto'

import {ByteQueue} from '../../byte-queue.ts'
import {LF} from '../../mailbox/lines.ts'

/** Text of a line, or the octets of a literal. */
export type Segment = {readonly type: 'text'; readonly text: string} | LiteralSegment

export interface LiteralSegment {
  readonly type: 'literal'
  /** The first octets of it: all, but of the largest. */
  readonly data: Buffer
  readonly size: number
  /** Of all of it, hex. */
  readonly sha256: string
}

export interface Announced {
  readonly size: number
  /** The client waits. */
  readonly waits: boolean
}

export type Read =
  | {readonly type: 'command'; readonly segments: readonly Segment[]}
  /** The answer is `accept` or `refuse`. */
  | {readonly type: 'literal'; readonly announced: Announced; readonly segments: readonly Segment[]}
  /** More than is buffered came without an end. */
  | {readonly type: 'overflow'}

export interface ReaderLimits {
  /** Octets of all lines of one command. */
  readonly line: number
  /** Octets of all its literals. */
  readonly literals: number
}

/** Octets of one literal that are kept; of what is beyond only the hash is. */
export const KEPT = 256 * 1024
/** More literals than any command has. */
const MAX_SEGMENTS = 64
const LITERAL = /(?:^|[ (])~?\{(\d{1,30})(\+?)\}$/

export class CommandReader {
  #limits: ReaderLimits
  #segments: Segment[] = []
  readonly #line = new ByteQueue()
  /** Of earlier lines of the command. */
  #used = 0
  #literals = 0
  #literal: Literal | null = null
  #announced: Announced | null = null
  /** Octets of a refused literal that the client sends all the same. */
  #skipped = 0
  #skippedLine = false

  constructor(limits: ReaderLimits) {
    this.#limits = limits
  }

  set limits(limits: ReaderLimits) {
    this.#limits = limits
  }

  /** What has come of a command that is not complete. */
  get pending(): Buffer {
    const before = this.#segments.flatMap((segment) =>
      segment.type === 'text' ? [Buffer.from(segment.text, 'latin1')] : [],
    )
    return Buffer.concat([...before, this.#line.all])
  }

  /** Takes bytes up to the end of a command or the announcement of a literal. @returns how many were used. */
  feed(bytes: Buffer): {readonly read: Read | null; readonly used: number} {
    let at = 0
    while (at < bytes.length) {
      if (this.#skipped > 0) {
        const size = Math.min(this.#skipped, bytes.length - at)
        this.#skipped -= size
        at += size
      } else if (this.#literal !== null) at += this.#fill(bytes.subarray(at))
      else {
        const {read, used} = this.#text(bytes.subarray(at))
        at += used
        if (read !== null) return {read, used: at}
      }
    }
    return {read: null, used: at}
  }

  /** The announced literal is taken. */
  accept(): void {
    const size = this.#announced?.size ?? 0
    this.#announced = null
    this.#literals += size
    const literal = new Literal(size)
    if (size > 0) this.#literal = literal
    else this.#segments.push(literal.finish())
  }

  /** Whether a literal of that size still fits into the command. */
  fits(size: number): boolean {
    return this.#literals + size <= this.#limits.literals && this.#segments.length < MAX_SEGMENTS
  }

  /** The command is over; `swallow`: so are the octets of its literal, and the line after them. */
  refuse(swallow: boolean): void {
    const announced = this.#announced
    this.#announced = null
    this.#reset()
    if (!swallow || announced === null || announced.waits) return
    this.#skipped = announced.size
    this.#skippedLine = true
  }

  #fill(bytes: Buffer): number {
    const literal = this.#literal
    if (literal === null) return 0
    const taken = literal.take(bytes)
    if (literal.complete) {
      this.#segments.push(literal.finish())
      this.#literal = null
    }
    return taken
  }

  #text(bytes: Buffer): {read: Read | null; used: number} {
    const feed = bytes.indexOf(LF)
    const end = feed < 0 ? bytes.length : feed
    if (this.#used + this.#line.length + end > this.#limits.line) {
      this.#reset()
      return {read: {type: 'overflow'}, used: feed < 0 ? bytes.length : feed + 1}
    }
    this.#line.push(bytes.subarray(0, end))
    return feed < 0 ? {read: null, used: bytes.length} : {read: this.#lineDone(), used: feed + 1}
  }

  #lineDone(): Read | null {
    const line = this.#line.takeAll()
    const text = line.toString('latin1').replace(/\r$/, '')
    this.#used += line.length
    if (this.#skippedLine) {
      this.#skippedLine = false
      this.#reset()
      return null
    }
    const match = LITERAL.exec(text)
    this.#segments.push({type: 'text', text})
    const segments = this.#segments
    if (match !== null && !insideQuotes(text)) {
      this.#announced = {size: Number(match[1]), waits: match[2] === ''}
      return {type: 'literal', announced: this.#announced, segments}
    }
    this.#reset()
    return {type: 'command', segments}
  }

  #reset(): void {
    this.#segments = []
    this.#line.clear()
    this.#used = 0
    this.#literals = 0
  }
}

/** A literal on its way in. What is kept of it grows with what comes, so that an announcement costs nothing. */
class Literal {
  readonly #size: number
  readonly #hash: Hash = createHash('sha256')
  readonly #chunks: Buffer[] = []
  #taken = 0

  constructor(size: number) {
    this.#size = size
  }

  get complete(): boolean {
    return this.#taken === this.#size
  }

  /** @returns how many octets of them were the literal's. */
  take(bytes: Buffer): number {
    const own = bytes.subarray(0, this.#size - this.#taken)
    this.#hash.update(own)
    const room = KEPT - this.#taken
    if (room > 0) this.#chunks.push(Buffer.from(own.subarray(0, room)))
    this.#taken += own.length
    return own.length
  }

  finish(): LiteralSegment {
    return {type: 'literal', data: Buffer.concat(this.#chunks), size: this.#size, sha256: this.#hash.digest('hex')}
  }
}

/** Whether a quoted string is open at the end of a line. */
function insideQuotes(text: string): boolean {
  let inside = false
  for (let at = 0; at < text.length; at++) {
    if (inside && text[at] === '\\') at++
    else if (text[at] === '"') inside = !inside
  }
  return inside
}

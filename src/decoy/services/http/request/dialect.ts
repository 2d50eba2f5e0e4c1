import type {BodyFraming, Fault, Header, RequestLine} from './message.ts'

/** Counts what the head of one request occupies and says when the product's buffers are full. */
export interface HeadMeter {
  /** A line, with its line end, was completed; or `partial`: at least so much of a line has arrived. */
  add(bytes: number, kind: 'start' | 'header', partial: boolean): Fault | null
}

/**
 * How one product reads requests. Servers agree on what is right and differ on almost everything that is wrong, which
 * is what tells them apart; so the wrong is the product's business and the walk through the bytes is common.
 */
export interface Dialect {
  /** An empty line before a request is a request line that is none; others skip it, as RFC 9112 §2.2 wishes. */
  readonly minds?: 'empty-lines'
  meter(): HeadMeter
  /** A look at a start line that is not complete yet: some products refuse at the first wrong byte. */
  early(partial: Buffer): Fault | null
  /** `line` is without its line feed but with the carriage return before it, if there was one. */
  startLine(line: Buffer): RequestLine | Fault
  /** A header line, likewise; null: the product ignores it. */
  header(line: Buffer, index: number): Header | Fault | null
  /** Joins a line that begins with white space to the header before it (obs-fold, RFC 9112 §5.2), or refuses. */
  fold(previous: Header | null, line: Buffer): Header | Fault | null
  /** Checks the whole head. */
  complete(line: RequestLine, headers: readonly Header[]): BodyFraming | Fault
  /** The fault of a chunk-size line that is no size, or is beyond what the product can count. */
  chunkFault(line: Buffer, tooLarge: boolean): Fault
}

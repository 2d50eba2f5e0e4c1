/**
 * A message after DATA (RFC 5321 §4.1.1.4, §4.5.2).
 *
 *   message = *line "." CRLF
 *   line    = *OCTET CRLF        a "." at its beginning is doubled by the client
 *
 * Servers that take a bare LF for the end of a line take `LF . LF` for the end of the message, which is what SMTP
 * smuggling lives on.
 */
const LF = 0x0a
const CR = 0x0d
const DOT = 0x2e

/**
 * `strict`: lines end with CRLF alone; `first`: they do where the first one does. `refused`: a bare LF ends the session.
 */
export type LineEnds = 'lenient' | 'strict' | 'first' | 'refused'

type Place = 'line start' | 'dot' | 'dot CR' | 'line'

export class DataReader {
  readonly #ends: LineEnds
  readonly #write: (bytes: Buffer) => void
  #strict: boolean
  #first = true
  #place: Place = 'line start'
  /** The last byte was a CR. */
  #afterCr = false
  /** The line before ended with a bare LF. */
  #bare = false
  #smuggled = false

  /** @param write takes the message, dots undone, as it comes. */
  constructor(ends: LineEnds, write: (bytes: Buffer) => void) {
    this.#ends = ends
    this.#strict = ends === 'strict'
    this.#write = write
  }

  /** The message ended in a way that strict servers take for content. */
  get smuggled(): boolean {
    return this.#smuggled
  }

  /** There was a bare LF, which is refused; nothing after it was read. */
  get refused(): boolean {
    return this.#bare && this.#ends === 'refused'
  }

  /** @returns how many bytes were used, and whether the message is over. */
  feed(bytes: Buffer): {readonly used: number; readonly over: boolean} {
    let at = 0
    while (at < bytes.length && !this.refused) {
      if (this.#place === 'line') at = this.#line(bytes, at)
      else if (this.#start(bytes[at] ?? 0)) return {used: at + 1, over: true}
      else at++
    }
    return {used: at, over: false}
  }

  /** Goes on to behind the next end of a line. */
  #line(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from)
    if (end === -1) {
      this.#write(bytes.subarray(from))
      this.#afterCr = bytes.at(-1) === CR
      return bytes.length
    }
    const cr = end > from ? bytes[end - 1] === CR : this.#afterCr
    this.#write(bytes.subarray(from, end + 1))
    this.#afterCr = false
    if (this.#first && this.#ends === 'first') this.#strict = cr
    this.#first = false
    if (cr || !this.#strict) {
      this.#place = 'line start'
      this.#bare = !cr
    }
    return end + 1
  }

  /** One byte before it is clear what kind of line it is. True: the message is over. */
  #start(byte: number): boolean {
    if (this.#place === 'line start') {
      if (byte === DOT) this.#place = 'dot'
      else this.#content(byte)
      return false
    }
    if (this.#place === 'dot' && byte === CR) {
      this.#place = 'dot CR'
      return false
    }
    if (byte === LF && (this.#place === 'dot CR' || !this.#strict)) {
      this.#smuggled = this.#bare || this.#place === 'dot'
      return true
    }
    if (this.#place === 'dot CR') this.#write(Buffer.of(CR))
    this.#afterCr = this.#place === 'dot CR'
    this.#content(byte)
    return false
  }

  #content(byte: number): void {
    this.#place = 'line'
    this.#line(Buffer.of(byte), 0)
  }
}

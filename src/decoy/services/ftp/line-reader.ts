/**
 * Commands (RFC 959 section 5.3.1): *OCTET CRLF, and as every server takes them a bare LF. Telnet's interrupt and synch
 * (IAC IP, IAC DM), which clients send before ABOR, are dropped.
 */
const LF = 0x0a
const CR = 0x0d
const IAC = 0xff
const IAC_COMMANDS: ReadonlySet<number> = new Set([0xf2, 0xf4])

export interface Line {
  readonly text: string
  /** It was longer than what is kept of it. */
  readonly long: boolean
}

export class LineReader {
  readonly #limit: number
  #bytes: number[] = []
  #long = false
  #afterIac = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes bytes up to the end of a line. @returns the line, if there is one, and how many bytes were used. */
  feed(bytes: Buffer): {readonly line: Line | null; readonly used: number} {
    for (const [index, byte] of bytes.entries()) {
      if (byte === LF) return {line: this.#take(), used: index + 1}
      this.#put(byte)
    }
    return {line: null, used: bytes.length}
  }

  /** Bytes without an end yet. */
  get pending(): Buffer {
    return Buffer.from(this.#bytes)
  }

  #put(byte: number): void {
    const command = this.#afterIac && IAC_COMMANDS.has(byte)
    this.#afterIac = byte === IAC && !this.#afterIac
    if (command || this.#afterIac) return
    if (this.#bytes.length < this.#limit) this.#bytes.push(byte)
    else this.#long = true
  }

  #take(): Line {
    if (this.#bytes.at(-1) === CR) this.#bytes.pop()
    const line = {text: Buffer.from(this.#bytes).toString('latin1'), long: this.#long}
    this.#bytes = []
    this.#long = false
    this.#afterIac = false
    return line
  }
}

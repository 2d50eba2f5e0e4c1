/** Where lines of evidence go. A sink never blocks for long and never holds more than a bounded amount. */
import {closeSync, constants, openSync, writeSync} from 'node:fs'

export interface LineSink {
  /** Takes a line without its line feed. False: it could not be taken and is lost. */
  write(line: string): boolean
}

/** What may wait for a reader that has stalled. */
const MAX_PENDING = 256 * 1024
const RETRY_MS = 20

/**
 * Writes to a file descriptor. The descriptor is opened anew where the platform allows it, so that it can be
 * non-blocking without changing the mode of a pipe that other processes share: a container log that is not read
 * would otherwise freeze every session of the decoy.
 */
export class DescriptorSink implements LineSink {
  readonly #descriptor: number
  readonly #own: boolean
  #pending: Buffer[] = []
  #pendingBytes = 0
  #retry: NodeJS.Timeout | null = null

  constructor(descriptor: number) {
    const reopened = reopenNonBlocking(descriptor)
    this.#own = reopened !== null
    this.#descriptor = reopened ?? descriptor
  }

  write(line: string): boolean {
    const bytes = Buffer.from(`${line}\n`, 'latin1')
    if (this.#pendingBytes + bytes.length > MAX_PENDING) return false
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    if (this.#retry === null) this.#flush()
    return true
  }

  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry)
    if (this.#own) closeSync(this.#descriptor)
  }

  #flush(): void {
    this.#retry = null
    for (let head = this.#pending[0]; head !== undefined; head = this.#pending[0]) {
      const written = writeSome(this.#descriptor, head)
      this.#pendingBytes -= written
      if (written === head.length) this.#pending.shift()
      else {
        this.#pending[0] = head.subarray(written)
        this.#retry = setTimeout(() => this.#flush(), RETRY_MS)
        return
      }
    }
  }
}

/** Bytes written; 0 when the reader has stalled or is gone. */
function writeSome(descriptor: number, bytes: Buffer): number {
  try {
    return writeSync(descriptor, bytes)
  } catch {
    return 0
  }
}

function reopenNonBlocking(descriptor: number): number | null {
  try {
    return openSync(
      `/proc/self/fd/${descriptor}`,
      constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY,
    )
  } catch {
    return null
  }
}

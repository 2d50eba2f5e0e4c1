/**
 * What a printer reads on its raw port (HP, Printer Job Language Technical Reference, "Kernel commands"):
 *
 *     stream  = *( UEL / command / job )
 *     UEL     = ESC "%-12345X"                          ends a job, and returns to PJL
 *     command = "@PJL" [SP text] [CR] LF
 *     job     = everything else, up to the next UEL or the end
 *
 * `@PJL FSDOWNLOAD` and `@PJL FSAPPEND` are followed by as many octets as they announce.
 */
import {ByteQueue} from '../../byte-queue.ts'

const UEL = Buffer.from('\x1b%-12345X', 'latin1')
const PREFIX = Buffer.from('@PJL', 'latin1')
const LF = 0x0a
const CR = 0x0d
const TAB = 0x09
const SPACE = 0x20
const NUL = 0

export type Item =
  | {readonly type: 'uel'}
  /** Without `@PJL` and the end of the line. */
  | {readonly type: 'command'; readonly text: string}
  | {readonly type: 'job'; readonly data: Buffer}
  | {readonly type: 'binary'; readonly data: Buffer; readonly complete: boolean}
  | {readonly type: 'long line'; readonly data: Buffer}

type Mode = 'pjl' | 'job' | 'binary' | 'skip'

export class PjlReader {
  readonly #limit: number
  readonly #queue = new ByteQueue()
  #mode: Mode = 'pjl'
  #left = 0

  /** @param limit octets of one command. */
  constructor(limit: number) {
    this.#limit = limit
  }

  push(bytes: Buffer): void {
    this.#queue.push(bytes)
  }

  /** What follows is of a job, whatever it begins with. */
  enterJob(): void {
    this.#mode = 'job'
  }

  /** So many octets follow that are no commands. */
  enterBinary(size: number): void {
    this.#mode = 'binary'
    this.#left = size
  }

  /** Null: it takes more bytes to tell what comes. */
  next(): Item | null {
    switch (this.#mode) {
      case 'pjl':
        return this.#line()
      case 'job':
        return this.#job()
      case 'binary':
        return this.#binary()
      case 'skip':
        return this.#skip()
    }
  }

  /** What is left at the end of the connection, which belongs to a job or is half a command. */
  get pending(): Buffer {
    return this.#queue.all
  }

  get inJob(): boolean {
    return this.#mode === 'job'
  }

  #line(): Item | null {
    const waiting = this.#queue.all
    let blank = 0
    while (isBlank(waiting[blank])) blank++
    this.#queue.takeUpTo(blank)
    const rest = this.#queue.all
    if (rest.length === 0) return null
    const uel = startsWith(rest, UEL)
    if (uel === 'yes') {
      this.#queue.takeUpTo(UEL.length)
      return {type: 'uel'}
    }
    const command = startsWith(rest, PREFIX)
    if (command === 'yes') return this.#command()
    if (uel === 'perhaps' || command === 'perhaps') return null
    this.#mode = 'job'
    return this.#job()
  }

  #command(): Item | null {
    const begun = this.#queue.all.subarray(0, this.#limit)
    const end = begun.indexOf(LF)
    // A command may end with the job language's UEL in place of a line's end.
    const uel = begun.subarray(0, end < 0 ? this.#limit : end).indexOf(UEL)
    if (uel >= 0) return {type: 'command', text: textOf(this.#queue.takeUpTo(uel))}
    if (end >= 0) return {type: 'command', text: textOf(this.#queue.takeUpTo(end + 1))}
    const data = this.#queue.take(this.#limit)
    if (data === null) return null
    this.#mode = 'skip'
    return {type: 'long line', data}
  }

  #skip(): Item | null {
    if (this.#queue.takeLine() === null) {
      this.#queue.clear()
      return null
    }
    this.#mode = 'pjl'
    return this.#line()
  }

  #job(): Item | null {
    const rest = this.#queue.all
    const at = rest.indexOf(UEL)
    if (at === 0) {
      this.#mode = 'pjl'
      this.#queue.takeUpTo(UEL.length)
      return {type: 'uel'}
    }
    const size = at > 0 ? at : rest.length - beginsAtEnd(rest)
    return size === 0 ? null : {type: 'job', data: this.#queue.takeUpTo(size)}
  }

  #binary(): Item | null {
    if (this.#left > 0 && this.#queue.length === 0) return null
    const data = this.#queue.takeUpTo(this.#left)
    this.#left -= data.length
    const complete = this.#left === 0
    if (complete) this.#mode = 'pjl'
    return {type: 'binary', data, complete}
  }
}

const isBlank = (byte: number | undefined): boolean =>
  byte === LF || byte === CR || byte === SPACE || byte === TAB || byte === NUL

const textOf = (bytes: Buffer): string => bytes.toString('latin1', PREFIX.length).trim()

function startsWith(bytes: Buffer, prefix: Buffer): 'yes' | 'no' | 'perhaps' {
  const size = Math.min(bytes.length, prefix.length)
  // Names of PJL are written in either case.
  const same = bytes.toString('latin1', 0, size).toUpperCase() === prefix.toString('latin1', 0, size)
  if (!same) return 'no'
  return size === prefix.length ? 'yes' : 'perhaps'
}

/** How many octets at the end may be the beginning of a UEL. */
function beginsAtEnd(bytes: Buffer): number {
  for (let size = Math.min(UEL.length - 1, bytes.length); size > 0; size--) {
    if (bytes.subarray(bytes.length - size).equals(UEL.subarray(0, size))) return size
  }
  return 0
}

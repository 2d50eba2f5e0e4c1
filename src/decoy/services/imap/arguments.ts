/**
 * Arguments of a command (RFC 3501 section 9): atoms, quoted strings, literals and lists of them in parentheses,
 * separated by spaces. Atoms with brackets (BODY[HEADER.FIELDS (From)]) are one argument, spaces and lists included.
 */
import type {Segment} from './command-reader.ts'

export type Argument =
  | {readonly type: 'atom'; readonly text: string}
  | {readonly type: 'string'; readonly text: string}
  | {readonly type: 'list'; readonly items: readonly Argument[]}

/** What Dovecot says of a command that cannot be taken apart. */
export class ArgumentError extends Error {}

/** Parentheses within each other. */
const MAX_DEPTH = 200
/** Dovecot takes 8-bit octets and most punctuation in atoms. */
const ATOM = /[^\x00-\x20(){"\x7f]+/y

export interface ParseOptions {
  /** Brackets hold spaces and parentheses: arguments of FETCH. */
  readonly brackets?: boolean
  /** The last line ends in the announcement of a literal that has not come. */
  readonly announces?: boolean
}

/** @throws ArgumentError */
export function parseArguments(segments: readonly Segment[], options: ParseOptions = {}): Argument[] {
  const parser = new Parser(options.brackets === true)
  for (const [index, segment] of segments.entries()) {
    if (segment.type === 'literal') parser.add({type: 'string', text: segment.data.toString('latin1')})
    else {
      const last = index === segments.length - 1 && options.announces === true
      parser.line(segment.text, last || segments[index + 1]?.type === 'literal')
    }
  }
  return parser.finish()
}

class Parser {
  readonly #brackets: boolean
  readonly #stack: Argument[][] = [[]]
  #text = ''
  #at = 0

  constructor(brackets: boolean) {
    this.#brackets = brackets
  }

  add(argument: Argument): void {
    this.#stack.at(-1)?.push(argument)
  }

  /** `announces`: it ends in the announcement of a literal, which is no argument. */
  line(text: string, announces: boolean): void {
    this.#text = announces ? text.replace(/~?\{\d+\+?\}$/, '') : text
    this.#at = 0
    while (this.#at < this.#text.length) this.#take(this.#text[this.#at] ?? '')
  }

  finish(): Argument[] {
    if (this.#stack.length > 1) throw new ArgumentError("Missing ')'")
    return this.#stack[0] ?? []
  }

  #take(character: string): void {
    if (character === ' ') this.#at++
    else if (character === '(') this.#open()
    else if (character === ')') this.#close()
    else if (character === '"') this.add({type: 'string', text: this.#quoted()})
    else this.add({type: 'atom', text: this.#atom()})
  }

  #open(): void {
    if (this.#stack.length > MAX_DEPTH) throw new ArgumentError("Missing ')'")
    this.#stack.push([])
    this.#at++
  }

  #close(): void {
    const items = this.#stack.length > 1 ? this.#stack.pop() : undefined
    if (items === undefined) throw new ArgumentError("Unexpected ')'")
    this.add({type: 'list', items})
    this.#at++
  }

  #quoted(): string {
    let content = ''
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text[at] ?? ''
      if (character === '"') {
        this.#at = at + 1
        return content
      }
      if (character === '\\') at++
      content += this.#text[at] ?? ''
    }
    throw new ArgumentError(`Missing '"'`)
  }

  #atom(): string {
    const begun = this.#at
    if (this.#text[begun] === '{') throw new ArgumentError('Invalid literal size')
    for (let more = true; more; ) {
      ATOM.lastIndex = this.#at
      const piece = ATOM.exec(this.#text)?.[0] ?? ''
      this.#at += piece.length
      more = this.#brackets && piece.lastIndexOf('[') > piece.lastIndexOf(']') && this.#skipBracket()
    }
    const next = this.#text[this.#at]
    if (next !== undefined && next !== ' ' && next !== ')') throw new ArgumentError('Invalid characters in atom')
    return this.#text.slice(begun, this.#at)
  }

  /** Goes on behind the bracket that the last piece of an atom left open. False: that has no end. */
  #skipBracket(): boolean {
    const close = this.#text.indexOf(']', this.#at)
    this.#at = close < 0 ? this.#text.length : close + 1
    return close >= 0
  }
}

/** The text of an atom or a string, or null: it is a list. */
export const textOf = (argument: Argument | undefined): string | null =>
  argument === undefined || argument.type === 'list' ? null : argument.text

/** An atom in upper case, or null. */
export const atomOf = (argument: Argument | undefined): string | null =>
  argument?.type === 'atom' ? argument.text.toUpperCase() : null

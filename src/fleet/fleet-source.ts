import {decodeLines} from './decode-text.ts'
import type {DiagnosticCode} from './diagnostic-codes.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import {header, quote, unicodeName} from './quote.ts'
import {commentAt, isCommentSign, readValue, trimBlanks} from './source-value.ts'

export const MAX_LINE_LENGTH = 4096
export const MAX_SECTIONS = 1000

/** One `key = value` line. */
export interface SourceEntry {
  /** Lower case: keys are the same whatever their case. */
  readonly key: string
  readonly value: string
  /** The value as written, with its quotes. */
  readonly raw: string
  readonly quoted: boolean
  readonly keyPlace: Place
  /** Of the value's first character, behind an opening quote. */
  readonly valuePlace: Place
  /** Whether a problem of this line was reported: its value says nothing. */
  readonly damaged: boolean
}

export interface SourceSection {
  readonly name: string
  /** Of the name's first character. */
  readonly place: Place
  readonly entries: ReadonlyMap<string, SourceEntry>
  /** Whether the same header stands further up; reported. */
  readonly duplicate: boolean
}

export interface FleetSource {
  readonly sections: readonly SourceSection[]
  /** False where a section may be missing because its header or the whole file could not be read; reported. */
  readonly complete: boolean
}

/**
 * Finds the sections, keys and values of a fleet file with their places. Knows nothing of their meaning. Reports each
 * problem and goes on behind it.
 */
export function scanFleetFile(file: string, input: Uint8Array | string, diagnostics: Diagnostics): FleetSource {
  const decoded = decodeLines(file, input, diagnostics)
  if (decoded === undefined) return {sections: [], complete: false}
  const scanner = new Scanner(file, diagnostics, decoded.damaged)
  for (const line of decoded.lines) {
    if (!scanner.scan(line)) break
  }
  return scanner.source
}

// C0, DEL and C1 without tab (line ends are gone), and what some editors show as a line end.
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/
const LINE_BREAKS = new Set(['\u0085', '\u2028', '\u2029'])
const REPLACEMENT = '\u{fffd}'

class Scanner {
  readonly #file: string
  readonly #diagnostics: Diagnostics
  readonly #damaged: boolean
  readonly #sections: SourceSection[] = []
  readonly #places = new Map<string, Place>()
  /** Entries of the section that is open; those below an unreadable header are checked and then forgotten. */
  #entries: Map<string, SourceEntry> | undefined
  /** Blanks before the key above; undefined behind a header. */
  #indent: number | undefined
  #lineNumber = 0
  #line = ''
  #complete = true

  constructor(file: string, diagnostics: Diagnostics, damaged: boolean) {
    this.#file = file
    this.#diagnostics = diagnostics
    this.#damaged = damaged
  }

  get source(): FleetSource {
    return {sections: this.#sections, complete: this.#complete}
  }

  /** False: nothing behind this line is read. */
  scan(line: string): boolean {
    this.#lineNumber++
    this.#line = line
    const {start, end} = trimBlanks(line)
    if (start === end) return true
    const isHeader = line[start] === '['
    if (!this.#readable(line)) {
      if (isHeader) this.#openUnreadable()
      return true
    }
    if (isCommentSign(line[start])) return true
    const continued = this.#indent !== undefined && start > this.#indent
    if (continued) this.#reportContinuation(start)
    if (isHeader) return this.#header(start, end)
    if (!continued) this.#entry(start, end)
    return true
  }

  #readable(line: string): boolean {
    if (line.length > MAX_LINE_LENGTH) {
      this.#line = line.slice(0, MAX_LINE_LENGTH)
      const summary = `the line has ${line.length} characters; at most ${MAX_LINE_LENGTH} are read`
      this.#error('line-too-long', summary, MAX_LINE_LENGTH)
      return false
    }
    const forbidden = FORBIDDEN.exec(line)
    if (forbidden !== null) {
      this.#reportCharacter(forbidden[0], forbidden.index)
      return false
    }
    // The byte itself was reported, once for the file.
    return !(this.#damaged && line.includes(REPLACEMENT))
  }

  #reportCharacter(character: string, offset: number): void {
    const name = unicodeName(character)
    if (character === '\0') this.#error('nul', 'a NUL byte', offset, 'remove it')
    else if (LINE_BREAKS.has(character)) {
      this.#error('line-break', `${name} is not accepted as a line end`, offset, 'end lines with LF or CRLF')
    } else this.#error('control-character', `the control character ${name}`, offset, 'remove it')
  }

  #reportContinuation(start: number): void {
    const hint = 'start the line where the key above starts; a value stands on one line'
    this.#error('indented-line', 'an indented line continues the value above, which is not supported', start, hint)
  }

  #header(start: number, end: number): boolean {
    const close = this.#line.indexOf(']', start)
    const comment = commentAt(this.#line, start)
    const closed = close !== -1 && (comment === undefined || close < comment)
    if (!closed) this.#error('missing-bracket', 'the section header lacks its closing bracket', end, 'write [name]')
    const name = trimBlanks(this.#line, start + 1, closed ? close : (comment ?? end))
    if (closed) this.#afterHeader(close + 1)
    if (name.start === name.end) {
      this.#error('empty-header', 'the section has no name', start, 'write [name]')
      this.#openUnreadable()
      return true
    }
    const text = this.#line.slice(name.start, name.end)
    if (closed && (name.start > start + 1 || name.end < close)) {
      const summary = `blanks around the section name ${quote(text)} are ignored`
      this.#diagnostics.warning('padded-header', summary, this.#place(name.start), 'write it without them')
    }
    return this.#open(text, this.#place(name.start))
  }

  #afterHeader(from: number): void {
    const {start, end} = trimBlanks(this.#line, from)
    if (start === end) return
    const isComment = isCommentSign(this.#line[start])
    if (isComment && start > from) return
    const hint = isComment ? 'a comment needs a space before it' : 'start a new line for the first key'
    const summary = `${quote(this.#line.slice(start, end))} behind the section header`
    this.#error('junk-after-header', summary, start, hint)
  }

  #open(name: string, place: Place): boolean {
    if (this.#sections.length === MAX_SECTIONS) {
      const summary = `more than ${MAX_SECTIONS} sections; the rest of the file was not read`
      this.#diagnostics.error('too-many-sections', summary, place, 'use amount = N for deckies that are alike')
      this.#complete = false
      return false
    }
    const first = this.#places.get(name)
    if (first === undefined) this.#places.set(name, place)
    else {
      const summary = `the section ${header(name)} stands twice: lines ${first.line} and ${place.line}`
      this.#diagnostics.error('duplicate-section', summary, place, 'merge the two, or rename one')
    }
    const entries = new Map<string, SourceEntry>()
    this.#sections.push({name, place, entries, duplicate: first !== undefined})
    this.#entries = entries
    this.#indent = undefined
    return true
  }

  #openUnreadable(): void {
    this.#entries = new Map()
    this.#indent = undefined
    this.#complete = false
  }

  #entry(start: number, end: number): void {
    this.#indent = start
    const separator = this.#line.slice(start, end).search(/[=:]/)
    const key = trimBlanks(this.#line, start, start + Math.max(0, separator))
    if (separator === -1) this.#reportNoSeparator(start, end)
    else if (key.start === key.end) this.#error('empty-key', 'the key is missing', start, 'write key = value')
    else this.#add(this.#line.slice(key.start, key.end), this.#place(key.start), start + separator + 1)
  }

  #add(name: string, keyPlace: Place, from: number): void {
    const {value, raw, quoted, offset, problem} = readValue(this.#line, from)
    if (problem !== undefined) this.#error(problem.code, problem.summary, problem.offset, problem.hint)
    if (this.#entries === undefined) {
      const summary = `the key ${quote(name)} stands before the first section`
      this.#diagnostics.error('key-outside-section', summary, keyPlace, 'put it below [general] or a decky')
      return
    }
    const key = name.toLowerCase()
    const first = this.#entries.get(key)
    if (first !== undefined) {
      const summary = `the key ${quote(key)} stands twice in this section: lines ${first.keyPlace.line} and ${keyPlace.line}`
      this.#diagnostics.error('duplicate-key', summary, keyPlace, 'keep one of them')
      return
    }
    const valuePlace = this.#place(offset)
    this.#entries.set(key, {key, value, raw, quoted, keyPlace, valuePlace, damaged: problem !== undefined})
  }

  #reportNoSeparator(start: number, end: number): void {
    const text = this.#line.slice(start, end)
    if (text.endsWith(']')) this.#error('missing-bracket', 'the section header lacks its opening bracket', start)
    else this.#error('missing-separator', `${quote(text)} is no key = value`, start, 'write key = value')
  }

  #error(code: DiagnosticCode, summary: string, offset: number, hint?: string): void {
    this.#diagnostics.error(code, summary, this.#place(offset), hint)
  }

  #place(offset: number): Place {
    return {file: this.#file, line: this.#lineNumber, column: offset + 1, snippet: this.#line}
  }
}

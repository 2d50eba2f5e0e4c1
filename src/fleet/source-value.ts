import type {DiagnosticCode} from './diagnostic-codes.ts'

/**
 * The text behind a separator:
 *
 *     value   = quoted / plain
 *     quoted  = q *char q [ blank comment ]     ; q is " or ', the quotes are removed, the rest is literal
 *     plain   = *char [ blank comment ]         ; surrounding blanks are removed
 *     comment = ( ";" / "#" ) *char
 *     blank   = 1*( SP / TAB )
 *
 * Nothing is escaped. A quote closes only where the value ends: before the line's end or before a comment.
 */
export interface SourceValue {
  readonly value: string
  /** As written, with its quotes, without the comment. */
  readonly raw: string
  readonly quoted: boolean
  /** Offset of the value's first character in the text given. */
  readonly offset: number
  /** Whether a comment follows; offset of its first character. */
  readonly commentAt: number | undefined
  readonly problem?: ValueProblem
}

export interface ValueProblem {
  readonly code: DiagnosticCode
  readonly summary: string
  readonly hint: string
  readonly offset: number
}

/** Offsets of the first and behind the last character that is neither space nor tab, from `start` on. */
export function trimBlanks(text: string, start = 0, end = text.length): {start: number; end: number} {
  let first = start
  let last = end
  while (first < last && isBlank(text[first])) first++
  while (last > first && isBlank(text[last - 1])) last--
  return {start: first, end: last}
}

/** Offset of the first comment sign behind a blank; undefined: no comment. */
export function commentAt(text: string, from = 0): number | undefined {
  for (let at = Math.max(from, 1); at < text.length; at++) {
    if (isCommentSign(text[at]) && isBlank(text[at - 1])) return at
  }
  return undefined
}

export function isCommentSign(character: string | undefined): boolean {
  return character === ';' || character === '#'
}

/** Reads the value from `from` to the line's end. */
export function readValue(line: string, from: number): SourceValue {
  const {start} = trimBlanks(line, from)
  const opening = line[start]
  if (opening === '"' || opening === "'") return readQuoted(line, start, opening)
  return readPlain(line, start, from)
}

function readQuoted(line: string, start: number, mark: string): SourceValue {
  for (let close = line.indexOf(mark, start + 1); close !== -1; close = line.indexOf(mark, close + 1)) {
    const {start: next} = trimBlanks(line, close + 1)
    const comment = next > close + 1 && isCommentSign(line[next])
    if (next < line.length && !comment) continue
    return {
      value: line.slice(start + 1, close),
      raw: line.slice(start, close + 1),
      quoted: true,
      offset: start + 1,
      commentAt: comment ? next : undefined,
    }
  }
  const plain = readPlain(line, start, start)
  // Text such as "a" b is left as it stands; with a single quote the writer forgot one of the pair.
  if (plain.raw.indexOf(mark, 1) !== -1) return plain
  const problem: ValueProblem = {
    code: 'unclosed-quote',
    summary: `the value opens with ${mark} and never closes it`,
    hint: `close it, or put the value in ${mark === '"' ? "'…'" : '"…"'} if the quote belongs to it`,
    offset: start,
  }
  return {...plain, problem}
}

function readPlain(line: string, start: number, from: number): SourceValue {
  const comment = commentAt(line, Math.max(start, from))
  const {end} = trimBlanks(line, start, comment ?? line.length)
  const value = line.slice(start, end)
  const plain = {value, raw: value, quoted: false, offset: start, commentAt: comment}
  const problem = plainProblem(plain)
  return problem === undefined ? plain : {...plain, problem}
}

const HIDDEN_EDGE = /^[\p{Z}\p{Cf}]|[\p{Z}\p{Cf}]$/u

function plainProblem(plain: SourceValue): ValueProblem | undefined {
  const {value, offset} = plain
  if (value === '' && plain.commentAt !== undefined) {
    return {
      code: 'empty-value',
      summary: 'the value is empty: a comment starts where it should stand',
      hint: 'put the value in quotes if the ; or # belongs to it',
      offset: plain.commentAt,
    }
  }
  if (value.endsWith('\\') && plain.commentAt === undefined) {
    return {
      code: 'backslash-continuation',
      summary: 'a value cannot continue on the next line',
      hint: 'write it on one line, or put it in quotes if the \\ belongs to it',
      offset: offset + value.length - 1,
    }
  }
  const edge = HIDDEN_EDGE.exec(value)
  if (edge === null) return undefined
  return {
    code: 'invisible-space',
    summary: 'the value starts or ends with a space that is neither blank nor tab',
    hint: 'remove it, or put the value in quotes if it belongs to it',
    offset: offset + edge.index,
  }
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

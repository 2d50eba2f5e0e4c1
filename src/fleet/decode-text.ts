import type {Diagnostics, Place} from './diagnostics.ts'

export const MAX_FILE_BYTES = 512 * 1024
const BYTE_ORDER_MARK = '\u{feff}'

/** The file's lines, without their ends. */
export interface DecodedFile {
  readonly lines: readonly string[]
  /** Whether bytes that are no text were replaced by U+FFFD. */
  readonly damaged: boolean
}

/**
 * Bytes → lines. Reports what makes the file as a whole unreadable (then undefined), a byte that is not UTF-8, and
 * old line ends; reading goes on behind the last two.
 */
export function decodeLines(
  file: string,
  input: Uint8Array | string,
  diagnostics: Diagnostics,
): DecodedFile | undefined {
  const start: Place = {file, line: 1, column: 1, snippet: ''}
  // A character is at least one byte: a long text is refused before it is encoded.
  const bytes = typeof input === 'string' && input.length <= MAX_FILE_BYTES ? new TextEncoder().encode(input) : input
  if (bytes.length > MAX_FILE_BYTES || typeof bytes === 'string') {
    const size = `${bytes.length} ${typeof bytes === 'string' ? 'characters' : 'bytes'}`
    diagnostics.error('file-too-large', `the file has ${size}; at most ${MAX_FILE_BYTES} bytes are read`, start)
    return undefined
  }
  if (looksLikeUtf16(bytes)) {
    diagnostics.error('utf-16', 'the file is UTF-16, not UTF-8', start, 'save it as UTF-8')
    return undefined
  }
  const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes)
  const lines = splitLines(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  const invalidAt = firstInvalidByte(bytes)
  if (invalidAt !== undefined) reportInvalidByte(file, bytes, invalidAt, lines, diagnostics)
  reportLoneCarriageReturn(file, text, diagnostics)
  return {lines, damaged: invalidAt !== undefined}
}

/** A lone CR ends a line too, so that the line numbers behind it are those that an editor shows. */
function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

function looksLikeUtf16(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  if (second === undefined || fourth === undefined) return false
  // ASCII in UTF-16 without a mark: every other byte is zero.
  return (first === 0) !== (second === 0) && (first === 0) === (third === 0) && (second === 0) === (fourth === 0)
}

function reportInvalidByte(
  file: string,
  bytes: Uint8Array,
  offset: number,
  lines: readonly string[],
  diagnostics: Diagnostics,
): void {
  const before = splitLines(new TextDecoder('utf-8').decode(bytes.subarray(0, offset)))
  const column = (before.at(-1) ?? '').length + 1
  const place = {file, line: before.length, column, snippet: lines[before.length - 1] ?? ''}
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0')
  const summary = `byte 0x${byte} at offset ${offset} is not UTF-8`
  diagnostics.error('invalid-utf-8', summary, place, 'save the file as UTF-8')
}

function reportLoneCarriageReturn(file: string, text: string, diagnostics: Diagnostics): void {
  const at = text.search(/\r(?!\n)/)
  if (at === -1) return
  const before = splitLines(text.slice(0, at).replace(BYTE_ORDER_MARK, ''))
  const snippet = before.at(-1) ?? ''
  const place = {file, line: before.length, column: snippet.length + 1, snippet}
  const hint = 'end lines with LF or CRLF'
  diagnostics.error('lone-cr', 'a carriage return without a line feed', place, hint)
}

/** Offset of the first byte that no UTF-8 sequence (RFC 3629 §4) explains. */
function firstInvalidByte(bytes: Uint8Array): number | undefined {
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    if (length === 0) return at
    at += length
  }
  return undefined
}

/** Length of the well-formed sequence that starts here; 0: there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (lead < 0xc2 || lead > 0xf4) return 0
  // These four leads narrow the second byte: overlong forms, surrogates, beyond U+10FFFF.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  const second = bytes[at + 1] ?? 0
  if (second < lowest || second > highest) return 0
  for (let index = at + 2; index < at + length; index++) {
    if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0
  }
  return length
}

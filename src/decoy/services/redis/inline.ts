/** Splits an inline request into arguments the way the server does. */

const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d])
const DOUBLE = 0x22
const SINGLE = 0x27
const BACKSLASH = 0x5c
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a], // \n
  [0x72, 0x0d], // \r
  [0x74, 0x09], // \t
  [0x62, 0x08], // \b
  [0x61, 0x07], // \a
])

interface Word {
  readonly bytes: number[]
  /** Where reading goes on; -1 for unbalanced quotes. */
  readonly next: number
}

/** Null: quotes are unbalanced, or a closing quote is followed by something else than space. */
export function splitInline(line: Buffer): Buffer[] | null {
  // The server reads a C string: a NUL ends the request.
  const end = line.indexOf(0)
  const text = end === -1 ? line : line.subarray(0, end)
  const args: Buffer[] = []
  let at = 0
  for (;;) {
    while (SPACE.has(text[at] ?? -1)) at++
    if (at >= text.length) return args
    const word = readWord(text, at)
    if (word.next === -1) return null
    args.push(Buffer.from(word.bytes))
    at = word.next
  }
}

/** A word is plain bytes and quoted parts; a quoted part ends the word. */
function readWord(text: Buffer, start: number): Word {
  const bytes: number[] = []
  for (let at = start; at < text.length; at++) {
    const byte = text[at] ?? 0
    if (SPACE.has(byte)) return {bytes, next: at}
    if (byte === DOUBLE || byte === SINGLE) return {bytes, next: readQuoted(text, at + 1, byte, bytes)}
    bytes.push(byte)
  }
  return {bytes, next: text.length}
}

function readQuoted(text: Buffer, start: number, quote: number, bytes: number[]): number {
  let at = start
  while (at < text.length) {
    const byte = text[at] ?? 0
    if (byte === quote) return at + 1 >= text.length || SPACE.has(text[at + 1] ?? 0) ? at + 1 : -1
    at += byte === BACKSLASH ? readEscape(text, at, quote, bytes) : push(bytes, byte, 1)
  }
  return -1
}

/** Appends what an escape stands for and returns its length. */
function readEscape(text: Buffer, at: number, quote: number, bytes: number[]): number {
  const next = text[at + 1]
  if (quote === SINGLE) return next === SINGLE ? push(bytes, SINGLE, 2) : push(bytes, BACKSLASH, 1)
  if (next === undefined) return push(bytes, BACKSLASH, 1)
  const hex = text.toString('latin1', at + 2, at + 4)
  if (next === 0x78 && /^[0-9a-fA-F]{2}$/.test(hex)) return push(bytes, Number.parseInt(hex, 16), 4)
  return push(bytes, ESCAPES.get(next) ?? next, 2)
}

function push(bytes: number[], byte: number, length: number): number {
  bytes.push(byte)
  return length
}

/** Splits shell text into operators and words. One pass, linear in the text. */
import {SyntaxFault, type Word, type WordPart} from './syntax.ts'

export type Token =
  | {readonly kind: 'operator'; readonly text: string}
  | {readonly kind: 'word'; readonly word: Word; readonly source: string}
  /** The body of a here-document, right after its `<<`. */
  | {readonly kind: 'document'; readonly word: Word}

const OPERATORS = ['<<<', '&&', '||', '>>', '<<', '>&', '&>', ';;', ';', '|', '&', '(', ')', '<', '>', '\n']
/** The blanks of `#next`, and no other: a character that neither ends a word nor begins one would hold the lexer up. */
const WORD_END = /[ \t\r\n;|&()<>]/
/** What begins a part of a word that is not as it stands. */
const QUOTING = /['"\\$`]/

const endsPlain = (character: string): boolean => WORD_END.test(character) || QUOTING.test(character)

export function tokenize(text: string): Token[] {
  return new Lexer(text).tokens()
}

class Lexer {
  readonly #text: string
  #at = 0
  readonly #tokens: Token[] = []
  /** Where here-document bodies go once their lines are reached. */
  #documents: {readonly index: number; readonly end: string; readonly literal: boolean}[] = []

  constructor(text: string) {
    this.#text = text
  }

  tokens(): Token[] {
    while (this.#at < this.#text.length) this.#next()
    if (this.#documents.length > 0) throw new SyntaxFault('here-document', true)
    return this.#tokens
  }

  #next(): void {
    const character = this.#text.charAt(this.#at)
    if (character === ' ' || character === '\t' || character === '\r') this.#at++
    else if (this.#text.startsWith('\\\n', this.#at)) this.#at += 2
    else if (character === '#') this.#skipComment()
    else if (!this.#operator()) this.#pushWord()
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end
  }

  #operator(): boolean {
    const text = OPERATORS.find((operator) => this.#text.startsWith(operator, this.#at))
    if (text === undefined) return false
    this.#at += text.length
    if (text === '<<') this.#startDocument()
    else this.#tokens.push({kind: 'operator', text})
    if (text === '\n') this.#readDocuments()
    return true
  }

  #startDocument(): void {
    const stripTabs = this.#text[this.#at] === '-'
    if (stripTabs) this.#at++
    while (this.#text[this.#at] === ' ') this.#at++
    const word = this.#word()
    const end = word.map((part) => (part.kind === 'text' ? part.text : '')).join('')
    this.#tokens.push({kind: 'operator', text: '<<'}, {kind: 'document', word: []})
    const literal = word.some((part) => part.kind === 'text' && part.quoted)
    this.#documents.push({index: this.#tokens.length - 1, end, literal})
  }

  #readDocuments(): void {
    for (const {index, end, literal} of this.#documents) {
      const lines: string[] = []
      for (;;) {
        if (this.#at >= this.#text.length) throw new SyntaxFault('here-document', true)
        const line = this.#takeLine()
        if (line.replace(/^\t+/, '') === end) break
        lines.push(`${line}\n`)
      }
      const body = lines.join('')
      const word: Word = literal ? [{kind: 'text', text: body, quoted: true}] : doubleQuoted(body)
      this.#tokens[index] = {kind: 'document', word}
    }
    this.#documents = []
  }

  #takeLine(): string {
    const end = this.#text.indexOf('\n', this.#at)
    const line = end === -1 ? this.#text.slice(this.#at) : this.#text.slice(this.#at, end)
    this.#at = end === -1 ? this.#text.length : end + 1
    return line
  }

  #pushWord(): void {
    const start = this.#at
    const word = this.#word()
    this.#tokens.push({kind: 'word', word, source: this.#text.slice(start, this.#at)})
  }

  #word(): WordPart[] {
    const parts: WordPart[] = []
    while (this.#at < this.#text.length && !WORD_END.test(this.#text.charAt(this.#at))) this.#part(parts)
    return parts
  }

  #part(parts: WordPart[]): void {
    const character = this.#text.charAt(this.#at)
    if (character === "'") {
      parts.push({kind: 'text', text: this.#until("'"), quoted: true})
    } else if (character === '"') {
      const inner = this.#doubleQuotes()
      parts.push({kind: 'text', text: '', quoted: true}, ...doubleQuoted(inner))
    } else if (character === '\\') {
      if (this.#text[this.#at + 1] !== '\n') {
        parts.push({kind: 'text', text: this.#text.charAt(this.#at + 1), quoted: true})
      }
      this.#at += 2
    } else if (character === '$' && this.#text[this.#at + 1] === "'") {
      this.#at++
      parts.push({kind: 'text', text: decodeEscapes(this.#until("'")), quoted: true})
    } else if (character === '$' || character === '`') {
      const {part, end} = expansion(this.#text, this.#at, false)
      parts.push(part)
      this.#at = end
    } else {
      this.#plain(parts)
    }
  }

  #plain(parts: WordPart[]): void {
    const start = this.#at
    while (this.#at < this.#text.length && !endsPlain(this.#text.charAt(this.#at))) this.#at++
    parts.push({kind: 'text', text: this.#text.slice(start, this.#at), quoted: false})
  }

  #until(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at + 1)
    if (end === -1) throw new SyntaxFault(`unexpected EOF while looking for matching \`${quote}'`, true)
    const text = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return text
  }

  #doubleQuotes(): string {
    const start = this.#at + 1
    for (let at = start; at < this.#text.length; at++) {
      const character = this.#text[at]
      if (character === '\\') at++
      else if (character === '"') {
        this.#at = at + 1
        return this.#text.slice(start, at)
      } else if (character === '$' && this.#text[at + 1] === '(') at = closing(this.#text, at + 1) - 1
    }
    throw new SyntaxFault('unexpected EOF while looking for matching `"\'', true)
  }
}

/** The parts inside double quotes (XCU 2.2.3). */
function doubleQuoted(text: string): WordPart[] {
  const parts: WordPart[] = []
  let literal = ''
  const flush = (): void => {
    if (literal !== '') parts.push({kind: 'text', text: literal, quoted: true})
    literal = ''
  }
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at)
    if (character === '\\' && /[$`"\\\n]/.test(text.charAt(at + 1))) {
      literal += text.charAt(at + 1) === '\n' ? '' : text.charAt(at + 1)
      at += 2
    } else if (character === '$' || character === '`') {
      flush()
      const {part, end} = expansion(text, at, true)
      parts.push(part)
      at = end
    } else {
      literal += character
      at++
    }
  }
  flush()
  return parts
}

/** One `$…` or backquoted expansion that starts at `at`. */
function expansion(text: string, at: number, quoted: boolean): {part: WordPart; end: number} {
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1)
    if (end === -1) throw new SyntaxFault("unexpected EOF while looking for matching ``'", true)
    return {part: {kind: 'substitution', source: text.slice(at + 1, end), quoted}, end: end + 1}
  }
  if (text[at + 1] === '(') {
    const end = closing(text, at + 1)
    return {part: {kind: 'substitution', source: text.slice(at + 2, end - 1), quoted}, end}
  }
  if (text[at + 1] === '{') {
    const end = text.indexOf('}', at)
    if (end === -1) throw new SyntaxFault("unexpected EOF while looking for matching `}'", true)
    const [, name = '', fallback = ''] = /^(\w+|[?$!#@*])(?::?-([\s\S]*))?$/.exec(text.slice(at + 2, end)) ?? []
    if (name === '') throw new SyntaxFault(`${text.slice(at, end + 1)}: bad substitution`)
    return {part: {kind: 'variable', name, fallback, quoted}, end: end + 1}
  }
  const name = /^(?:[A-Za-z_]\w{0,255}|[0-9?$!#@*])/.exec(text.slice(at + 1, at + 258))?.[0]
  if (name === undefined) return {part: {kind: 'text', text: '$', quoted: true}, end: at + 1}
  return {part: {kind: 'variable', name, fallback: '', quoted}, end: at + 1 + name.length}
}

/** The place after the parenthesis that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === "'") at = Math.max(at, text.indexOf("'", at + 1))
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return at + 1
  }
  throw new SyntaxFault("unexpected EOF while looking for matching `)'", true)
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** Backslash escapes of `echo -e`, `printf` and `$'…'`. */
export function decodeEscapes(text: string): string {
  return text.replace(/\\(?:x([0-9A-Fa-f]{1,2})|0?([0-7]{1,3})|([abeEfnrtv\\'"]))/g, (whole, hex, octal, letter) => {
    if (typeof hex === 'string') return String.fromCharCode(Number.parseInt(hex, 16))
    if (typeof octal === 'string') return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    return SIMPLE_ESCAPES[String(letter)] ?? whole
  })
}

/**
 * Cuts SQL into tokens, as far as MySQL, PostgreSQL and Transact-SQL agree, and where they do not, by dialect:
 *
 *   word      = letter *(letter / digit / "_" / "$")
 *   string    = "'" … "'"               ; doubled quotes, in MySQL backslashes and double quotes too, in PostgreSQL E'…' and $tag$…$tag$, in T-SQL N'…'
 *   quoted    = '"' … '"' / "`" … "`" / "[" … "]"   ; identifiers, the last in T-SQL
 *   variable  = "@" ["@"] *(word / ".")
 *   comment   = "-- " … LF / slash-star … star-slash / "#" … LF ; the last in MySQL, which executes slash-star-"!" ones
 *
 * Linear in its input. What does not end (a string, a comment) ends with the text.
 */

export type SqlDialect = 'mysql' | 'postgres' | 'tsql'

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'parameter' | 'symbol'

export interface Token {
  readonly kind: TokenKind
  /** The value: without quotes, escapes undone. */
  readonly text: string
  /** Lower case, of words only; empty otherwise, so that a quoted identifier is never taken for a keyword. */
  readonly keyword: string
  /** Where it stands in the text. */
  readonly start: number
  readonly end: number
}

/** More than any statement has that is worth an answer; the rest is not looked at. */
const MAX_TOKENS = 8192

const SPACE = /[\s\0]+/y
const WORD = /[A-Za-z_\x80-\u{10ffff}][\w$\x80-\u{10ffff}]*/uy
const NUMBER = /(?:0x[0-9a-f]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)/iy
const VARIABLE = /@@?[\w$.]*/y
const PARAMETER = /\$\d+/y
const DOLLAR_QUOTE = /\$(?:[A-Za-z_]\w*)?\$/y
const SYMBOL = /::|<=>|<=|>=|<>|!=|\|\||&&|:=|!~\*|!~|~\*|[^\s]/uy
const LINE_COMMENT = /--(?=[\s]|$)[^\n]*/y
const ANY_LINE_COMMENT = /--[^\n]*/y
const HASH_COMMENT = /#[^\n]*/y
const EXECUTED = /\/\*M?!\d*/y

export class Lexer {
  readonly #text: string
  readonly #mysql: boolean
  readonly #tsql: boolean
  #at = 0

  constructor(text: string, dialect: SqlDialect) {
    this.#text = text
    this.#mysql = dialect === 'mysql'
    this.#tsql = dialect === 'tsql'
  }

  tokens(): Token[] {
    const tokens: Token[] = []
    while (tokens.length < MAX_TOKENS) {
      const token = this.#next()
      if (token === null) break
      tokens.push(token)
    }
    return tokens
  }

  #next(): Token | null {
    while (this.#skip());
    const start = this.#at
    if (start >= this.#text.length) return null
    const character = this.#text.charAt(start)
    if (character === "'" || (character === '"' && this.#mysql)) return this.#string(start, character, this.#mysql)
    if (character === '"' || (character === '`' && this.#mysql)) {
      return this.#make('quoted', start, this.#until(character, false))
    }
    if (character === '[' && this.#tsql) return this.#make('quoted', start, this.#until(']', false))
    const prefixed = this.#mysql ? null : this.#tsql ? /[nN]/ : /[eE]/
    if (prefixed?.test(character) && this.#text.charAt(start + 1) === "'") {
      this.#at++
      return this.#string(start, "'", !this.#tsql)
    }
    return this.#plain(start)
  }

  #plain(start: number): Token | null {
    const tag = this.#mysql || this.#tsql ? null : this.#match(DOLLAR_QUOTE)
    if (tag !== null) return this.#dollar(start, tag)
    const patterns: readonly (readonly [TokenKind, RegExp])[] = [
      ['word', WORD],
      ['number', NUMBER],
      this.#mysql || this.#tsql ? ['variable', VARIABLE] : ['parameter', PARAMETER],
      ['symbol', SYMBOL],
    ]
    for (const [kind, pattern] of patterns) {
      const text = this.#match(pattern)
      if (text !== null) return this.#make(kind, start, text)
    }
    this.#at++
    return this.#make('symbol', start, this.#text.charAt(start))
  }

  #make(kind: TokenKind, start: number, text: string): Token {
    return {kind, text, keyword: kind === 'word' ? text.toLowerCase() : '', start, end: this.#at}
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined || found === '') return null
    this.#at += found.length
    return found
  }

  /** Skips one run of space or one comment. */
  #skip(): boolean {
    if (this.#match(SPACE) !== null) return true
    if (this.#match(this.#mysql ? LINE_COMMENT : ANY_LINE_COMMENT) !== null) return true
    if (this.#mysql && this.#match(HASH_COMMENT) !== null) return true
    // What MySQL executes is read as if the marks around it were space.
    if (this.#mysql && (this.#match(EXECUTED) !== null || this.#text.startsWith('*/', this.#at))) {
      if (this.#text.startsWith('*/', this.#at)) this.#at += 2
      return true
    }
    if (!this.#text.startsWith('/*', this.#at)) return false
    const end = this.#text.indexOf('*/', this.#at + 2)
    this.#at = end < 0 ? this.#text.length : end + 2
    return true
  }

  #string(start: number, quote: string, backslashes: boolean): Token {
    return this.#make('string', start, this.#until(quote, backslashes))
  }

  #until(quote: string, backslashes: boolean): string {
    const pieces: string[] = []
    let from = ++this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at)
      if (backslashes && character === '\\') {
        pieces.push(this.#text.slice(from, this.#at), unescaped(this.#text.charAt(++this.#at)))
        from = this.#at + 1
      } else if (character === quote) {
        if (this.#text.charAt(this.#at + 1) !== quote) break
        pieces.push(this.#text.slice(from, ++this.#at))
        from = this.#at + 1
      }
    }
    pieces.push(this.#text.slice(from, this.#at))
    this.#at = Math.min(this.#at + 1, this.#text.length)
    return pieces.join('')
  }

  #dollar(start: number, tag: string): Token {
    const from = this.#at
    const end = this.#text.indexOf(tag, from)
    const until = end < 0 ? this.#text.length : end
    this.#at = end < 0 ? until : end + tag.length
    return this.#make('string', start, this.#text.slice(from, until))
  }
}

const ESCAPES: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', Z: '\x1a'}

const unescaped = (character: string): string => ESCAPES[character] ?? character

/** Statements of one text, with their tokens; empty ones are left out. */
export interface Statement {
  readonly tokens: readonly Token[]
  readonly text: string
}

export function splitStatements(text: string, dialect: SqlDialect): Statement[] {
  const statements: Statement[] = []
  let current: Token[] = []
  const finish = (): void => {
    const [first] = current
    const last = current.at(-1)
    if (first !== undefined && last !== undefined) {
      statements.push({tokens: current, text: text.slice(first.start, last.end)})
    }
    current = []
  }
  for (const token of new Lexer(text, dialect).tokens()) {
    if (token.kind === 'symbol' && token.text === ';') finish()
    else current.push(token)
  }
  finish()
  return statements
}

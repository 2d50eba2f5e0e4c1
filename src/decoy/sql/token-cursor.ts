/** Walks over the tokens of one statement. */
import {SqlSyntaxError} from './ast.ts'
import type {Statement, Token} from './lexer.ts'

export class TokenCursor {
  readonly #statement: Statement
  #next = 0

  constructor(statement: Statement) {
    this.#statement = statement
  }

  /** Tokens from the next one on, at most `count`. */
  ahead(count: number): readonly Token[] {
    return this.#statement.tokens.slice(this.#next, this.#next + count)
  }

  skip(count = 1): void {
    this.#next += count
  }

  /** As it was written, from where `start` stands to the end of the last token that was taken. */
  source(start: number): string {
    const {tokens, text} = this.#statement
    const origin = tokens[0]?.start ?? 0
    const end = tokens[this.#next - 1]?.end ?? start
    return text.slice(start - origin, end - origin)
  }

  list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.takeSymbol(',')) items.push(item())
    return items
  }

  name(): string {
    const token = this.take()
    if (token === undefined || !isName(token)) throw new SqlSyntaxError(token?.start ?? null)
    return token.text
  }

  peek(): Token | undefined {
    return this.#statement.tokens[this.#next]
  }

  take(): Token | undefined {
    return this.#statement.tokens[this.#next++]
  }

  takeWord(word: string): boolean {
    if (this.peek()?.keyword !== word) return false
    this.#next++
    return true
  }

  symbolIs(text: string): boolean {
    const token = this.peek()
    return token?.kind === 'symbol' && token.text === text
  }

  takeSymbol(text: string): boolean {
    if (!this.symbolIs(text)) return false
    this.#next++
    return true
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw new SqlSyntaxError(this.peek()?.start ?? null)
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw new SqlSyntaxError(this.peek()?.start ?? null)
  }
}

export const isName = ({kind}: Token): boolean => kind === 'word' || kind === 'quoted'

/**
 * Cuts a batch of Transact-SQL into statements, which need nothing between them: a word that begins one ends the one
 * before, outside of parentheses.
 */
import {Lexer, type Statement, type Token} from '../../../sql/lexer.ts'

const STARTERS = new Set(
  'select exec execute use set declare print insert update delete truncate create alter drop grant deny revoke backup restore dbcc kill bulk waitfor reconfigure shutdown begin commit rollback save if while return throw raiserror merge go'.split(
    ' ',
  ),
)
/** Statements with other statements or their words inside: they end at a semicolon. */
const SWALLOWING = new Set(
  'insert update delete create alter grant deny revoke if while begin merge with bulk backup restore'.split(' '),
)
/** What a SELECT follows without being a statement of its own. */
const BEFORE_SELECT = new Set(['union', 'all', 'except', 'intersect', 'as'])
/** More than any batch has that is worth an answer. */
const MAX_STATEMENTS = 64

export function splitBatch(text: string): Statement[] {
  const splitter = new Splitter(text)
  for (const token of new Lexer(text, 'tsql').tokens()) splitter.add(token)
  return splitter.finish()
}

class Splitter {
  readonly #text: string
  readonly #statements: Statement[] = []
  #current: Token[] = []
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  add(token: Token): void {
    const symbol = token.kind === 'symbol' ? token.text : ''
    if (symbol === ';' || (this.#depth === 0 && begins(token, this.#current))) this.#end()
    // GO belongs to client programs; one that comes through separates batches all the same.
    if (symbol === ';' || (token.keyword === 'go' && this.#current.length === 0)) return
    this.#depth += DEPTH[symbol] ?? 0
    this.#current.push(token)
  }

  finish(): Statement[] {
    this.#end()
    return this.#statements.slice(0, MAX_STATEMENTS)
  }

  #end(): void {
    const [first] = this.#current
    const last = this.#current.at(-1)
    if (first !== undefined && last !== undefined) {
      this.#statements.push({tokens: this.#current, text: this.#text.slice(first.start, last.end)})
    }
    this.#current = []
    this.#depth = 0
  }
}

const DEPTH: Readonly<Record<string, number>> = {'(': 1, ')': -1}

function begins({keyword}: Token, current: readonly Token[]): boolean {
  const [first] = current
  const last = current.at(-1)
  if (first === undefined || last === undefined || !STARTERS.has(keyword)) return false
  if (SWALLOWING.has(first.keyword) && !(first.keyword === 'begin' && current.length <= 2)) return false
  return keyword !== 'select' || !BEFORE_SELECT.has(last.keyword)
}

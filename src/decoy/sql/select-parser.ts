/**
 * Reads a SELECT by recursive descent, no deeper than `MAX_DEPTH`:
 *
 *   select = SELECT [ALL / DISTINCT] item *("," item) [FROM table [WHERE or] [ORDER BY …] [LIMIT …]]
 *   or     = and *(OR and)       and = not *(AND not)      not = [NOT] comparison
 *   comparison = sum [operator sum / IS [NOT] NULL / [NOT] IN (…) / [NOT] LIKE sum / [NOT] BETWEEN sum AND sum]
 *   sum    = term *(("+" / "-" / "||") term)    term = atom *(("*" / "/" / "%") atom)
 *   atom   = literal / column / variable / parameter / call / "(" or ")", each with casts that are skipped
 *
 * Joins, sub-queries, unions and groups are beyond it.
 */
import {type Expression, type Select, type SelectItem, SqlBeyondError, SqlSyntaxError, type TableName} from './ast.ts'
import type {Statement, Token} from './lexer.ts'
import {isName, TokenCursor} from './token-cursor.ts'

const MAX_DEPTH = 32
/** Words that end an expression or a table: none of them is an alias. */
const RESERVED = new Set(
  'from where order group having limit offset union intersect except join inner left right cross natural full on as and or not in is like ilike between asc desc into for procedure window fetch lock collate using case when then else end'.split(
    ' ',
  ),
)
const BEYOND = new Set('union intersect except group having window join inner left right cross natural full'.split(' '))
/** Hints of MySQL behind SELECT. */
const MODIFIERS = new Set('sql_no_cache sql_cache sql_calc_found_rows high_priority straight_join'.split(' '))
const COMPARISONS = new Set(['=', '<>', '!=', '<', '>', '<=', '>=', '<=>', '~', '~*', '!~', '!~*'])
/** Functions that MySQL and PostgreSQL call without parentheses. */
const BARE_CALLS = new Set(
  'current_user session_user user current_date current_timestamp current_time localtime localtimestamp current_catalog current_schema current_role'.split(
    ' ',
  ),
)

export function parseSelect(statement: Statement): Select {
  return new SelectParser(statement).select()
}

class SelectParser {
  readonly #cursor: TokenCursor
  #depth = 0

  constructor(statement: Statement) {
    this.#cursor = new TokenCursor(statement)
  }

  select(): Select {
    this.#cursor.expectWord('select')
    if (this.#cursor.takeWord('distinct')) throw new SqlBeyondError('distinct')
    this.#cursor.takeWord('all')
    while (MODIFIERS.has(this.#cursor.peek()?.keyword ?? '')) this.#cursor.skip()
    const items = this.#cursor.list(() => this.#item())
    if (this.#cursor.takeWord('into')) throw new SqlBeyondError('into')
    const from = this.#cursor.takeWord('from') ? this.#table() : null
    if (this.#cursor.symbolIs(',')) throw new SqlBeyondError('join')
    const where = this.#cursor.takeWord('where') ? this.#or() : null
    const order = this.#order()
    const {limit, offset} = this.#limit()
    const left = this.#cursor.peek()
    if (left !== undefined && BEYOND.has(left.keyword)) throw new SqlBeyondError(left.keyword)
    if (left !== undefined) throw new SqlSyntaxError(left.start)
    return {items, from, where, order, limit, offset}
  }

  #item(): SelectItem {
    const start = this.#cursor.peek()?.start ?? 0
    if (this.#cursor.takeSymbol('*')) return {expression: null, alias: null, source: '*'}
    const [first, dot, star] = this.#cursor.ahead(3)
    if (first !== undefined && isName(first) && dot?.text === '.' && star?.kind === 'symbol' && star.text === '*') {
      this.#cursor.skip(3)
      return {expression: null, alias: null, source: '*'}
    }
    const expression = this.#or()
    return {expression, alias: this.#alias(), source: this.#cursor.source(start)}
  }

  #alias(): string | null {
    const named = this.#cursor.takeWord('as')
    const token = this.#cursor.peek()
    if (token !== undefined && (isName(token) || (named && token.kind === 'string'))) {
      if (!named && RESERVED.has(token.keyword)) return null
      this.#cursor.skip()
      return token.text
    }
    if (named) throw new SqlSyntaxError(token?.start ?? null)
    return null
  }

  #table(): TableName {
    if (this.#cursor.symbolIs('(')) throw new SqlBeyondError('sub-query')
    const parts = [this.#cursor.name()]
    while (this.#cursor.takeSymbol('.')) parts.push(this.#cursor.name())
    if (this.#cursor.symbolIs('(')) throw new SqlBeyondError('function in FROM')
    const name = parts.at(-1) ?? ''
    return {schema: parts.at(-2) ?? null, name, alias: this.#alias()}
  }

  #order(): Select['order'] {
    if (!this.#cursor.takeWord('order')) return []
    this.#cursor.expectWord('by')
    return this.#cursor.list(() => {
      const by = this.#or()
      const descending = this.#cursor.takeWord('desc')
      if (!descending) this.#cursor.takeWord('asc')
      if (this.#cursor.takeWord('nulls')) this.#cursor.skip()
      return {by, descending}
    })
  }

  #limit(): {limit: number | null; offset: number} {
    let limit: number | null = null
    let offset = 0
    for (;;) {
      if (this.#cursor.takeWord('limit')) {
        limit = this.#cursor.takeWord('all') ? null : this.#count()
        if (this.#cursor.takeSymbol(',')) {
          offset = limit ?? 0
          limit = this.#count()
        }
      } else if (this.#cursor.takeWord('offset')) {
        offset = this.#count()
      } else return {limit, offset}
    }
  }

  #count(): number {
    const token = this.#cursor.take()
    if (token?.kind === 'parameter') throw new SqlBeyondError('parameter in LIMIT')
    if (token?.kind !== 'number') throw new SqlSyntaxError(token?.start ?? null)
    return Math.min(Number(token.text), Number.MAX_SAFE_INTEGER)
  }

  #or(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new SqlBeyondError('depth')
    let left = this.#and()
    while (this.#cursor.takeWord('or')) left = {type: 'binary', operator: 'or', left, right: this.#and()}
    this.#depth--
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.#cursor.takeWord('and') || this.#cursor.takeSymbol('&&')) {
      left = {type: 'binary', operator: 'and', left, right: this.#not()}
    }
    return left
  }

  #not(): Expression {
    let inverted = false
    while (this.#cursor.takeWord('not')) inverted = !inverted
    const operand = this.#comparison()
    return inverted ? {type: 'not', operand} : operand
  }

  #comparison(): Expression {
    const left = this.#sum()
    if (this.#cursor.takeWord('is')) {
      const not = this.#cursor.takeWord('not')
      this.#cursor.expectWord('null')
      return {type: 'null-test', operand: left, not}
    }
    const operator = this.#cursor.peek()
    if (operator?.kind === 'symbol' && COMPARISONS.has(operator.text)) {
      this.#cursor.skip()
      return {type: 'binary', operator: operator.text, left, right: this.#sum()}
    }
    const not = this.#cursor.takeWord('not')
    const compared = this.#wordComparison(left, not)
    if (compared !== null) return compared
    if (not) throw new SqlSyntaxError(this.#cursor.peek()?.start ?? null)
    return left
  }

  #wordComparison(left: Expression, not: boolean): Expression | null {
    const inverted = (expression: Expression): Expression => (not ? {type: 'not', operand: expression} : expression)
    if (this.#cursor.takeWord('in')) {
      this.#cursor.expectSymbol('(')
      if (this.#cursor.peek()?.keyword === 'select') throw new SqlBeyondError('sub-query')
      const list = this.#cursor.list(() => this.#or())
      this.#cursor.expectSymbol(')')
      return {type: 'in', operand: left, list, not}
    }
    for (const operator of ['like', 'ilike', 'rlike', 'regexp']) {
      if (this.#cursor.takeWord(operator)) return inverted({type: 'binary', operator, left, right: this.#sum()})
    }
    if (!this.#cursor.takeWord('between')) return null
    const low = this.#sum()
    this.#cursor.expectWord('and')
    const high = this.#sum()
    return inverted({
      type: 'binary',
      operator: 'and',
      left: {type: 'binary', operator: '>=', left, right: low},
      right: {type: 'binary', operator: '<=', left, right: high},
    })
  }

  #sum(): Expression {
    return this.#chain(['+', '-', '||'], () => this.#chain(['*', '/', '%'], () => this.#atom()))
  }

  #chain(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand()
    for (;;) {
      const operator = operators.find((each) => this.#cursor.takeSymbol(each))
      if (operator === undefined) return left
      left = {type: 'binary', operator, left, right: operand()}
    }
  }

  #atom(): Expression {
    const token = this.#cursor.take()
    if (token === undefined) throw new SqlSyntaxError(null)
    const expression = this.#primary(token)
    while (this.#cursor.takeSymbol('::')) this.#typeName()
    return expression
  }

  #primary(token: Token): Expression {
    switch (token.kind) {
      case 'string':
        return {type: 'literal', value: token.text}
      case 'number':
        return {type: 'literal', value: Number(token.text)}
      case 'variable':
        return {type: 'variable', name: token.text}
      case 'parameter':
        return {type: 'parameter', index: Number(token.text.slice(1))}
      case 'symbol':
        return this.#signed(token)
      default:
        return this.#named(token)
    }
  }

  #signed(token: Token): Expression {
    if (token.text === '-' || token.text === '+') {
      if (++this.#depth > MAX_DEPTH) throw new SqlBeyondError('depth')
      const operand = this.#atom()
      this.#depth--
      return token.text === '+' ? operand : {type: 'negate', operand}
    }
    if (token.text !== '(') throw new SqlSyntaxError(token.start)
    if (this.#cursor.peek()?.keyword === 'select') throw new SqlBeyondError('sub-query')
    const inner = this.#or()
    this.#cursor.expectSymbol(')')
    return inner
  }

  #named(token: Token): Expression {
    const word = token.keyword
    if (word === 'null') return {type: 'literal', value: null}
    if (word === 'true' || word === 'false') return {type: 'literal', value: word === 'true'}
    if (word === 'case' || word === 'exists' || word === 'array' || word === 'cast' || word === 'interval') {
      throw new SqlBeyondError(word)
    }
    if (RESERVED.has(word)) throw new SqlSyntaxError(token.start)
    const path = [token.text]
    while (this.#cursor.takeSymbol('.')) path.push(this.#cursor.name())
    const name = path.at(-1) ?? ''
    if (this.#cursor.takeSymbol('(')) return this.#call(name.toLowerCase())
    if (BARE_CALLS.has(word) && path.length === 1) return {type: 'call', name: word, args: [], star: false}
    return {type: 'column', table: path.at(-2) ?? null, name}
  }

  #call(name: string): Expression {
    if (this.#cursor.takeSymbol('*')) {
      this.#cursor.expectSymbol(')')
      return {type: 'call', name, args: [], star: true}
    }
    if (this.#cursor.takeSymbol(')')) return {type: 'call', name, args: [], star: false}
    if (this.#cursor.peek()?.keyword === 'select' || this.#cursor.peek()?.keyword === 'distinct')
      throw new SqlBeyondError('call')
    const args = this.#cursor.list(() => this.#or())
    this.#cursor.expectSymbol(')')
    return {type: 'call', name, args, star: false}
  }

  #typeName(): void {
    this.#cursor.name()
    while (this.#cursor.takeSymbol('.')) this.#cursor.name()
    while (this.#cursor.takeSymbol('[')) this.#cursor.expectSymbol(']')
  }
}

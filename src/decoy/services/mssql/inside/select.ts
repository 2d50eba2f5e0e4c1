/** SELECT of Transact-SQL, brought to what the common parser reads: TOP, names of four parts, CAST, `+` of texts. */
import {type Expression, type Select, type SelectItem, SqlSyntaxError} from '../../../sql/ast.ts'
import {runSelect} from '../../../sql/evaluate.ts'
import type {Statement, Token} from '../../../sql/lexer.ts'
import {parseSelect} from '../../../sql/select-parser.ts'
import type {ResultSet} from '../tds/rows.ts'
import {callFunction, type Effects, globalVariable} from './functions.ts'
import {BatchError, invalidColumn, invalidObject, logFull, syntaxNear, turnedOff} from './refusals.ts'
import type {SessionState} from './session-state.ts'
import {findRelation} from './views.ts'

/** Names that are functions without parentheses. */
const BARE = new Set(['system_user', 'current_user', 'session_user', 'user', 'current_timestamp'])
const MAX_NAME_PARTS = 4
const CAST = /^(?:try_)?cast$/
const MAX_CASTS = 64
/** What no relation is called. */
const CLAUSES = new Set(['where', 'order', 'group', 'having', 'select', 'union', 'join'])

export function select(statement: Statement, state: SessionState, effects: Effects): ResultSet {
  const words = statement.tokens.map(({keyword}) => keyword)
  if (words.includes('openrowset') || words.includes('opendatasource')) {
    throw turnedOff('OPENROWSET', 'Ad Hoc Distributed Queries')
  }
  if (words.includes('into')) throw logFull(state.database)
  const {tokens, top} = withoutTop(withoutHints(withoutCasts(statement.tokens)))
  const {rest, path} = withoutPath(tokens)
  const parsed = rewritten(parseSelect({...statement, tokens: rest}))
  const relation = path === null ? null : findRelation(state, path)
  if (relation === null && parsed.from !== null) throw invalidObject(parsed.from.name)
  if (relation === null && parsed.items.some(({expression}) => expression === null)) {
    throw new BatchError(263, 16, 1, 'Must specify table to select from.')
  }
  const {columns, rows} = runSelect(
    {...parsed, limit: top === null ? parsed.limit : Math.min(top, parsed.limit ?? top)},
    relation,
    {
      label: (_, expression) => (expression.type === 'column' ? expression.name : ''),
      unknownColumn: (_, name) => invalidColumn(name),
      variable: (name) => globalVariable(name, state),
      call: (name, args) => callFunction(name, args, state, effects),
      parameter: () => null,
    },
  )
  return {columns, rows}
}

/** `CAST(x AS type)` becomes `cast_(x)`: of the types nothing is played but their names. */
function withoutCasts(tokens: readonly Token[]): Token[] {
  const casts = tokens.flatMap(({keyword}, at) => (CAST.test(keyword) && tokens[at + 1]?.text === '(' ? [at] : []))
  const left = [...tokens]
  // From the innermost on, so that the types within others are gone already.
  for (const at of casts.slice(0, MAX_CASTS).reverse()) {
    const {as, end} = castPlaces(left, at + 1)
    const cast = left[at]
    if (cast === undefined || as < 0 || end < 0) continue
    left.splice(as, end - as)
    left[at] = {...cast, keyword: 'cast_', text: 'cast_'}
  }
  return left
}

/** Where the type begins and the parentheses that open at `open` end. */
function castPlaces(tokens: readonly Token[], open: number): {as: number; end: number} {
  let as = -1
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'symbol') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0
    if (depth === 0) return {as, end: at}
    if (depth === 1 && token?.keyword === 'as') as = at
  }
  return {as, end: -1}
}

/** `WITH (NOLOCK)` and `FOR XML …` change nothing that is shown here. */
function withoutHints(tokens: readonly Token[]): Token[] {
  const with_ = tokens.findIndex(({keyword}, index) => keyword === 'with' && tokens[index + 1]?.text === '(')
  if (with_ < 0) return [...tokens]
  const end = tokens.findIndex(({kind, text}, index) => index > with_ && kind === 'symbol' && text === ')')
  return end < 0 ? [...tokens] : [...tokens.slice(0, with_), ...tokens.slice(end + 1)]
}

function withoutTop(tokens: readonly Token[]): {tokens: Token[]; top: number | null} {
  const at = tokens.findIndex(({keyword}) => keyword !== 'select' && keyword !== 'distinct' && keyword !== 'all')
  if (tokens[at]?.keyword !== 'top') return {tokens: [...tokens], top: null}
  const bracketed = tokens[at + 1]?.text === '('
  const count = tokens[at + (bracketed ? 2 : 1)]
  if (count?.kind !== 'number') throw syntaxNear(count?.text ?? 'top')
  const used = bracketed ? 4 : 2
  return {tokens: [...tokens.slice(0, at), ...tokens.slice(at + used)], top: Number(count.text)}
}

/** The names after FROM, the object's own last; an empty one stands for the default. */
function withoutPath(tokens: readonly Token[]): {rest: Token[]; path: string[] | null} {
  const from = tokens.findIndex(({keyword}) => keyword === 'from')
  const first = tokens[from + 1]
  if (from >= 0 && CLAUSES.has(first?.keyword ?? '')) throw new SqlSyntaxError(first?.start ?? null)
  if (from < 0 || first === undefined || (first.kind !== 'word' && first.kind !== 'quoted')) {
    return {rest: [...tokens], path: null}
  }
  const path = [first.text]
  let at = from + 2
  while (tokens[at]?.text === '.' && path.length < MAX_NAME_PARTS) {
    const next = tokens[at + 1]
    if (next?.kind === 'word' || next?.kind === 'quoted') {
      path.push(next.text)
      at += 2
    } else {
      path.push('')
      at += 1
    }
  }
  const last = tokens[at - 1] ?? first
  return {rest: [...tokens.slice(0, from + 1), last, ...tokens.slice(at)], path}
}

const rewritten = (parsed: Select): Select => ({
  ...parsed,
  items: parsed.items.map(
    (item): SelectItem => (item.expression === null ? item : {...item, expression: rewrite(item.expression)}),
  ),
  where: parsed.where === null ? null : rewrite(parsed.where),
  order: parsed.order.map((each) => ({...each, by: rewrite(each.by)})),
})

function rewrite(expression: Expression): Expression {
  switch (expression.type) {
    case 'column':
      return expression.table === null && BARE.has(expression.name.toLowerCase())
        ? {type: 'call', name: expression.name.toLowerCase(), args: [], star: false}
        : expression
    case 'call': {
      const args = expression.args.map(rewrite)
      const [, converted] = args
      // The type comes first, and is read as a column or a call.
      if (/^(?:try_)?convert$/.test(expression.name) && converted !== undefined) return converted
      return {...expression, args}
    }
    case 'not':
    case 'negate':
    case 'null-test':
      return {...expression, operand: rewrite(expression.operand)}
    case 'in':
      return {...expression, operand: rewrite(expression.operand), list: expression.list.map(rewrite)}
    case 'binary': {
      const [left, right] = [rewrite(expression.left), rewrite(expression.right)]
      if (expression.operator === '+') return {type: 'call', name: '+', args: [left, right], star: false}
      return {...expression, left, right}
    }
    default:
      return expression
  }
}

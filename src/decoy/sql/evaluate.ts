/** Answers a SELECT from one relation that is held in memory. */
import {type Expression, type Select, type SelectItem, SqlBeyondError, type SqlValue} from './ast.ts'

export type ColumnType = 'integer' | 'text' | 'timestamp' | 'decimal' | 'boolean'

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

export interface Relation {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly SqlValue[])[]
}

export interface ResultColumn extends Column {
  /** The column of the table that it shows as it is. */
  readonly origin: string | null
}

export interface SelectResult {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly SqlValue[])[]
}

/** What of a SELECT belongs to the product and the session. Each throws the product's own error for unknown names. */
export interface Environment {
  /** The name of a column without an alias. */
  label(item: SelectItem, expression: Expression): string
  unknownColumn(table: string | null, name: string): Error
  variable(name: string): SqlValue
  call(name: string, args: readonly SqlValue[]): SqlValue
  parameter(index: number): SqlValue
  /** Where a quotient is another than that of the numbers, or NULL by zero. */
  divide?(left: number, right: number): SqlValue
}

const AGGREGATES = new Set(['count', 'max', 'min', 'sum', 'avg'])
const MAX_ROWS = 10_000

export function runSelect(select: Select, relation: Relation | null, environment: Environment): SelectResult {
  return new Evaluation(relation, environment).run(select)
}

class Evaluation {
  readonly #relation: Relation
  readonly #environment: Environment
  readonly #columns: ReadonlyMap<string, number>

  constructor(relation: Relation | null, environment: Environment) {
    // Without FROM there is one row without columns.
    this.#relation = relation ?? {columns: [], rows: [[]]}
    this.#environment = environment
    this.#columns = new Map(this.#relation.columns.map(({name}, index) => [name.toLowerCase(), index]))
  }

  run(select: Select): SelectResult {
    const {where} = select
    const items = select.items.flatMap((item) => this.#expand(item))
    const matching = this.#relation.rows.filter((row) => where === null || truth(this.#value(where, row)))
    const rows = items.some(({expression}) => aggregates(expression))
      ? [items.map(({expression}) => this.#aggregate(expression, matching))]
      : this.#page(select, items, matching).map((row) => items.map(({expression}) => this.#value(expression, row)))
    return {columns: items.map((item, index) => this.#column(item, rows[0]?.[index] ?? null)), rows}
  }

  #page(
    {order, limit, offset}: Select,
    items: readonly {readonly expression: Expression}[],
    rows: readonly (readonly SqlValue[])[],
  ): readonly (readonly SqlValue[])[] {
    // A number is the position of an item.
    const keys = order.map(({by, descending}) => {
      const position = by.type === 'literal' && typeof by.value === 'number' ? items[by.value - 1] : undefined
      return {by: position?.expression ?? by, descending}
    })
    const sorted = keys.length === 0 ? rows : [...rows].sort((left, right) => this.#compareBy(keys, left, right))
    return sorted.slice(offset, offset + Math.min(limit ?? MAX_ROWS, MAX_ROWS))
  }

  #compareBy(order: Select['order'], left: readonly SqlValue[], right: readonly SqlValue[]): number {
    for (const {by, descending} of order) {
      const compared = compare(this.#value(by, left), this.#value(by, right)) ?? 0
      if (compared !== 0) return descending ? -compared : compared
    }
    return 0
  }

  #expand(item: SelectItem): {item: SelectItem; expression: Expression}[] {
    if (item.expression !== null) return [{item, expression: item.expression}]
    return this.#relation.columns.map(({name}) => ({
      item: {...item, alias: name},
      expression: {type: 'column', table: null, name},
    }))
  }

  #column({item, expression}: {item: SelectItem; expression: Expression}, first: SqlValue): ResultColumn {
    const name = item.alias ?? this.#environment.label(item, expression)
    const column = expression.type === 'column' ? this.#columns.get(expression.name.toLowerCase()) : undefined
    const known = column === undefined ? undefined : this.#relation.columns[column]
    if (known !== undefined) return {name, type: known.type, origin: known.name}
    return {name, type: typeOf(first), origin: null}
  }

  #aggregate(expression: Expression, rows: readonly (readonly SqlValue[])[]): SqlValue {
    if (expression.type !== 'call' || !AGGREGATES.has(expression.name)) {
      return this.#value(expression, rows[0] ?? this.#relation.columns.map(() => null))
    }
    const [argument] = expression.args
    if (expression.star || argument === undefined) return rows.length
    const values = rows.map((row) => this.#value(argument, row)).filter((value) => value !== null)
    if (expression.name === 'count') return values.length
    if (values.length === 0) return null
    const numbers = values.map(Number)
    const sum = numbers.reduce((total, each) => total + each, 0)
    if (expression.name === 'sum') return Number(sum.toFixed(4))
    if (expression.name === 'avg') return Number((sum / numbers.length).toFixed(4))
    const sorted = [...values].sort((left, right) => compare(left, right) ?? 0)
    return (expression.name === 'max' ? sorted.at(-1) : sorted[0]) ?? null
  }

  #value(expression: Expression, row: readonly SqlValue[]): SqlValue {
    switch (expression.type) {
      case 'literal':
        return expression.value
      case 'column':
        return this.#cell(expression.table, expression.name, row)
      case 'variable':
        return this.#environment.variable(expression.name)
      case 'parameter':
        return this.#environment.parameter(expression.index)
      case 'call':
        if (AGGREGATES.has(expression.name)) throw new SqlBeyondError('nested aggregate')
        return this.#environment.call(
          expression.name,
          expression.args.map((argument) => this.#value(argument, row)),
        )
      case 'not': {
        const operand = this.#value(expression.operand, row)
        return operand === null ? null : !truth(operand)
      }
      case 'negate': {
        const operand = this.#value(expression.operand, row)
        return operand === null ? null : -Number(operand)
      }
      case 'null-test':
        return (this.#value(expression.operand, row) === null) !== expression.not
      case 'in':
        return this.#in(expression, row)
      case 'binary':
        return this.#binary(expression.operator, this.#value(expression.left, row), this.#value(expression.right, row))
      default:
        return expression satisfies never
    }
  }

  #binary(operator: string, left: SqlValue, right: SqlValue): SqlValue {
    if (operator !== '/' || left === null || right === null) return binary(operator, left, right)
    const [dividend, divisor] = [Number(left), Number(right)]
    return this.#environment.divide?.(dividend, divisor) ?? arithmetic(dividend / divisor)
  }

  #cell(table: string | null, name: string, row: readonly SqlValue[]): SqlValue {
    const index = this.#columns.get(name.toLowerCase())
    if (index === undefined) throw this.#environment.unknownColumn(table, name)
    return row[index] ?? null
  }

  #in({operand, list, not}: Extract<Expression, {type: 'in'}>, row: readonly SqlValue[]): SqlValue {
    const value = this.#value(operand, row)
    if (value === null) return null
    return list.some((item) => compare(value, this.#value(item, row)) === 0) !== not
  }
}

function aggregates(expression: Expression): boolean {
  return expression.type === 'call' && AGGREGATES.has(expression.name)
}

export function truth(value: SqlValue): boolean {
  if (typeof value === 'string') return Number.parseFloat(value) !== 0 && !Number.isNaN(Number.parseFloat(value))
  return value !== null && value !== false && value !== 0
}

function typeOf(value: SqlValue): ColumnType {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal'
  return 'text'
}

/** Negative, zero or positive; null when either is null. Text is compared without regard to case. */
function compare(left: SqlValue, right: SqlValue): number | null {
  if (left === null || right === null) return null
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [left.toLowerCase(), right.toLowerCase()]
    if (a === b) return 0
    return a < b ? -1 : 1
  }
  const difference = Number(left) - Number(right)
  return Number.isNaN(difference) ? (Number.isNaN(Number(left)) ? -1 : 1) : difference
}

function binary(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  if (operator === 'and') return left === null || right === null ? null : truth(left) && truth(right)
  if (operator === 'or') return truth(left) || truth(right)
  if (operator === '<=>') return left === right || compare(left, right) === 0
  if (left === null || right === null) return null
  const compared = COMPARE[operator]
  if (compared !== undefined) return compared(compare(left, right) ?? 0)
  const computed = COMPUTE[operator]
  if (computed !== undefined) return arithmetic(computed(Number(left), Number(right)))
  if (operator === '||') return `${left}${right}`
  if (operator === 'like' || operator === 'ilike') return like(String(left), String(right))
  throw new SqlBeyondError(operator)
}

const COMPARE: Readonly<Record<string, (compared: number) => boolean>> = {
  '=': (compared) => compared === 0,
  '<>': (compared) => compared !== 0,
  '!=': (compared) => compared !== 0,
  '<': (compared) => compared < 0,
  '>': (compared) => compared > 0,
  '<=': (compared) => compared <= 0,
  '>=': (compared) => compared >= 0,
}

const COMPUTE: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '%': (left, right) => left % right,
}

const arithmetic = (value: number): SqlValue => (Number.isFinite(value) ? value : null)

/** `%` and `_`, without backtracking further than to the last `%`: linear in the product of the lengths at worst. */
export function like(text: string, pattern: string): boolean {
  const subject = text.toLowerCase()
  const wanted = pattern.toLowerCase()
  let [at, next, star, mark] = [0, 0, -1, 0]
  while (at < subject.length) {
    const character = wanted[next]
    if (character === '%') {
      star = next++
      mark = at
    } else if (character === '_' || literal(wanted, next) === subject[at]) {
      next += character === '\\' ? 2 : 1
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++mark
    } else return false
  }
  while (wanted[next] === '%') next++
  return next >= wanted.length
}

const literal = (pattern: string, at: number): string | undefined =>
  pattern[at] === '\\' ? pattern[at + 1] : pattern[at]

/** What is understood of a SELECT: one relation, conditions, order and limit. */

export type SqlValue = string | number | boolean | null

export type Expression =
  | {readonly type: 'literal'; readonly value: SqlValue}
  | {readonly type: 'column'; readonly table: string | null; readonly name: string}
  | {readonly type: 'variable'; readonly name: string}
  | {readonly type: 'parameter'; readonly index: number}
  | {readonly type: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly star: boolean}
  | {readonly type: 'not' | 'negate'; readonly operand: Expression}
  | {readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression}
  | {readonly type: 'in'; readonly operand: Expression; readonly list: readonly Expression[]; readonly not: boolean}
  | {readonly type: 'null-test'; readonly operand: Expression; readonly not: boolean}

export interface SelectItem {
  /** Null: `*`. */
  readonly expression: Expression | null
  readonly alias: string | null
  /** As it was written. */
  readonly source: string
}

export interface TableName {
  readonly schema: string | null
  readonly name: string
  readonly alias: string | null
}

export interface Select {
  readonly items: readonly SelectItem[]
  readonly from: TableName | null
  readonly where: Expression | null
  readonly order: readonly {readonly by: Expression; readonly descending: boolean}[]
  readonly limit: number | null
  readonly offset: number
}

/** Not what the grammar allows: the product's own syntax error, at this token; null: at the end. */
export class SqlSyntaxError extends Error {
  readonly at: number | null

  constructor(at: number | null) {
    super('syntax error')
    this.name = 'SqlSyntaxError'
    this.at = at
  }
}

/** Right SQL perhaps, but more than is played here. */
export class SqlBeyondError extends Error {
  constructor(what: string) {
    super(`beyond what is played: ${what}`)
    this.name = 'SqlBeyondError'
  }
}

/** How values compare and are reached (mongodb.com/docs/manual/reference/bson-type-comparison-order). */
import {
  Binary,
  type BsonDocument,
  type BsonValue,
  isArray,
  isDocument,
  numeric,
  ObjectId,
} from '../../codecs/bson/values.ts'

/** Less than, equal to or greater than zero; null: of kinds that do not compare. */
export function compare(left: BsonValue | undefined, right: BsonValue | undefined): number | null {
  const [a, b] = [numeric(left), numeric(right)]
  if (a !== null && b !== null) return a - b
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime()
  if (left instanceof ObjectId && right instanceof ObjectId)
    return left.hex < right.hex ? -1 : left.hex > right.hex ? 1 : 0
  return null
}

export function equal(left: BsonValue | undefined, right: BsonValue | undefined): boolean {
  if ((left ?? null) === null || (right ?? null) === null) return (left ?? null) === (right ?? null)
  if (left instanceof Binary && right instanceof Binary) return left.bytes.equals(right.bytes)
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index]))
  }
  if (isDocument(left) && isDocument(right)) return sameFields(left, right)
  return compare(left, right) === 0
}

/** In the same order, too. */
function sameFields(left: BsonDocument, right: BsonDocument): boolean {
  const others = [...right]
  return (
    left.size === others.length &&
    [...left].every(([name, value], index) => name === others[index]?.[0] && equal(value, others[index]?.[1]))
  )
}

const KINDS = ['undefined', 'null', 'number', 'string', 'object', 'array', 'binary', 'id', 'boolean', 'date', 'other']

function kind(value: BsonValue | undefined): number {
  const name = (): string => {
    if (value === undefined) return 'undefined'
    if (value === null) return 'null'
    if (numeric(value) !== null) return 'number'
    if (typeof value === 'string') return 'string'
    if (isDocument(value)) return 'object'
    if (isArray(value)) return 'array'
    if (value instanceof Binary) return 'binary'
    if (value instanceof ObjectId) return 'id'
    if (typeof value === 'boolean') return 'boolean'
    return value instanceof Date ? 'date' : 'other'
  }
  return KINDS.indexOf(name())
}

/** For sorting: values of different kinds in the order of their kinds. */
export const order = (left: BsonValue | undefined, right: BsonValue | undefined): number =>
  compare(left, right) ?? kind(left) - kind(right)

/** The value at a path of names with dots; undefined: there is none. */
export function at(document: BsonDocument, path: string): BsonValue | undefined {
  let value: BsonValue | undefined = document
  for (const name of path.split('.', 16)) {
    if (isDocument(value)) value = value.get(name)
    else if (isArray(value)) value = value[Number(name)]
    else return undefined
  }
  return value
}

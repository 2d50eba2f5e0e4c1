/** Query filters: what clients, scripts and intruders really ask. Nothing of a filter is ever run as code. */
import {type BsonDocument, type BsonValue, isArray, isDocument, numeric, Regex} from '../../codecs/bson/values.ts'
import {at, compare, equal} from './compare.ts'
import {CommandError} from './errors.ts'

type Test = (value: BsonValue | undefined, operand: BsonValue) => boolean

/** Characters of a pattern and of a text that are looked at: patterns are an attacker's. */
const MAX_PATTERN = 64
const MAX_TEXT = 256
const MAX_ITEMS = 256

export function accepts(document: BsonDocument, filter: BsonDocument): boolean {
  return [...filter].every(([name, condition]) => {
    const combine = COMBINATIONS[name]
    if (combine !== undefined) return combine(document, alternatives(name, condition))
    if (name === '$comment') return true
    if (name.startsWith('$')) throw new CommandError('BadValue', `unknown top level operator: ${name}`)
    return satisfies(at(document, name), condition)
  })
}

const COMBINATIONS: Readonly<Record<string, (document: BsonDocument, filters: readonly BsonDocument[]) => boolean>> = {
  $and: (document, filters) => filters.every((each) => accepts(document, each)),
  $or: (document, filters) => filters.some((each) => accepts(document, each)),
  $nor: (document, filters) => !filters.some((each) => accepts(document, each)),
}

function alternatives(name: string, value: BsonValue): readonly BsonDocument[] {
  if (!isArray(value)) throw new CommandError('BadValue', `${name} must be an array`)
  if (value.length === 0) throw new CommandError('BadValue', '$and/$or/$nor must be a nonempty array')
  return value.map((each) => {
    if (isDocument(each)) return each
    throw new CommandError('BadValue', '$or/$and/$nor entries need to be full objects')
  })
}

const isOperators = (value: BsonValue): value is BsonDocument =>
  isDocument(value) && [...value.keys()][0]?.startsWith('$') === true

function satisfies(value: BsonValue | undefined, condition: BsonValue): boolean {
  if (condition instanceof Regex) return like(value, condition.pattern, condition.options)
  if (!isOperators(condition)) return anyOf(value, (item) => equal(item, condition))
  const options = condition.get('$options')
  return [...condition].every(([operator, operand]) => {
    if (operator === '$options') return true
    if (operator === '$regex') {
      const pattern = operand instanceof Regex ? operand.pattern : String(operand)
      return like(value, pattern, typeof options === 'string' ? options : '')
    }
    const test = TESTS[operator]
    if (test === undefined) throw new CommandError('BadValue', `unknown operator: ${operator}`)
    return test(value, operand)
  })
}

/** An array satisfies what one of its first items does. */
function anyOf(value: BsonValue | undefined, test: (item: BsonValue | undefined) => boolean): boolean {
  return test(value) || (isArray(value) && value.slice(0, MAX_ITEMS).some((item) => test(item)))
}

const comparing =
  (right: (difference: number) => boolean): Test =>
  (value, operand) =>
    anyOf(value, (item) => {
      const difference = compare(item, operand)
      return difference !== null && right(difference)
    })

const among: Test = (value, operand) =>
  isArray(operand) && operand.some((each) => anyOf(value, (item) => equal(item, each)))

const TESTS: Readonly<Record<string, Test>> = {
  $eq: (value, operand) => anyOf(value, (item) => equal(item, operand)),
  $ne: (value, operand) => !anyOf(value, (item) => equal(item, operand)),
  $gt: comparing((difference) => difference > 0),
  $gte: comparing((difference) => difference >= 0),
  $lt: comparing((difference) => difference < 0),
  $lte: comparing((difference) => difference <= 0),
  $in: among,
  $nin: (value, operand) => !among(value, operand),
  $exists: (value, operand) => (value !== undefined) === (operand === true || (numeric(operand) ?? 0) !== 0),
  $not: (value, operand) => !satisfies(value, operand),
  $size: (value, operand) => isArray(value) && value.length === numeric(operand),
  $type: () => true,
  $elemMatch: (value, operand) =>
    isArray(value) && isDocument(operand) && value.some((item) => isDocument(item) && accepts(item, operand)),
}

/** Anchors, literals, `.` and `.*`: a pattern with more matches nothing, as it would have to be run to be known. */
function like(value: BsonValue | undefined, pattern: string, options: string): boolean {
  const inner = /^\^?(.*?)\$?$/s.exec(pattern.slice(0, MAX_PATTERN))?.[1] ?? ''
  if (pattern.length > MAX_PATTERN || /[()[\]{}|+?]|\\[a-zA-Z0-9]/.test(inner)) return false
  const fold = (text: string) => (options.includes('i') ? text.toLowerCase() : text)
  const parts = fold(inner)
    .split(/(?<!\\)\.\*/)
    .map((part) => part.replace(/\\(.)/g, '$1'))
  return anyOf(value, (item) => {
    if (typeof item !== 'string') return false
    return inOrder(fold(item.slice(0, MAX_TEXT)), parts, pattern.startsWith('^'), pattern.endsWith('$'))
  })
}

function inOrder(text: string, parts: readonly string[], fromStart: boolean, toEnd: boolean): boolean {
  let from = 0
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    const found = last && toEnd ? text.lastIndexOf(part) : text.indexOf(part, from)
    if (found < from || (index === 0 && fromStart && found !== 0)) return false
    from = found + part.length
  }
  return !toEnd || from === text.length
}

/** Sorting, projecting and aggregating, as far as lists of documents are really asked for. */
import {type BsonDocument, type BsonValue, Double, isArray, isDocument, numeric} from '../../codecs/bson/values.ts'
import {at, equal, order} from './compare.ts'
import {CommandError} from './errors.ts'
import {accepts} from './filter.ts'

const MAX_STAGES = 64

export function sorted(documents: readonly BsonDocument[], by: BsonDocument): BsonDocument[] {
  const keys = [...by].map(([name, direction]) => ({name, sign: (numeric(direction) ?? 1) < 0 ? -1 : 1}))
  return [...documents].sort((left, right) => {
    for (const {name, sign} of keys) {
      const difference = order(at(left, name), at(right, name))
      if (difference !== 0) return sign * difference
    }
    return 0
  })
}

const shown = (value: BsonValue): boolean => value === true || (numeric(value) ?? 0) !== 0

/** Names only, no expressions: those are left as they are. */
export function projected(document: BsonDocument, projection: BsonDocument): BsonDocument {
  if (projection.size === 0) return document
  const others = [...projection].filter(([name]) => name !== '_id')
  const id = projection.get('_id')
  const including = others.length === 0 ? id !== undefined && shown(id) : others.some(([, value]) => shown(value))
  return new Map(
    [...document].filter(([name]) => {
      if (name === '_id') return id === undefined || shown(id)
      const wanted = projection.get(name)
      return including ? wanted !== undefined && shown(wanted) : wanted === undefined || shown(wanted)
    }),
  )
}

type Stage = (documents: readonly BsonDocument[], operand: BsonValue) => readonly BsonDocument[]

const asDocument = (name: string, value: BsonValue): BsonDocument => {
  if (isDocument(value)) return value
  throw new CommandError('FailedToParse', `the ${name} stage specification must be an object`)
}

const STAGES: Readonly<Record<string, Stage>> = {
  $match: (documents, filter) => {
    const condition = asDocument('$match', filter)
    return documents.filter((each) => accepts(each, condition))
  },
  $limit: (documents, count) => documents.slice(0, Math.max(0, numeric(count) ?? 0)),
  $skip: (documents, count) => documents.slice(Math.max(0, numeric(count) ?? 0)),
  $sort: (documents, by) => sorted(documents, asDocument('$sort', by)),
  $project: (documents, projection) => {
    const wanted = asDocument('$project', projection)
    return documents.map((each) => projected(each, wanted))
  },
  $count: (documents, name) => (documents.length === 0 ? [] : [new Map([[String(name), documents.length]])]),
  $sample: (documents, operand) => documents.slice(0, numeric(asDocument('$sample', operand).get('size')) ?? 0),
  $unwind: (documents) => documents,
  $group: (documents, operand) => grouped(documents, asDocument('$group', operand)),
}

/** @throws CommandError for a stage that there is not. */
export function aggregated(documents: readonly BsonDocument[], stages: readonly BsonValue[]): readonly BsonDocument[] {
  let result = documents
  for (const stage of stages.slice(0, MAX_STAGES)) {
    const [entry] = isDocument(stage) ? [...stage] : []
    if (entry === undefined || !isDocument(stage) || stage.size !== 1) {
      const message = 'A pipeline stage specification object must contain exactly one field.'
      throw new CommandError('Location40324', message)
    }
    const [name, operand] = entry
    const perform = STAGES[name]
    if (perform === undefined) throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`)
    result = perform(result, operand)
  }
  return result
}

interface Group {
  readonly id: BsonValue
  readonly members: BsonDocument[]
}

function grouped(documents: readonly BsonDocument[], operand: BsonDocument): BsonDocument[] {
  const by = operand.get('_id') ?? null
  const groups: Group[] = []
  for (const each of documents) {
    const id = evaluated(each, by)
    const there = groups.find((group) => equal(group.id, id))
    if (there === undefined) groups.push({id, members: [each]})
    else there.members.push(each)
  }
  const accumulators = [...operand].filter(([name]) => name !== '_id')
  return groups.map(({id, members}) => {
    const fields = accumulators.map(([name, value]): [string, BsonValue] => [name, accumulated(members, value)])
    return new Map<string, BsonValue>([['_id', id], ...fields])
  })
}

/** A path or a constant. */
function evaluated(document: BsonDocument, expression: BsonValue): BsonValue {
  if (typeof expression !== 'string' || !expression.startsWith('$')) return expression
  return at(document, expression.slice(1)) ?? null
}

function accumulated(members: readonly BsonDocument[], accumulator: BsonValue): BsonValue {
  const [entry] = isDocument(accumulator) ? [...accumulator] : []
  const [operator, expression] = entry ?? ['', null]
  const values = members.map((each) => evaluated(each, expression))
  const numbers = values.flatMap((value) => numeric(value) ?? [])
  const sum = numbers.reduce((total, value) => total + value, 0)
  switch (operator) {
    case '$sum':
      return sum
    case '$avg':
      return numbers.length === 0 ? null : new Double(sum / numbers.length)
    case '$min':
      return sortedValues(values)[0] ?? null
    case '$max':
      return sortedValues(values).at(-1) ?? null
    case '$first':
      return values[0] ?? null
    case '$last':
      return values.at(-1) ?? null
    case '$push':
      return values
    default:
      throw new CommandError('BadValue', `unknown group operator '${operator}'`)
  }
}

const sortedValues = (values: readonly BsonValue[]): BsonValue[] => [...values].sort(order)

/** Values without repetition; an array gives its items. */
export function distinct(documents: readonly BsonDocument[], path: string): BsonValue[] {
  const found: BsonValue[] = []
  for (const each of documents) {
    const value = at(each, path)
    if (value === undefined) continue
    for (const item of isArray(value) ? value : [value])
      if (!found.some((known) => equal(known, item))) found.push(item)
  }
  return found
}

/** Updates of one document: operators, or a replacement. */
import {type BsonDocument, type BsonValue, isDocument, numeric} from '../../codecs/bson/values.ts'
import {CommandError} from './errors.ts'

type Operator = (document: BsonDocument, name: string, value: BsonValue) => void

const OPERATORS: Readonly<Record<string, Operator>> = {
  $set: (document, name, value) => document.set(name, value),
  $setOnInsert: () => {},
  $unset: (document, name) => document.delete(name),
  $inc: (document, name, value) => document.set(name, (numeric(document.get(name)) ?? 0) + (numeric(value) ?? 0)),
  $rename: (document, name, value) => {
    const moved = document.get(name)
    document.delete(name)
    if (moved !== undefined && typeof value === 'string') document.set(value, moved)
  },
  $push: (document, name, value) => {
    const before = document.get(name)
    document.set(name, [...(Array.isArray(before) ? (before as readonly BsonValue[]) : []), value])
  },
  $currentDate: (document, name) => document.set(name, new Date(0)),
}

/** The document as it is afterwards; the one given stays. @throws CommandError for an operator that there is not. */
export function updated(document: BsonDocument, change: BsonValue): BsonDocument {
  if (!isDocument(change)) throw new CommandError('FailedToParse', 'update must be an object or an array')
  const operators = [...change]
  const id = document.get('_id')
  if (!operators[0]?.[0].startsWith('$')) {
    const replaced: BsonDocument = new Map(change)
    return id === undefined ? replaced : new Map([['_id', id], ...replaced])
  }
  const result: BsonDocument = new Map(document)
  for (const [name, fields] of operators) {
    const apply = OPERATORS[name]
    if (apply === undefined) {
      throw new CommandError(
        'FailedToParse',
        `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
      )
    }
    if (isDocument(fields)) for (const [field, value] of fields) apply(result, field, value)
  }
  return result
}

/** A document as people write it (MongoDB Extended JSON, relaxed), for evidence: bounded, and cut where it is longer. */
import {Binary, type BsonDocument, type BsonValue, Double, ObjectId, type Opaque, Regex, Timestamp} from './values.ts'

const CUT = '…'

export function render(document: BsonDocument, limit: number): string {
  const writer = new Writer(limit)
  writer.value(document)
  return writer.text
}

class Writer {
  readonly #limit: number
  text = ''

  constructor(limit: number) {
    this.#limit = limit
  }

  /** False: there is no more room. */
  #put(part: string): boolean {
    if (this.text.endsWith(CUT)) return false
    const room = this.#limit - this.text.length
    this.text += part.length <= room ? part : `${part.slice(0, Math.max(0, room))}${CUT}`
    return part.length <= room
  }

  value(value: BsonValue): boolean {
    if (value instanceof Map)
      return this.#list('{', '}', value, ([name, item]) => this.#put(`${JSON.stringify(name)}:`) && this.value(item))
    if (Array.isArray(value)) return this.#list('[', ']', value, (item: BsonValue) => this.value(item))
    return this.#put(scalar(value as Exclude<BsonValue, BsonDocument | readonly BsonValue[]>, this.#limit))
  }

  #list<T>(open: string, close: string, items: Iterable<T>, write: (item: T) => boolean): boolean {
    let first = true
    if (!this.#put(open)) return false
    for (const item of items) {
      if (!first && !this.#put(',')) return false
      first = false
      if (!write(item)) return false
    }
    return this.#put(close)
  }
}

function scalar(value: Exclude<BsonValue, BsonDocument | readonly BsonValue[]>, limit: number): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.slice(0, limit))
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Double) return String(value.value)
  if (value instanceof Date) return `{"$date":"${value.toISOString()}"}`
  if (value instanceof ObjectId) return `{"$oid":"${value.hex}"}`
  if (value instanceof Timestamp) return `{"$timestamp":"${value.value}"}`
  if (value instanceof Regex) return `{"$regex":${JSON.stringify(value.pattern.slice(0, limit))}}`
  if (value instanceof Binary) return `{"$binary":"${value.bytes.subarray(0, limit).toString('base64')}"}`
  return carried(value)
}

const carried = ({type}: Opaque): string => `{"$type":${type}}`

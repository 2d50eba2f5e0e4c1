/** The application's database: the one that the machine's SQL servers would have, as documents. */
import {type BsonDocument, type BsonValue, Double, ObjectId} from '../../codecs/bson/values.ts'
import type {Persona} from '../../persona.ts'
import type {SqlValue} from '../../sql/ast.ts'
import {type BaitTable, baitDatabase} from '../../sql/bait.ts'
import type {Column} from '../../sql/evaluate.ts'

export interface LureCollection {
  readonly name: string
  readonly documents: readonly BsonDocument[]
}

export interface LureDatabase {
  readonly name: string
  readonly collections: readonly LureCollection[]
}

export function lureDatabases(persona: Persona): readonly LureDatabase[] {
  const {name, tables} = baitDatabase(persona)
  return [{name, collections: tables.map((table) => ({name: table.name, documents: documentsOf(persona, table)}))}]
}

function documentsOf(persona: Persona, {name, columns, rows, createdAt}: BaitTable): BsonDocument[] {
  // Five octets of the process that made them, and a counter.
  const machine = persona.bytes('mongodb process of the application', 5).toString('hex')
  const first = persona.integer(`mongodb counter ${name}`, 0, 0xf0_0000)
  return rows.map((row, index) => {
    const seconds = Math.floor(createdAt / 1000) + index * 37
    const id = `${hex(seconds, 8)}${machine}${hex(first + index, 6)}`
    const fields = columns.flatMap((column, at): [string, BsonValue][] => {
      const value = row[at]
      return column.name === 'id' || value === undefined ? [] : [[column.name, fieldOf(column, value)]]
    })
    return new Map<string, BsonValue>([['_id', new ObjectId(id)], ...fields])
  })
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits)

function fieldOf({type}: Column, value: SqlValue): BsonValue {
  if (value === null) return null
  if (type === 'timestamp') return new Date(`${String(value).replace(' ', 'T')}Z`)
  return type === 'decimal' ? new Double(Number(value)) : value
}

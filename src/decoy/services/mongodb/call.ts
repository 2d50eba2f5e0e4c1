/** A command as it is performed. */

import type {ServiceEvent} from '../../../events/event.ts'
import {
  Binary,
  type BsonDocument,
  type BsonValue,
  Double,
  document,
  type Fields,
  isArray,
  isDocument,
  numeric,
} from '../../codecs/bson/values.ts'
import type {Connection} from '../../service.ts'
import type {Compressor} from './compression.ts'
import {CommandError} from './errors.ts'
import type {MongoServer} from './mongo-server.ts'
import type {Conversation} from './scram.ts'
import type {Store} from './store.ts'
import type {Command} from './wire.ts'

/** What is left of the result of a query. */
export interface Cursor {
  readonly namespace: string
  rest: readonly BsonDocument[]
}

/** One connection. */
export interface Client {
  readonly id: number
  readonly connection: Connection
  /** Who it is; null: nobody. */
  user: {readonly name: string; readonly database: string} | null
  conversation: Conversation | null
  /** An empty message is still to be exchanged. */
  concluding: boolean
  compressors: readonly Compressor[]
  readonly cursors: Map<bigint, Cursor>
}

export interface Call {
  readonly server: MongoServer
  readonly client: Client
  readonly command: Command
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly events: ServiceEvent[]
  /** The connection is over after it. */
  hangUp: boolean
}

export type Perform = (call: Call) => BsonDocument

export interface CommandEntry {
  readonly perform: Perform
  /** Nobody has to be logged in for it. */
  readonly open?: true
}

export const ok = (fields: Fields = {}): BsonDocument => document({...fields, ok: new Double(1)})

/** The argument behind the command's own name. */
export const argument = ({command}: Call): BsonValue => [...command.body.values()][0] ?? null

/** @throws CommandError where it is no name. */
export function collectionName(call: Call): string {
  const name = argument(call)
  if (typeof name === 'string' && name !== '' && !name.includes('\0')) return name
  const message = `Invalid namespace specified '${call.command.database}.${typeof name === 'string' ? name : ''}'`
  throw new CommandError('InvalidNamespace', message)
}

export function documentField({command}: Call, name: string): BsonDocument {
  const value = command.body.get(name)
  return isDocument(value) ? value : new Map()
}

export function listField({command}: Call, name: string): readonly BsonValue[] {
  const value = command.body.get(name)
  return isArray(value) ? value : []
}

export const numberField = ({command}: Call, name: string): number | null => numeric(command.body.get(name))

/** A UUID of the persona's for that purpose. */
export function uuid({server}: Call, purpose: string): Binary {
  const bytes = server.facts.persona.bytes(`mongodb uuid ${purpose}`, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return new Binary(bytes, 4)
}

/** Databases as one source sees them: the application's, and over them what that source did. Bounded. */
import {encodeDocument} from '../../codecs/bson/encode.ts'
import type {BsonDocument} from '../../codecs/bson/values.ts'
import {CommandError} from './errors.ts'
import type {LureDatabase} from './lures.ts'

/** Of what one source may leave, encoded; in memory it takes a dozen times as much. Above it the disk is full. */
const MAX_BYTES = 256 * 1024
const MAX_DOCUMENTS = 4000
const MAX_COLLECTIONS = 200

export interface Collection {
  documents: BsonDocument[]
  readonly createdAt: number
}

export class Store {
  readonly #databases = new Map<string, Map<string, Collection>>()
  #bytes = 0
  #documents = 0

  constructor(lures: readonly LureDatabase[], createdAt: number) {
    for (const {name, collections} of lures) {
      const own = collections.map((collection): [string, Collection] => [
        collection.name,
        {documents: [...collection.documents], createdAt},
      ])
      this.#databases.set(name, new Map(own))
    }
  }

  databases(): string[] {
    return [...this.#databases].filter(([, collections]) => collections.size > 0).map(([name]) => name)
  }

  collections(database: string): ReadonlyMap<string, Collection> {
    return this.#databases.get(database) ?? new Map()
  }

  collection(database: string, name: string): Collection | null {
    return this.#databases.get(database)?.get(name) ?? null
  }

  /** The collection, made where there is none. @throws CommandError where there is no more room. */
  ensure(database: string, name: string, now: number): Collection {
    const there = this.collection(database, name)
    if (there !== null) return there
    let count = 0
    for (const collections of this.#databases.values()) count += collections.size
    if (count >= MAX_COLLECTIONS) throw full()
    const made: Collection = {documents: [], createdAt: now}
    const collections = this.#databases.get(database) ?? new Map<string, Collection>()
    collections.set(name, made)
    this.#databases.set(database, collections)
    return made
  }

  /** Counts what is written. @throws CommandError where there is no more room. */
  charge(document: BsonDocument): void {
    const size = encodeDocument(document).length
    if (this.#bytes + size > MAX_BYTES || this.#documents >= MAX_DOCUMENTS) throw full()
    this.#bytes += size
    this.#documents++
  }

  drop(database: string, name: string): boolean {
    return this.#databases.get(database)?.delete(name) ?? false
  }

  dropDatabase(database: string): boolean {
    return this.#databases.delete(database)
  }
}

const full = (): CommandError => new CommandError('OutOfDiskSpace', 'No space left on device')

/** Roughly what the storage engine would take. */
export function sizeOf(collections: ReadonlyMap<string, Collection>): number {
  let size = 0
  for (const {documents} of collections.values()) {
    // Two files, of the collection and of its index, of at least a block.
    size += 2 * 4096 + 4096 * Math.ceil((documents.length * 160) / 4096)
  }
  return size
}

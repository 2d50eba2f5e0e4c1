/** The databases one source sees: what the decky holds, and over it what that source wrote. */

export type Value =
  | {readonly kind: 'string'; readonly bytes: Buffer}
  | {readonly kind: 'list'; readonly items: Buffer[]}
  | {readonly kind: 'set'; readonly members: Set<string>}
  | {readonly kind: 'hash'; readonly fields: Map<string, Buffer>}
  | {readonly kind: 'zset'; readonly scores: Map<string, number>}

export interface Entry {
  readonly value: Value
  /** Milliseconds since the epoch, or null. */
  expiresAt: number | null
}

export const DATABASES = 16
/** What one source may hold before the server says it is out of memory. */
const MAX_HELD = 512 * 1024
/** A key or element costs more than its bytes. */
const OVERHEAD = 64
/** Writes refused before a full keyspace is measured again: measuring looks at all of it. */
const REFUSALS_PER_MEASURE = 256

/** Keys are latin1 strings of their bytes. */
export class Keyspace {
  readonly #databases: Map<string, Entry>[] = Array.from({length: DATABASES}, () => new Map<string, Entry>())
  /** At least what is held: overwritten and deleted values count until the next measure. */
  #held = 0
  #refusals = 0

  /** Books a write; false when there is no room for it. */
  book(bytes: number, elements: number): boolean {
    const cost = bytes + elements * OVERHEAD
    if (this.#held + cost > MAX_HELD && this.#refusals === 0) this.#held = this.#measure()
    if (this.#held + cost > MAX_HELD) {
      this.#refusals = (this.#refusals + 1) % REFUSALS_PER_MEASURE
      return false
    }
    this.#refusals = 0
    this.#held += cost
    return true
  }

  #measure(): number {
    let total = 0
    for (const database of this.#databases) {
      for (const [key, {value}] of database) total += key.length + OVERHEAD + costOf(value)
    }
    return total
  }

  database(index: number): Map<string, Entry> {
    const database = this.#databases[index]
    if (database === undefined) throw new RangeError(`there is no database ${index}`)
    return database
  }

  entry(index: number, key: string, now: number): Entry | undefined {
    const database = this.database(index)
    const entry = database.get(key)
    if (entry === undefined || entry.expiresAt === null || entry.expiresAt > now) return entry
    database.delete(key)
    return undefined
  }

  set(index: number, key: string, value: Value, expiresAt: number | null = null): void {
    this.database(index).set(key, {value, expiresAt})
  }

  delete(index: number, key: string): void {
    this.database(index).delete(key)
  }

  /** The live keys. */
  keys(index: number, now: number): string[] {
    const database = this.database(index)
    return [...database.keys()].filter((key) => this.entry(index, key, now) !== undefined)
  }

  flush(index: number): void {
    this.database(index).clear()
    this.#refusals = 0
  }

  flushAll(): void {
    this.#refusals = 0
    for (const database of this.#databases) database.clear()
  }
}

function costOf(value: Value): number {
  switch (value.kind) {
    case 'string':
      return value.bytes.length
    case 'list':
      return value.items.reduce((sum, item) => sum + item.length + OVERHEAD, 0)
    case 'set':
      return [...value.members].reduce((sum, member) => sum + member.length + OVERHEAD, 0)
    case 'hash':
      return [...value.fields].reduce((sum, [field, bytes]) => sum + field.length + bytes.length + OVERHEAD, 0)
    case 'zset':
      return [...value.scores.keys()].reduce((sum, member) => sum + member.length + OVERHEAD, 0)
  }
}

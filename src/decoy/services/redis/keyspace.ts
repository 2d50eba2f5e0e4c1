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
/** What one source may write before the server says it is out of memory. */
const MAX_WRITTEN = 512 * 1024
/** A key or element costs more than its bytes. */
const OVERHEAD = 64

/** Keys are latin1 strings of their bytes. */
export class Keyspace {
  readonly #databases: Map<string, Entry>[] = Array.from({length: DATABASES}, () => new Map<string, Entry>())
  #written = 0

  /** Books a write; false when the source has used up its share. */
  book(bytes: number, elements: number): boolean {
    const cost = bytes + elements * OVERHEAD
    if (this.#written + cost > MAX_WRITTEN) return false
    this.#written += cost
    return true
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
  }

  flushAll(): void {
    for (const database of this.#databases) database.clear()
  }
}

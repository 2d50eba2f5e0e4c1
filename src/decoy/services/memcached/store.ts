/** The items of one decky: what its application wrote, and over it what intruders did. Bounded. */
import type {Persona} from '../../persona.ts'
import {type Item, itemSize} from './item.ts'
import {luresAt} from './lures.ts'

/** Bytes and number of items that intruders may leave; those not used for longest make room. */
const MAX_BYTES = 4 * 1024 * 1024
const MAX_ITEMS = 4096
/** Names of deleted items remembered, until their application writes them again. */
const MAX_GONE = 4096

export class Store {
  readonly #persona: Persona | null
  /** Of intruders, the one used last at the end. */
  readonly #items = new Map<string, Item>()
  /** Of the application, as of `#luresOf`. */
  #lures = new Map<string, Item>()
  #luresOf = -1
  /** When an item of the application was deleted or taken over. */
  readonly #gone = new Map<string, number>()
  #flushedAt = 0
  #bytes = 0
  #cas: bigint
  evictions = 0

  /** Without a persona it is empty. */
  constructor(persona: Persona | null, firstCas: bigint) {
    this.#persona = persona
    this.#cas = firstCas
  }

  nextCas(): bigint {
    this.#cas += 1n
    return this.#cas
  }

  /** `now` in seconds. */
  get(key: string, now: number): Item | null {
    const own = this.#items.get(key)
    if (own !== undefined && live(own, now)) return own
    if (own !== undefined) this.#drop(key)
    this.#refresh(now)
    const lure = this.#lures.get(key)
    return lure !== undefined && this.#there(lure, now) ? lure : null
  }

  /** Puts an item in, in place of the one before. */
  put(item: Item, now: number): void {
    this.#drop(item.key)
    this.#forget(item.key, now)
    this.#items.set(item.key, item)
    this.#bytes += itemSize(item)
    for (const [oldest] of this.#items) {
      if (this.#bytes <= MAX_BYTES && this.#items.size <= MAX_ITEMS) break
      this.#drop(oldest)
      this.evictions++
    }
  }

  delete(key: string, now: number): void {
    this.#drop(key)
    this.#forget(key, now)
  }

  /** All that was written until then. */
  flush(now: number): void {
    this.#items.clear()
    this.#bytes = 0
    this.#flushedAt = now
  }

  all(now: number): Item[] {
    this.#refresh(now)
    const lures = [...this.#lures.values()].filter((item) => !this.#items.has(item.key) && this.#there(item, now))
    return [...lures, ...[...this.#items.values()].filter((item) => live(item, now))]
  }

  #drop(key: string): void {
    const item = this.#items.get(key)
    if (item === undefined) return
    this.#bytes -= itemSize(item)
    this.#items.delete(key)
  }

  #forget(key: string, now: number): void {
    this.#refresh(now)
    if (!this.#lures.has(key)) return
    this.#gone.delete(key)
    this.#gone.set(key, now)
    const [oldest] = this.#gone.keys()
    if (this.#gone.size > MAX_GONE && oldest !== undefined) this.#gone.delete(oldest)
  }

  /** Whether the application wrote it after whatever was done to it. */
  #there(item: Item, now: number): boolean {
    const {writtenAt} = item
    return live(item, now) && writtenAt > this.#flushedAt && writtenAt > (this.#gone.get(item.key) ?? 0)
  }

  #refresh(now: number): void {
    if (this.#persona === null || this.#luresOf === now) return
    this.#luresOf = now
    const before = this.#lures
    this.#lures = new Map()
    for (const {key, flags, data, writtenAt, expiresAt} of luresAt(this.#persona, now)) {
      const same = before.get(key)
      if (same?.writtenAt === writtenAt) this.#lures.set(key, same)
      else this.#lures.set(key, {...fresh(key, flags, data, expiresAt, writtenAt), cas: this.nextCas(), fetched: true})
    }
  }
}

export function fresh(key: string, flags: number, data: Buffer, expiresAt: number, now: number): Item {
  return {
    key,
    binaryKey: false,
    flags,
    data,
    expiresAt,
    cas: 0n,
    writtenAt: now,
    accessedAt: now,
    fetched: false,
    stale: false,
    won: false,
  }
}

const live = (item: Item, now: number): boolean => item.expiresAt === 0 || item.expiresAt > now

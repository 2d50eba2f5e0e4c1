/** What all connections of a decky share: items, counters, switches. */
import type {Persona} from '../../persona.ts'
import {Store} from './store.ts'

/** What the server counts, by the names of `stats`. */
export type Counter =
  | 'cmd_get'
  | 'cmd_set'
  | 'cmd_flush'
  | 'cmd_touch'
  | 'cmd_meta'
  | 'get_hits'
  | 'get_misses'
  | 'delete_misses'
  | 'delete_hits'
  | 'incr_misses'
  | 'incr_hits'
  | 'decr_misses'
  | 'decr_hits'
  | 'cas_misses'
  | 'cas_hits'
  | 'cas_badval'
  | 'touch_hits'
  | 'touch_misses'
  | 'store_too_large'
  | 'bytes_read'
  | 'bytes_written'
  | 'total_items'

export interface CacheFacts {
  readonly persona: Persona
  readonly port: number
  readonly megabytes: number
  /** Whether the application's items are in it. */
  readonly items: boolean
}

const SECOND = 1000

export class Cache {
  readonly facts: CacheFacts
  readonly #counted = new Map<Counter, number>()
  #connections = 0
  #opened = 0
  #store: Store | null = null
  verbosity = 0
  crawler = true
  sizes = false
  detail = false

  constructor(facts: CacheFacts) {
    this.facts = facts
  }

  /** The service starts a few seconds after the machine. In seconds, as all times here. */
  startedAt(now: number): number {
    const {persona} = this.facts
    const delay = persona.integer('memcached start', 4, 25)
    return Math.floor(persona.bootedAt(now * SECOND) / SECOND) + delay
  }

  store(now: number): Store {
    const {persona, items} = this.facts
    const written = BigInt(Math.floor(this.traffic(now).sets))
    this.#store ??= new Store(items ? persona : null, items ? written : 0n)
    return this.#store
  }

  /** What the application has done since the start. */
  traffic(now: number): {readonly gets: number; readonly sets: number; readonly connections: number} {
    const {persona, items} = this.facts
    if (!items) return {gets: 0, sets: 0, connections: 0}
    const uptime = Math.max(0, now - this.startedAt(now))
    const perHour = (what: string, least: number, most: number) =>
      Math.floor((uptime / 3600) * persona.integer(`memcached ${what}`, least, most))
    return {
      gets: perHour('gets', 300, 9000),
      sets: perHour('sets', 90, 900),
      connections: perHour('connections', 20, 400),
    }
  }

  count(counter: Counter, amount = 1): void {
    this.#counted.set(counter, this.counted(counter) + amount)
  }

  counted(counter: Counter): number {
    return this.#counted.get(counter) ?? 0
  }

  opened(): void {
    this.#connections++
    this.#opened++
  }

  closed(): void {
    this.#connections--
  }

  /** Of intruders: those open, and those there ever were. */
  get connections(): {readonly open: number; readonly total: number} {
    return {open: Math.max(1, this.#connections), total: this.#opened}
  }
}

/** Who is kept out for a while, by source address. Remembers a bounded number of sources, the latest. */
import type {Lockout} from './products.ts'

const MAX_SOURCES = 1024

interface Entry {
  marks: number
  blockedUntil: number
  waitMs: number
}

export class LockoutList {
  readonly #rule: Lockout
  readonly #sources = new Map<string, Entry>()

  constructor(rule: Lockout) {
    this.#rule = rule
  }

  /** A connection came. True: it is refused. */
  connected(source: string, now: number): boolean {
    const entry = this.#entry(source)
    const {after, counts, doubles} = this.#rule
    if (entry.marks >= after) {
      if (now < entry.blockedUntil) return true
      if (!doubles) {
        this.#sources.delete(source)
        return this.connected(source, now)
      }
      this.#block(entry, now)
      return false
    }
    if (counts === 'connections') this.#mark(entry, now)
    return false
  }

  failed(source: string, now: number): void {
    if (this.#rule.counts === 'failures') this.#mark(this.#entry(source), now)
  }

  succeeded(source: string): void {
    this.#sources.delete(source)
  }

  #mark(entry: Entry, now: number): void {
    entry.marks++
    // A wait that doubles begins with the first refusal after it, one that does not with the last mark.
    if (entry.marks >= this.#rule.after && !this.#rule.doubles) this.#block(entry, now)
  }

  #block(entry: Entry, now: number): void {
    entry.blockedUntil = now + entry.waitMs
    entry.waitMs *= 2
  }

  #entry(source: string): Entry {
    const known = this.#sources.get(source)
    if (known !== undefined) return known
    const oldest = this.#sources.keys().next()
    if (this.#sources.size >= MAX_SOURCES && oldest.done !== true) this.#sources.delete(oldest.value)
    const entry: Entry = {marks: 0, blockedUntil: 0, waitMs: this.#rule.firstMs}
    this.#sources.set(source, entry)
    return entry
  }
}

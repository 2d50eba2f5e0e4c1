/**
 * Which events of a boot are known. A decoy process numbers its events 1, 2, 3 … without holes, so that a number that is
 * left out is an event that was lost on the way: a log that was rotated before it was read, a line that was cut.
 */
import type Database from 'better-sqlite3'

export interface Gap {
  readonly boot: string
  /** A decky of that boot; null: nothing of it is stored. */
  readonly decky: string | null
  /** Numbers of the first and the last missing event. */
  readonly first: number
  readonly last: number
  /** ISO 8601: when it was noticed. */
  readonly noticed: string
}

export class StreamTracker {
  readonly #db: Database.Database
  readonly #last = new Map<string, number>()
  readonly #changed = new Set<string>()
  readonly #stored: Database.Statement

  constructor(db: Database.Database) {
    this.#db = db
    this.#stored = db.prepare('SELECT last FROM streams WHERE boot = ?').pluck()
  }

  /** Whether this event was not seen before; it is from now on. */
  take(boot: string, seq: number): boolean {
    const last = this.#lastOf(boot)
    if (seq <= last) return this.#fill(boot, seq)
    if (seq > last + 1) this.#miss(boot, last + 1, seq - 1)
    this.#last.set(boot, seq)
    this.#changed.add(boot)
    return true
  }

  save(): void {
    const upsert = this.#db.prepare(
      'INSERT INTO streams (boot, last) VALUES (?, ?) ON CONFLICT (boot) DO UPDATE SET last = excluded.last',
    )
    for (const boot of this.#changed) upsert.run(boot, this.#lastOf(boot))
    this.#changed.clear()
  }

  #lastOf(boot: string): number {
    const known = this.#last.get(boot)
    if (known !== undefined) return known
    const stored = this.#stored.get(boot)
    const last = typeof stored === 'number' ? stored : 0
    this.#last.set(boot, last)
    return last
  }

  #miss(boot: string, first: number, last: number, noticed = new Date().toISOString()): void {
    this.#db
      .prepare('INSERT INTO gaps (boot, first, last, noticed) VALUES (?, ?, ?, ?)')
      .run(boot, first, last, noticed)
  }

  /** An event before the last one is new only if it was missing; what is left of its gap may be two. */
  #fill(boot: string, seq: number): boolean {
    const gap = this.#db
      .prepare('SELECT first, last, noticed FROM gaps WHERE boot = ? AND first <= ? AND last >= ?')
      .get(boot, seq, seq) as Pick<Gap, 'first' | 'last' | 'noticed'> | undefined
    if (gap === undefined) return false
    this.#db.prepare('DELETE FROM gaps WHERE boot = ? AND first = ?').run(boot, gap.first)
    if (gap.first < seq) this.#miss(boot, gap.first, seq - 1, gap.noticed)
    if (seq < gap.last) this.#miss(boot, seq + 1, gap.last, gap.noticed)
    return true
  }
}

/** Events that are known to be missing, oldest first. */
export function gapsOf(db: Database.Database): Gap[] {
  return db
    .prepare(
      `SELECT boot, (SELECT decky FROM evidence WHERE evidence.boot = gaps.boot LIMIT 1) AS decky, first, last, noticed
       FROM gaps ORDER BY noticed, boot, first`,
    )
    .all() as Gap[]
}

/**
 * What the bulky kinds of evidence may take of a decky's log, each for itself: the log is of a few megabytes, and a peer
 * that uploads without end would else push out of it what it did before.
 */
import type {EventName, ServiceEvent} from '../events/event.ts'

const WINDOW_MS = 60_000

export type BulkReason = 'capture-budget' | 'transcript-budget'

const REASONS: Readonly<Partial<Record<EventName, BulkReason>>> = {
  capture: 'capture-budget',
  'session.transcript': 'transcript-budget',
}

export class BulkBudget {
  readonly #perMinute: number
  readonly #now: () => number
  readonly #used = new Map<string, number>()
  #windowEnd = 0

  /** @param perMinute characters of JSON, per decky and kind. */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute
    this.#now = now
  }

  /** Null: it may be recorded, and is counted. Once something did not fit, nothing of its kind does for that minute. */
  refusal(decky: string, {event, data}: ServiceEvent): BulkReason | null {
    const reason = REASONS[event]
    if (reason === undefined) return null
    const now = this.#now()
    if (now >= this.#windowEnd || now < this.#windowEnd - WINDOW_MS) {
      this.#used.clear()
      this.#windowEnd = now + WINDOW_MS
    }
    const key = `${decky}\0${reason}`
    const used = (this.#used.get(key) ?? 0) + JSON.stringify(data ?? {}).length
    this.#used.set(key, used)
    return used <= this.#perMinute ? null : reason
  }
}

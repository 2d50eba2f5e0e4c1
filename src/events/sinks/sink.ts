/** Where events and alerts are handed on to. */
import type {EventRecord} from '../classify.ts'
import type {FormatName} from '../formats/format.ts'
import type {Alert} from '../incidents/incident.ts'

/** One thing to hand on. `key` is the same however often it is sent: receivers tell repetitions by it. */
export type OutboxItem =
  | {readonly kind: 'event'; readonly key: string; readonly record: EventRecord; readonly line: string}
  | {readonly kind: 'alert'; readonly key: string; readonly alert: Alert; readonly line: string}

export interface Sink {
  /**
   * Resolves once the receiver has all of them, as far as its protocol can tell. Rejects otherwise; then all of them are
   * sent again, in the same order.
   */
  deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export type SinkSettings = Readonly<Record<string, string>>

export interface SinkSetting {
  readonly summary: string
  /** Must be given. */
  readonly required?: true
  readonly fallback?: string
  /** Never shown. */
  readonly secret?: true
  readonly pattern: RegExp
  /** What a right value looks like, completing "expected …". */
  readonly expected: string
}

export interface SinkType {
  readonly name: string
  readonly summary: string
  readonly settings: Readonly<Record<string, SinkSetting>>
  readonly format: FormatName
  /** Least class of events it gets where its settings are silent; `none`: alerts only. */
  readonly events: string
  /** Whether it gets alerts where its settings are silent. */
  readonly alerts: 'yes' | 'no'
  create(settings: SinkSettings): Sink | Promise<Sink>
}

/** Bounds of one delivery: small enough to be repeated, large enough to be quick. */
export const BATCH_ITEMS = 500

/** Evidence of one decoy process: numbers events, limits their rate, and reports what was left out. */
import {randomBytes} from 'node:crypto'

import {type Endpoint, EVENT_VERSION, type EvidenceEvent, type ServiceEvent} from '../events/event.ts'
import {BulkBudget, type BulkReason} from './bulk-budget.ts'
import {evidenceLine} from './evidence-line.ts'
import {DEFAULT_LIMITS} from './limits.ts'
import type {LineSink} from './line-sink.ts'

/** What the runtime knows of an event before the service says anything. */
export interface EventContext {
  readonly decky: string
  readonly service: string
  readonly session?: string
  readonly src?: Endpoint
  readonly dst?: Endpoint
}

/** Why events were left out, or connections never became sessions. */
export type SuppressReason =
  | 'event-rate'
  | 'connections'
  /** Taken back before they were accepted, as connect scans do: the kernel no longer says whose they were. */
  | 'reset'
  | 'datagram-rate'
  | 'reply-budget'
  | 'transfers'
  | 'output'
  | BulkReason

export interface EvidenceOptions {
  readonly sink: LineSink
  readonly eventsPerSecond: number
  /** As `Limits` has it; by default its own. */
  readonly bulkPerMinute?: number
  readonly now?: () => number
  readonly boot?: string
}

const WINDOW_MS = 1000
/** Sources counted apart within one window; further ones share a count. */
const MAX_SOURCES = 1024
/** Different gaps reported in one window; further ones share a count. */
const MAX_GAPS = 256

interface Gap {
  readonly context: EventContext
  readonly reason: SuppressReason
  count: number
}

export class Evidence {
  readonly boot: string
  readonly #sink: LineSink
  readonly #eventsPerSecond: number
  readonly #now: () => number
  readonly #bulk: BulkBudget
  #seq = 0
  #windowEnd = 0
  readonly #counts = new Map<string, number>()
  readonly #gaps = new Map<string, Gap>()
  #flushTimer: NodeJS.Timeout | null = null

  constructor(options: EvidenceOptions) {
    this.boot = options.boot ?? randomBytes(8).toString('hex')
    this.#sink = options.sink
    this.#eventsPerSecond = options.eventsPerSecond
    this.#now = options.now ?? Date.now
    this.#bulk = new BulkBudget(options.bulkPerMinute ?? DEFAULT_LIMITS.bulkPerMinute, this.#now)
  }

  /** Records an event, unless its source or its kind is over its rate or the sink takes nothing: that is counted instead. */
  record(context: EventContext, event: ServiceEvent): void {
    if (!this.#admit(context)) {
      this.suppress(context, 'event-rate')
      return
    }
    const refusal = this.#bulk.refusal(context.decky, event)
    if (refusal !== null) this.suppress(context, refusal)
    else if (!this.#emit(context, event)) this.suppress(context, 'output')
  }

  /** Counts something left out; one `suppressed` event a second and source tells how much. */
  suppress(context: EventContext, reason: SuppressReason): void {
    const source = context.src?.ip ?? ''
    const wanted = `${context.decky}\0${source}\0${reason}`
    const crowded = this.#gaps.size >= MAX_GAPS && !this.#gaps.has(wanted)
    const key = crowded ? `\0\0${reason}` : wanted
    const gap = this.#gaps.get(key)
    if (gap !== undefined) gap.count++
    else this.#gaps.set(key, {context: gapContext(context, crowded), reason, count: 1})
    this.#flushTimer ??= setTimeout(() => this.flush(), WINDOW_MS)
  }

  /** Reports what is counted so far. What cannot be written even now stays counted. */
  flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer)
    this.#flushTimer = null
    for (const [key, {context, reason, count}] of this.#gaps) {
      if (!this.#emit(context, {event: 'suppressed', data: {count, reason}})) break
      this.#gaps.delete(key)
    }
    if (this.#gaps.size > 0) this.#flushTimer = setTimeout(() => this.flush(), WINDOW_MS)
  }

  #admit(context: EventContext): boolean {
    if (context.src === undefined) return true
    const now = this.#now()
    if (now >= this.#windowEnd || now < this.#windowEnd - WINDOW_MS) {
      this.#counts.clear()
      this.#windowEnd = now + WINDOW_MS
    }
    const wanted = `${context.decky}\0${context.src.ip}`
    const key = this.#counts.size >= MAX_SOURCES && !this.#counts.has(wanted) ? '' : wanted
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count <= this.#eventsPerSecond
  }

  /** The number is taken only when the line is: that is what keeps `seq` without holes. */
  #emit(context: EventContext, event: ServiceEvent): boolean {
    const seq = this.#seq + 1
    if (!this.#sink.write(evidenceLine(this.#complete(seq, context, event)))) return false
    this.#seq = seq
    return true
  }

  #complete(seq: number, context: EventContext, event: ServiceEvent): EvidenceEvent {
    return {
      v: EVENT_VERSION,
      id: `${this.boot}.${seq}`,
      ts: new Date(this.#now()).toISOString(),
      boot: this.boot,
      seq,
      decky: context.decky,
      service: context.service,
      ...(context.session === undefined ? {} : {session: context.session}),
      event: event.event,
      ...(context.src === undefined ? {} : {src: context.src}),
      ...(context.dst === undefined ? {} : {dst: context.dst}),
      ...(event.credential === undefined ? {} : {credential: event.credential}),
      ...(event.data === undefined ? {} : {data: event.data}),
    }
  }
}

/** A gap belongs to a source, not to one of its sessions. */
function gapContext(context: EventContext, crowded: boolean): EventContext {
  const {decky, service, src} = context
  return src === undefined || crowded ? {decky, service} : {decky, service, src: {ip: src.ip, port: 0}}
}

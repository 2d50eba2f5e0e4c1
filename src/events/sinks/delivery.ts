/** Hands on to one sink what it has still to get, over and over, at its own pace. */

import type {EvidenceStore} from '../evidence-store.ts'
import type {FormatName} from '../formats/format.ts'
import {createFormat} from '../formats/index.ts'
import {pause} from '../pause.ts'
import {nextPortion, type Portion, portionDelivered, portionFailed, type SinkRecord} from './outbox.ts'
import {settingOf} from './settings.ts'
import type {Sink, SinkType} from './sink.ts'

export interface DeliveryOptions {
  readonly install: string
  readonly version: string
  readonly signal: AbortSignal
  /** A delivery failed: once for each new reason, not for each try. */
  readonly report: (sink: string, message: string) => void
  readonly timing?: DeliveryTiming
}

/** Milliseconds. */
export interface DeliveryTiming {
  /** Between two looks whether there is something new. */
  readonly poll: number
  /** One delivery. */
  readonly deadline: number
  /** First and longest pause after a failure; a random part of it is left out, so that many do not come at once. */
  readonly backoff: number
  readonly backoffCap: number
}

export const DELIVERY_TIMING: DeliveryTiming = {poll: 250, deadline: 30_000, backoff: 1_000, backoffCap: 60_000}

const MAX_MESSAGE = 300

/** Until the signal, or until the sink is removed. Rejects only where the store fails. */
export async function deliverTo(
  store: EvidenceStore,
  record: SinkRecord,
  type: SinkType,
  options: DeliveryOptions,
): Promise<void> {
  const {signal, timing = DELIVERY_TIMING, report} = options
  const delivery = new Delivery(store, record, type, options)
  let failures = 0
  let told: string | null = null
  try {
    while (!signal.aborted) {
      try {
        const left = await delivery.step()
        failures = 0
        told = null
        if (left === 'gone') return
        if (left === 'nothing') await pause(timing.poll, signal)
      } catch (error) {
        if (!(error instanceof DeliveryFailure) || signal.aborted) throw error
        portionFailed(store, record.name, error.message)
        if (told !== error.message) report(record.name, error.message)
        told = error.message
        failures += 1
        await pause(
          Math.min(timing.backoff * 2 ** (failures - 1), timing.backoffCap) * (0.5 + Math.random() / 2),
          signal,
        )
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await delivery.close()
  }
}

/** The receiver cannot be reached, or did not take it; it is sent again. */
export class DeliveryFailure extends Error {}

export class Delivery {
  readonly #store: EvidenceStore
  readonly #record: SinkRecord
  readonly #type: SinkType
  readonly #options: DeliveryOptions
  readonly #wanted: Parameters<typeof nextPortion>[2]
  #sink: Sink | null = null
  /** What the receiver did not take, or took without saying so: sent again as it was, so that it can tell a repetition. */
  #refused: Portion | null = null

  constructor(store: EvidenceStore, record: SinkRecord, type: SinkType, options: DeliveryOptions) {
    this.#store = store
    this.#record = record
    this.#type = type
    this.#options = options
    const setting = (key: string): string => settingOf(type, record.settings, key)
    this.#wanted = {
      events: setting('events'),
      alerts: setting('alerts') === 'yes',
      format: createFormat(setting('format') as FormatName, options),
      install: options.install,
    }
  }

  /** Hands on one portion. Throws DeliveryFailure where the receiver does not take it; nothing is advanced then. */
  async step(): Promise<'more' | 'nothing' | 'gone'> {
    const {name} = this.#record
    const next = nextPortion(this.#store, name, this.#wanted)
    if (next === null) return 'gone'
    const portion = this.#refused ?? next
    this.#refused = portion
    if (portion.items.length > 0) await this.#deliver(portion.items)
    this.#refused = null
    if (!portion.moves) return 'nothing'
    portionDelivered(this.#store, name, portion, new Date().toISOString())
    return portion.items.length > 0 ? 'more' : 'nothing'
  }

  async close(): Promise<void> {
    const sink = this.#sink
    this.#sink = null
    await sink?.close().catch(() => undefined)
  }

  async #deliver(items: Parameters<Sink['deliver']>[0]): Promise<void> {
    const {signal, timing = DELIVERY_TIMING} = this.#options
    const deadline = AbortSignal.timeout(timing.deadline)
    const {settings} = this.#record
    const defaults = Object.entries(this.#type.settings).map(([key]) => [key, settingOf(this.#type, settings, key)])
    try {
      this.#sink ??= await this.#type.create(Object.fromEntries(defaults))
      await this.#sink.deliver(items, AbortSignal.any([signal, deadline]))
    } catch (error) {
      await this.close()
      const text = deadline.aborted ? 'no answer in time' : error instanceof Error ? error.message : String(error)
      throw new DeliveryFailure(text.slice(0, MAX_MESSAGE), {cause: error})
    }
  }
}

/** What waits for one client: messages on their way, and those that have to wait for their turn. Bounded. */
import {type Delivery, expired, type Message, publishPacket} from './message.ts'
import {packet, TYPE, uint16} from './wire.ts'

/** Bytes that may wait for a client that reads slowly; more is dropped. */
const MAX_WAITING_BYTES = 256 * 1024
/** Messages above quality 0 that wait for others to be acknowledged, and their bytes; more are dropped. */
const MAX_QUEUED = 100
const MAX_QUEUED_BYTES = 256 * 1024

type Step = 'acknowledged' | 'received' | 'completed'

interface Queued {
  readonly message: Message
  readonly delivery: Omit<Delivery, 'id'>
}

export class Outbox {
  readonly #version: number
  /** Messages above quality 0 that may be on their way at once. */
  readonly #window: number
  readonly #largest: number
  readonly #onTheirWay = new Map<number, Step>()
  readonly #queue: Queued[] = []
  #queuedBytes = 0
  #waiting: Buffer[] = []
  #bytes = 0
  #lastId = 0

  /** `largest`: bytes of a packet that the client takes. */
  constructor(version: number, window: number, largest: number) {
    this.#version = version
    this.#window = window
    this.#largest = largest
  }

  /** False: it is dropped. */
  send(message: Message, delivery: Omit<Delivery, 'id'>, now: number): boolean {
    if (expired(message, now)) return false
    if (delivery.qos > 0 && this.#onTheirWay.size >= this.#window) {
      if (this.#queue.length >= MAX_QUEUED || this.#queuedBytes > MAX_QUEUED_BYTES) return false
      this.#queue.push({message, delivery})
      this.#queuedBytes += message.payload.length
      return true
    }
    return this.#put(message, delivery, now)
  }

  #put(message: Message, delivery: Omit<Delivery, 'id'>, now: number): boolean {
    if (this.#bytes > MAX_WAITING_BYTES) return false
    const id = delivery.qos === 0 ? 0 : this.#nextId()
    const bytes = publishPacket(message, {...delivery, id}, this.#version, now)
    if (bytes.length > this.#largest) return false
    if (delivery.qos > 0) this.#onTheirWay.set(id, delivery.qos === 1 ? 'acknowledged' : 'received')
    this.#waiting.push(bytes)
    this.#bytes += bytes.length
    return true
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % 0xffff) + 1
    while (this.#onTheirWay.has(this.#lastId))
    return this.#lastId
  }

  /** PUBACK, or PUBCOMP: room for another one. */
  done(id: number, step: 'acknowledged' | 'completed', now: number): void {
    if (this.#onTheirWay.get(id) !== step) return
    this.#onTheirWay.delete(id)
    const next = this.#queue.shift()
    if (next === undefined) return
    this.#queuedBytes -= next.message.payload.length
    this.#put(next.message, next.delivery, now)
  }

  /** PUBREC; it is answered whatever was sent. */
  received(id: number): Buffer {
    if (this.#onTheirWay.get(id) === 'received') this.#onTheirWay.set(id, 'completed')
    return packet(TYPE.PUBREL, 2, uint16(id))
  }

  /** Takes out what is to be written now. */
  take(): Buffer[] {
    const waiting = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    return waiting
  }

  get empty(): boolean {
    return this.#waiting.length === 0
  }
}

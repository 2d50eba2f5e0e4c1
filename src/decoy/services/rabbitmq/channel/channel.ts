/** One channel: the methods that work on exchanges and queues, and the messages that wait to be acknowledged. */
import type {ServiceEvent} from '../../../../events/event.ts'
import type {Broker, Message, Queue} from '../broker/broker.ts'
import {encodeFrame, FRAME} from '../wire/frames.ts'
import {BASIC_CLASS, METHOD} from '../wire/methods.ts'
import {shortString, uint16, uint32, uint64} from '../wire/values.ts'

/** What a client may leave unacknowledged; what is over it waits. */
const MAX_UNACKNOWLEDGED = 500
const MAX_CONSUMERS = 64

export interface Unacknowledged {
  readonly queue: Queue
  readonly message: Message
}

export interface Consumer {
  readonly tag: string
  readonly queue: Queue
  readonly acknowledges: boolean
}

/** What a channel needs of its connection. */
export interface ChannelHost {
  readonly broker: Broker
  /** Stands for the connection where queues are its own. */
  readonly owner: object
  readonly frameMax: number
  /** Whether the client wants to know of consumers that the broker ends. */
  readonly cancelNotify: boolean
  readonly sampleBytes: number
  random(size: number): Buffer
  send(bytes: Buffer): void
  record(event: ServiceEvent): void
}

export class Channel {
  readonly number: number
  readonly host: ChannelHost
  readonly consumers = new Map<string, Consumer>()
  readonly unacknowledged = new Map<number, Unacknowledged>()
  lastQueue: string | null = null
  prefetch = 0
  confirms = false
  published = 0
  #delivered = 0

  constructor(number: number, host: ChannelHost) {
    this.number = number
    this.host = host
  }

  send(method: number, ...values: readonly Buffer[]): void {
    const payload = Buffer.concat([uint32(method), ...values])
    this.host.send(encodeFrame(FRAME.method, this.number, payload))
  }

  sendContent({properties, body}: Pick<Message, 'properties' | 'body'>): void {
    const head = Buffer.concat([uint16(BASIC_CLASS), uint16(0), uint64(body.length), properties])
    const most = this.host.frameMax - 8
    const parts = Array.from({length: Math.ceil(body.length / most)}, (_, index) =>
      encodeFrame(FRAME.body, this.number, body.subarray(index * most, (index + 1) * most)),
    )
    this.host.send(Buffer.concat([encodeFrame(FRAME.header, this.number, head), ...parts]))
  }

  /** The tag of a delivery; one that need not be acknowledged is settled with it. */
  deliver(queue: Queue, message: Message, acknowledges: boolean): number {
    const tag = ++this.#delivered
    if (acknowledges) this.unacknowledged.set(tag, {queue, message})
    else this.host.broker.settle(message)
    return tag
  }

  /** False: there are too many. */
  consume(consumer: Consumer): boolean {
    if (this.consumers.size >= MAX_CONSUMERS) return false
    this.consumers.set(consumer.tag, consumer)
    consumer.queue.consumers++
    return true
  }

  cancel(tag: string): void {
    const consumer = this.consumers.get(tag)
    if (consumer === undefined) return
    this.consumers.delete(tag)
    const {queue} = consumer
    queue.consumers--
    if (queue.autoDelete && queue.consumers === 0) this.host.broker.deleteQueue(queue.name)
  }

  /** Gives consumers what waits for them. */
  pump(): void {
    for (const consumer of this.consumers.values()) this.#feed(consumer)
  }

  /** Ends the consumers of a queue that is gone. */
  queueGone(queue: Queue): void {
    for (const consumer of [...this.consumers.values()]) {
      if (consumer.queue !== queue) continue
      this.cancel(consumer.tag)
      if (this.host.cancelNotify) this.send(METHOD.basicCancel, shortString(consumer.tag), Buffer.from([1]))
    }
  }

  /** Everything unacknowledged goes back, the newest first, so that the order is kept. */
  requeueAll(): void {
    for (const {queue, message} of [...this.unacknowledged.values()].reverse()) {
      this.host.broker.requeue(queue, message)
    }
    this.unacknowledged.clear()
  }

  close(): void {
    this.requeueAll()
    for (const tag of [...this.consumers.keys()]) this.cancel(tag)
  }

  #feed({tag, queue, acknowledges}: Consumer): void {
    const most = this.prefetch === 0 ? MAX_UNACKNOWLEDGED : Math.min(this.prefetch, MAX_UNACKNOWLEDGED)
    while (!acknowledges || this.unacknowledged.size < most) {
      const message = queue.messages.shift()
      if (message === undefined) return
      const delivery = this.deliver(queue, message, acknowledges)
      this.send(
        METHOD.basicDeliver,
        shortString(tag),
        uint64(delivery),
        Buffer.from([Number(message.redelivered)]),
        shortString(message.exchange),
        shortString(message.routingKey),
      )
      this.sendContent(message)
      this.host.record({
        event: 'query',
        data: {method: 'basic.deliver', queue: shownName(queue.name), size: message.body.length},
      })
    }
  }
}

/** A name in evidence: at most 255 octets, all of them visible. */
export const shownName = (name: string): string =>
  name.replace(/[^\x20-\x5b\x5d-\x7e]/g, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )

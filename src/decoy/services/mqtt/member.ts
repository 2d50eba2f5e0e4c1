/** A client that was let in: its subscriptions, and the flows of its messages (3.1.1 and 5.0 section 4.3). */
import {type Action, type Connection, report, write} from '../../service.ts'
import type {Broker, Client, Subscription} from './broker.ts'
import type {Connect} from './connect.ts'
import {filterEvent, publishEvent} from './evidence.ts'
import {type Message, messageOf} from './message.ts'
import {Outbox} from './outbox.ts'
import {NO_PROPERTIES, PROPERTY, type Properties, readProperties} from './properties.ts'
import {MqttError, REASON} from './reason.ts'
import {propertiesOf, readSubscribe, readUnsubscribe} from './requests.ts'
import {isTopic, readFilter} from './topics.ts'
import {BodyReader, type Packet, packet, TYPE, uint16} from './wire.ts'

/** Filters of one client; the broker has a quota. */
const MAX_SUBSCRIPTIONS = 64
/** Messages of quality 2 that were received and not released, and their bytes. */
const MAX_UNRELEASED = 20
const MAX_UNRELEASED_BYTES = 256 * 1024
const ALIASES = 10
const WINDOW = 20
const NO_LIMIT = 0xffffffff
const FAILURE = 0x80
/** A client may be silent for half as long again as it said. */
const PATIENCE = 1.5

/** How the connection is told that something waits. */
export interface Notice {
  wake(): void
  replace(): void
}

type Handler = (packet: Packet, actions: Action[]) => void

export class Member implements Client {
  readonly clientId: string
  readonly version: number
  readonly outbox: Outbox
  /** There were subscriptions from an earlier connection. */
  readonly present: boolean
  readonly subscriptions: Map<string, Subscription>
  readonly #broker: Broker
  readonly #connection: Connection
  readonly #connect: Connect
  readonly #notice: Notice
  readonly #aliases = new Map<number, string>()
  readonly #unreleased = new Map<number, Message>()
  readonly #handlers: ReadonlyMap<number, Handler>
  #will: boolean
  /** The second up to which it has heard what devices told. */
  #heard: number
  #handling = false
  #left = false
  #expiry: number

  constructor(broker: Broker, connection: Connection, connect: Connect, clientId: string, notice: Notice) {
    this.clientId = clientId
    this.version = connect.version
    this.#broker = broker
    this.#connection = connection
    this.#connect = connect
    this.#notice = notice
    const {properties, clean} = connect
    this.outbox = new Outbox(
      connect.version,
      Math.min(WINDOW, properties.number(PROPERTY.RECEIVE_MAXIMUM) ?? WINDOW),
      properties.number(PROPERTY.MAXIMUM_PACKET) ?? NO_LIMIT,
    )
    this.#expiry = properties.number(PROPERTY.SESSION_EXPIRY) ?? (connect.version === 5 || clean ? 0 : NO_LIMIT)
    this.#will = connect.will !== null
    this.#heard = Math.floor(connection.now() / 1000)
    const kept = broker.join(this, clean)
    this.present = kept !== null
    this.subscriptions = new Map(kept ?? [])
    this.#handlers = new Map<number, Handler>([
      [TYPE.PUBLISH, (read, actions) => this.#publish(read, actions)],
      [TYPE.PUBACK, ({body}) => this.outbox.done(this.#id(body), 'acknowledged', connection.now())],
      [TYPE.PUBREC, ({body}, actions) => actions.push(write(this.outbox.received(this.#id(body))))],
      [TYPE.PUBREL, (read, actions) => this.#release(read, actions)],
      [TYPE.PUBCOMP, ({body}) => this.outbox.done(this.#id(body), 'completed', connection.now())],
      [TYPE.SUBSCRIBE, (read, actions) => this.#subscribe(read, actions)],
      [TYPE.UNSUBSCRIBE, (read, actions) => this.#unsubscribe(read, actions)],
      [TYPE.PINGREQ, (_, actions) => actions.push(write(packet(TYPE.PINGRESP, 0)))],
      // Answers that only bridges send are read, and nothing comes of them.
      [TYPE.PINGRESP, () => {}],
      [TYPE.SUBACK, () => {}],
      [TYPE.UNSUBACK, () => {}],
    ])
  }

  /** False: the connection is over. @throws MqttError */
  handle(read: Packet, actions: Action[]): boolean {
    if (read.type === TYPE.DISCONNECT) {
      this.#disconnect(read)
      return false
    }
    if (read.type === 0) throw new MqttError('packet of type 0', REASON.PROTOCOL_ERROR)
    const handler = this.#handlers.get(read.type)
    if (handler === undefined) throw new MqttError(`packet of type ${read.type}`, null)
    this.#handling = true
    try {
      handler(read, actions)
    } finally {
      this.#handling = false
    }
    return true
  }

  /** Somebody published. */
  deliver(message: Message, {qos, retainAsPublished, id}: Subscription, retained: boolean): void {
    const retain = retained || (retainAsPublished && message.retain)
    const sent = this.outbox.send(
      message,
      {qos: Math.min(qos, message.qos), retain, subscriptionId: id},
      this.#connection.now(),
    )
    if (!sent) return
    this.#broker.count('publishedOut')
    this.#broker.count('sent')
    this.#broker.count('bytesOut', message.payload.length)
    if (!this.#handling) this.#notice.wake()
  }

  replaced(): void {
    this.#notice.replace()
  }

  /** What devices told since it last was asked, to those who subscribed. */
  hear(): void {
    const now = Math.floor(this.#connection.now() / 1000)
    const after = this.#heard
    this.#heard = now
    if (this.subscriptions.size === 0 || now <= after) return
    this.#handling = true
    for (const message of this.#broker.told(after, now)) {
      const parts = message.topic.split('/')
      const subscription = this.#broker.subscriptionOf(this, parts)
      if (subscription !== null) this.deliver(message, subscription, false)
    }
    this.#handling = false
  }

  /** Whether that many milliseconds without a packet are too many. */
  silentFor(ms: number): boolean {
    const {keepAlive} = this.#connect
    return keepAlive > 0 && ms > keepAlive * 1000 * PATIENCE
  }

  /** The connection is gone; `abruptly`: without a word. */
  left(abruptly: boolean): void {
    if (this.#left) return
    this.#left = true
    this.#broker.leave(this, this.#expiry > 0)
    const {will} = this.#connect
    if (!abruptly || !this.#will || will === null) return
    const now = this.#connection.now()
    this.#broker.publish(messageOf(will, now), this, now)
  }

  #disconnect({flags, body}: Packet): void {
    if (flags !== 0 || (this.version !== 5 && body.length > 0)) throw new MqttError('flags of DISCONNECT', null)
    const reader = new BodyReader(body)
    const reason = reader.left > 0 ? reader.byte() : 0
    const properties = reader.left > 0 ? readProperties(reader, TYPE.DISCONNECT) : NO_PROPERTIES
    const expiry = properties.number(PROPERTY.SESSION_EXPIRY)
    if (expiry !== null && this.#expiry > 0) this.#expiry = expiry
    if (reason !== REASON.DISCONNECT_WITH_WILL) this.#will = false
    this.left(true)
  }

  #id(body: Buffer): number {
    const id = new BodyReader(body).uint16()
    if (id === 0) throw new MqttError('packet identifier 0', REASON.PROTOCOL_ERROR)
    return id
  }

  #publish({flags, body}: Packet, actions: Action[]): void {
    const qos = (flags >> 1) & 3
    if (qos === 3) throw new MqttError('quality 3')
    const reader = new BodyReader(body)
    const named = reader.string()
    const id = qos === 0 ? 0 : reader.uint16()
    if (qos > 0 && id === 0) throw new MqttError('PUBLISH without an identifier', REASON.PROTOCOL_ERROR)
    const properties = propertiesOf(reader, TYPE.PUBLISH, this.version)
    const topic = this.#aliased(named, properties)
    if (!isTopic(topic)) throw new MqttError('topic of PUBLISH', REASON.PROTOCOL_ERROR)
    const payload = Buffer.from(reader.rest())
    const message = messageOf({topic, payload, qos, retain: (flags & 1) !== 0, properties}, this.#connection.now())
    if (qos === 2) this.#keep(id, message, actions)
    else this.#pass(id, message, actions)
  }

  #aliased(topic: string, properties: Properties): string {
    const alias = properties.number(PROPERTY.TOPIC_ALIAS)
    if (alias === null) return topic
    if (alias === 0) throw new MqttError('topic alias 0')
    if (alias > ALIASES) throw new MqttError('topic alias too high', REASON.TOPIC_ALIAS_INVALID)
    if (topic !== '') this.#aliases.set(alias, topic)
    const known = topic === '' ? this.#aliases.get(alias) : topic
    if (known === undefined) throw new MqttError('topic alias that was never given', REASON.PROTOCOL_ERROR)
    return known
  }

  /** What the broker tells of itself is nobody else's to tell: it is taken and dropped. */
  #give(message: Message, actions: Action[]): number | null {
    const reserved = message.topic.startsWith('$SYS')
    const reached = reserved ? 0 : this.#broker.publish(message, this, this.#connection.now())
    this.#broker.count('publishedIn')
    actions.push(report(publishEvent(message, reached, this.#connection)))
    for (const bytes of this.outbox.take()) actions.push(write(bytes))
    return reserved ? null : reached
  }

  #pass(id: number, message: Message, actions: Action[]): void {
    const reached = this.#give(message, actions)
    if (message.qos === 0) return
    const reason = reached === null ? REASON.NOT_AUTHORIZED : reached === 0 ? REASON.NO_SUBSCRIBERS : REASON.SUCCESS
    const told = this.version === 5 && reason !== REASON.SUCCESS ? [Buffer.from([reason])] : []
    actions.push(write(packet(TYPE.PUBACK, 0, uint16(id), ...told)))
  }

  /** Quality 2: nobody gets it before the client says so; the same identifier again is the same message. */
  #keep(id: number, message: Message, actions: Action[]): void {
    const bytes = [...this.#unreleased.values()].reduce(
      (sum, {payload}) => sum + payload.length,
      message.payload.length,
    )
    if (!this.#unreleased.has(id) && this.#unreleased.size >= MAX_UNRELEASED) {
      throw new MqttError('more messages than the receive maximum', REASON.RECEIVE_MAXIMUM)
    }
    if (bytes > MAX_UNRELEASED_BYTES) throw new MqttError('too much that is not released', REASON.QUOTA_EXCEEDED)
    this.#unreleased.set(id, message)
    actions.push(write(packet(TYPE.PUBREC, 0, uint16(id))))
  }

  #release({flags, body}: Packet, actions: Action[]): void {
    if (flags !== 2) throw new MqttError('flags of PUBREL')
    const id = this.#id(body)
    const message = this.#unreleased.get(id)
    this.#unreleased.delete(id)
    if (message !== undefined) this.#give(message, actions)
    actions.push(write(packet(TYPE.PUBCOMP, 0, uint16(id))))
  }

  #subscribe(read: Packet, actions: Action[]): void {
    const {id, subscriptionId, asked} = readSubscribe(read, this.version)
    actions.push(
      report(
        filterEvent(
          'SUBSCRIBE',
          asked.map(({text}) => text),
        ),
      ),
    )
    const results = asked.map(({text, options}) => this.#add(text, options, subscriptionId))
    const codes = Buffer.from(results.map(({code}) => code))
    actions.push(write(packet(TYPE.SUBACK, 0, uint16(id), ...(this.version === 5 ? [Buffer.from([0])] : []), codes)))
    for (const {fetch} of results) if (fetch !== null) this.#fetch(fetch)
  }

  #add(text: string, options: number, id: number | null): {code: number; fetch: Subscription | null} {
    const there = this.subscriptions.has(text)
    if (!there && this.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      return {code: this.version === 5 ? REASON.QUOTA_EXCEEDED : FAILURE, fetch: null}
    }
    const subscription: Subscription = {
      filter: readFilter(text),
      qos: options & 3,
      noLocal: (options & 4) !== 0,
      retainAsPublished: (options & 8) !== 0,
      id,
    }
    this.subscriptions.set(text, subscription)
    const handling = options >> 4
    const wanted = handling === 0 || (handling === 1 && !there)
    return {code: subscription.qos, fetch: wanted && subscription.filter.group === null ? subscription : null}
  }

  #fetch(subscription: Subscription): void {
    for (const message of this.#broker.retainedFor(subscription.filter, this.#connection.now())) {
      this.deliver(message, subscription, true)
    }
  }

  #unsubscribe(read: Packet, actions: Action[]): void {
    const {id, filters} = readUnsubscribe(read, this.version)
    actions.push(report(filterEvent('UNSUBSCRIBE', filters)))
    const codes = filters.map((text) => (this.subscriptions.delete(text) ? REASON.SUCCESS : REASON.NO_SUBSCRIPTION))
    const told = this.version === 5 ? [Buffer.from([0, ...codes])] : []
    actions.push(write(packet(TYPE.UNSUBACK, 0, uint16(id), ...told)))
  }
}

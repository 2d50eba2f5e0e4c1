/** Exchanges, queues and messages of the one virtual host. They outlive sessions, within a budget. */
import type {Persona} from '../../../persona.ts'
import {AmqpError} from '../wire/methods.ts'
import {baitMessages} from './bait.ts'
import {type Binding, EXCHANGE_TYPES, type ExchangeType, routes} from './routing.ts'

export const VHOST = '/'
const MAX_QUEUES = 64
const MAX_EXCHANGES = 64
const MAX_BINDINGS = 256
const MAX_MESSAGES = 1000
const MAX_BYTES = 4 * 1024 * 1024

export interface Message {
  readonly exchange: string
  readonly routingKey: string
  /** Flags and properties as they came. */
  readonly properties: Buffer
  readonly body: Buffer
  redelivered: boolean
}

export interface Queue {
  readonly name: string
  readonly durable: boolean
  readonly autoDelete: boolean
  /** The connection it belongs to; null: all of them. */
  readonly owner: object | null
  readonly messages: Message[]
  consumers: number
}

export interface Exchange {
  readonly name: string
  readonly type: ExchangeType
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly internal: boolean
}

const SYSTEM: readonly (readonly [string, ExchangeType])[] = [
  ['', 'direct'],
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
  ['amq.rabbitmq.trace', 'topic'],
  ['amq.topic', 'topic'],
]

export class Broker {
  readonly queues = new Map<string, Queue>()
  readonly exchanges = new Map<string, Exchange>()
  #bindings: Binding[] = []
  #messages = 0
  #bytes = 0

  constructor(persona: Persona) {
    for (const [name, type] of SYSTEM) {
      this.exchanges.set(name, {name, type, durable: true, autoDelete: false, internal: name === 'amq.rabbitmq.trace'})
    }
    for (const {queue, messages} of baitMessages(persona)) {
      this.#add({name: queue, durable: true, autoDelete: false, owner: null, messages: [], consumers: 0})
      for (const message of messages) this.publish({...message, exchange: '', routingKey: queue})
    }
  }

  /** Throws AmqpError where it is not there, or another connection's. */
  queue(name: string, owner: object): Queue {
    const queue = this.queues.get(name)
    if (queue === undefined) throw new AmqpError('notFound', `no queue '${name}' in vhost '${VHOST}'`)
    if (queue.owner !== null && queue.owner !== owner) {
      throw new AmqpError(
        'resourceLocked',
        `cannot obtain exclusive access to locked queue '${name}' in vhost '${VHOST}'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
      )
    }
    return queue
  }

  /** Throws AmqpError where one of that name has other properties, or there are too many. */
  declareQueue(wanted: Omit<Queue, 'messages' | 'consumers'>, owner: object): Queue {
    const {name} = wanted
    if (this.queues.has(name)) {
      const current = this.queue(name, owner)
      for (const key of ['durable', 'autoDelete'] as const) {
        if (current[key] !== wanted[key]) {
          throw inequivalent(key === 'durable' ? key : 'auto_delete', 'queue', name, wanted[key], current[key])
        }
      }
      return current
    }
    if (/^amq\./.test(name) && !/^amq\.gen-/.test(name)) throw reserved('queue', name)
    if (this.queues.size >= MAX_QUEUES) this.#evict(owner)
    if (this.queues.size >= MAX_QUEUES) {
      const limit = `queue limit in vhost '${VHOST}' (${MAX_QUEUES}) is reached`
      throw new AmqpError('preconditionFailed', `cannot declare queue '${name}': ${limit}`)
    }
    return this.#add({...wanted, messages: [], consumers: 0})
  }

  /** How many messages went with it. */
  deleteQueue(name: string): number {
    const queue = this.queues.get(name)
    if (queue === undefined) return 0
    const count = this.purge(queue)
    this.queues.delete(name)
    this.#bindings = this.#bindings.filter(({queue: bound}) => bound !== name)
    return count
  }

  purge(queue: Queue): number {
    const gone = queue.messages.splice(0)
    for (const message of gone) this.#forget(message)
    return gone.length
  }

  /** Throws AmqpError where it is not there. */
  exchange(name: string): Exchange {
    const exchange = this.exchanges.get(name)
    if (exchange === undefined) throw new AmqpError('notFound', `no exchange '${name}' in vhost '${VHOST}'`)
    return exchange
  }

  /** Throws AmqpError. */
  declareExchange(wanted: Omit<Exchange, 'type'> & {readonly type: string}): void {
    const type = EXCHANGE_TYPES.find((each) => each === wanted.type)
    if (type === undefined) throw new AmqpError('commandInvalid', `unknown exchange type '${wanted.type}'`)
    const current = this.exchanges.get(wanted.name)
    if (current !== undefined) {
      for (const key of ['type', 'durable', 'autoDelete'] as const) {
        if (current[key] !== wanted[key]) {
          throw inequivalent(
            key === 'autoDelete' ? 'auto_delete' : key,
            'exchange',
            wanted.name,
            wanted[key],
            current[key],
          )
        }
      }
      return
    }
    if (wanted.name.startsWith('amq.')) throw reserved('exchange', wanted.name)
    if (this.exchanges.size < MAX_EXCHANGES) this.exchanges.set(wanted.name, {...wanted, type})
  }

  /** Throws AmqpError for one of the broker's own. */
  deleteExchange(name: string): void {
    if (name.startsWith('amq.') && this.exchanges.has(name)) {
      const text = `deletion of system exchange '${name}' in vhost '${VHOST}' not allowed`
      throw new AmqpError('accessRefused', text)
    }
    this.exchanges.delete(name)
    this.#bindings = this.#bindings.filter(({exchange}) => exchange !== name)
  }

  bind(binding: Binding): void {
    this.unbind(binding)
    if (this.#bindings.length < MAX_BINDINGS) this.#bindings.push(binding)
  }

  unbind({exchange, queue, key}: Binding): void {
    this.#bindings = this.#bindings.filter(
      (each) => each.exchange !== exchange || each.queue !== queue || each.key !== key,
    )
  }

  /** The queues that got it. A message for which there is no room is lost. */
  publish(message: Omit<Message, 'redelivered'>): Queue[] {
    const exchange = this.exchange(message.exchange)
    const names =
      exchange.name === ''
        ? [message.routingKey]
        : routes(exchange.type, exchange.name, message.routingKey, this.#bindings)
    const queues = names.flatMap((name) => this.queues.get(name) ?? [])
    for (const queue of queues) {
      if (this.#messages >= MAX_MESSAGES || this.#bytes + message.body.length > MAX_BYTES) break
      this.#messages++
      this.#bytes += message.body.length
      queue.messages.push({...message, redelivered: false})
    }
    return queues
  }

  /** Puts a message back where it came from. */
  requeue(queue: Queue, message: Message): void {
    message.redelivered = true
    if (this.queues.get(queue.name) === queue) queue.messages.unshift(message)
    else this.#forget(message)
  }

  /** It was delivered for good. */
  settle(message: Message): void {
    this.#forget(message)
  }

  /** Connections that broke off leave their own queues behind: the oldest of those makes room. */
  #evict(owner: object): void {
    const left = [...this.queues.values()].find((queue) => queue.owner !== null && queue.owner !== owner)
    if (left !== undefined) this.deleteQueue(left.name)
  }

  #forget({body}: Message): void {
    this.#messages--
    this.#bytes -= body.length
  }

  #add(queue: Queue): Queue {
    this.queues.set(queue.name, queue)
    return queue
  }
}

function inequivalent(
  key: string,
  kind: 'queue' | 'exchange',
  name: string,
  received: string | boolean,
  current: string | boolean,
): AmqpError {
  const place = `for ${kind} '${name}' in vhost '${VHOST}'`
  return new AmqpError(
    'preconditionFailed',
    `inequivalent arg '${key}' ${place}: received '${received}' but current is '${current}'`,
  )
}

const reserved = (kind: 'queue' | 'exchange', name: string): AmqpError =>
  new AmqpError('accessRefused', `${kind} name '${name}' contains reserved prefix 'amq.*'`)

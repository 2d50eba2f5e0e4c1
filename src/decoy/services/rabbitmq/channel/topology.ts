/** Methods that make and remove exchanges, queues and bindings. */
import type {Queue} from '../broker/broker.ts'
import {VHOST} from '../broker/broker.ts'
import {AmqpError, METHOD} from '../wire/methods.ts'
import {shortString, uint32, type ValueReader} from '../wire/values.ts'
import type {Channel} from './channel.ts'

/** What is worth keeping of a call. */
export type Facts = Readonly<Record<string, unknown>>
export type Handler = (channel: Channel, reader: ValueReader) => Facts

const GENERATED_BYTES = 16

export const TOPOLOGY: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [METHOD.exchangeDeclare, declareExchange],
  [METHOD.exchangeDelete, deleteExchange],
  [METHOD.exchangeBind, (channel, reader) => bindExchange(channel, reader, METHOD.exchangeBindOk)],
  [METHOD.exchangeUnbind, (channel, reader) => bindExchange(channel, reader, METHOD.exchangeUnbindOk)],
  [METHOD.queueDeclare, declareQueue],
  [METHOD.queueBind, bindQueue],
  [METHOD.queueUnbind, unbindQueue],
  [METHOD.queuePurge, purgeQueue],
  [METHOD.queueDelete, deleteQueue],
])

function declareExchange(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [name, type, bits] = [reader.shortString(), reader.shortString(), reader.octet()]
  reader.table()
  const {broker} = channel.host
  if (flag(bits, 0)) broker.exchange(name)
  else {
    if (name === '') throw notOnDefault()
    broker.declareExchange({name, type, durable: flag(bits, 1), autoDelete: flag(bits, 2), internal: flag(bits, 3)})
  }
  if (!flag(bits, 4)) channel.send(METHOD.exchangeDeclareOk)
  return {exchange: name, type}
}

function deleteExchange(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [name, bits] = [reader.shortString(), reader.octet()]
  if (name === '') throw notOnDefault()
  channel.host.broker.deleteExchange(name)
  if (!flag(bits, 1)) channel.send(METHOD.exchangeDeleteOk)
  return {exchange: name}
}

/** Exchanges bound to each other carry nothing here: no client looks for it. */
function bindExchange(channel: Channel, reader: ValueReader, reply: number): Facts {
  reader.short()
  const [destination, source, key, bits] = [
    reader.shortString(),
    reader.shortString(),
    reader.shortString(),
    reader.octet(),
  ]
  reader.table()
  if (destination === '' || source === '') throw notOnDefault()
  channel.host.broker.exchange(source)
  channel.host.broker.exchange(destination)
  if (!flag(bits, 0)) channel.send(reply)
  return {exchange: destination, source, key}
}

function declareQueue(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [asked, bits] = [reader.shortString(), reader.octet()]
  reader.table()
  const queue = declared(channel, asked, bits)
  channel.lastQueue = queue.name
  if (!flag(bits, 4)) {
    const counts = [uint32(queue.messages.length), uint32(queue.consumers)]
    channel.send(METHOD.queueDeclareOk, shortString(queue.name), ...counts)
  }
  return {queue: queue.name, passive: flag(bits, 0), durable: flag(bits, 1)}
}

function declared(channel: Channel, asked: string, bits: number): Queue {
  const {broker, owner, random} = channel.host
  if (flag(bits, 0)) return broker.queue(queueName(channel, asked), owner)
  const name = asked === '' ? `amq.gen-${random(GENERATED_BYTES).toString('base64url')}` : asked
  const wanted = {name, durable: flag(bits, 1), autoDelete: flag(bits, 3), owner: flag(bits, 2) ? owner : null}
  return broker.declareQueue(wanted, owner)
}

function bindQueue(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [asked, exchange, key, bits] = [
    reader.shortString(),
    reader.shortString(),
    reader.shortString(),
    reader.octet(),
  ]
  reader.table()
  const {broker, owner} = channel.host
  const queue = queueName(channel, asked)
  if (exchange === '') throw notOnDefault()
  broker.queue(queue, owner)
  broker.exchange(exchange)
  broker.bind({exchange, queue, key})
  if (!flag(bits, 0)) channel.send(METHOD.queueBindOk)
  return {queue, exchange, key}
}

function unbindQueue(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [asked, exchange, key] = [reader.shortString(), reader.shortString(), reader.shortString()]
  reader.table()
  const queue = queueName(channel, asked)
  if (exchange === '') throw notOnDefault()
  channel.host.broker.unbind({exchange, queue, key})
  channel.send(METHOD.queueUnbindOk)
  return {queue, exchange, key}
}

function purgeQueue(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [name, bits] = [queueName(channel, reader.shortString()), reader.octet()]
  const {broker, owner} = channel.host
  const count = broker.purge(broker.queue(name, owner))
  if (!flag(bits, 0)) channel.send(METHOD.queuePurgeOk, uint32(count))
  return {queue: name, messages: count}
}

function deleteQueue(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [name, bits] = [queueName(channel, reader.shortString()), reader.octet()]
  const {broker, owner} = channel.host
  const queue = broker.queues.get(name)
  if (queue !== undefined) {
    broker.queue(name, owner)
    if (flag(bits, 0) && queue.consumers > 0) throw inTheWay(name, 'in use')
    if (flag(bits, 1) && queue.messages.length > 0) throw inTheWay(name, 'not empty')
  }
  const count = broker.deleteQueue(name)
  if (!flag(bits, 2)) channel.send(METHOD.queueDeleteOk, uint32(count))
  if (queue !== undefined) channel.queueGone(queue)
  return {queue: name, messages: count}
}

/** No name stands for the queue that this channel declared last. Throws AmqpError. */
export function queueName(channel: Channel, asked: string): string {
  const name = asked === '' ? channel.lastQueue : asked
  if (name === null) throw new AmqpError('notFound', 'no previously declared queue')
  return name
}

export const flag = (bits: number, place: number): boolean => ((bits >> place) & 1) === 1

const notOnDefault = (): AmqpError => new AmqpError('accessRefused', 'operation not permitted on the default exchange')

const inTheWay = (name: string, how: string): AmqpError =>
  new AmqpError('preconditionFailed', `queue '${name}' in vhost '${VHOST}' ${how}`)

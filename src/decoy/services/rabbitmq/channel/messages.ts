/** Methods that fetch and acknowledge messages, and what becomes of a published one. */
import {sample} from '../../../sample.ts'
import type {Message} from '../broker/broker.ts'
import {AmqpError, METHOD} from '../wire/methods.ts'
import {shortString, uint16, uint32, uint64, type ValueReader} from '../wire/values.ts'
import type {Channel} from './channel.ts'
import {type Facts, flag, type Handler, queueName} from './topology.ts'

const NO_ROUTE = 312
const TAG_BYTES = 16

export const MESSAGES: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [METHOD.basicQos, qos],
  [METHOD.basicConsume, consume],
  [METHOD.basicCancel, cancel],
  [METHOD.basicCancelOk, () => ({})],
  [METHOD.basicGet, get],
  [METHOD.basicAck, (channel, reader) => settle(channel, reader, 'ack')],
  [METHOD.basicReject, (channel, reader) => settle(channel, reader, 'reject')],
  [METHOD.basicNack, (channel, reader) => settle(channel, reader, 'nack')],
  [METHOD.basicRecover, recover],
  [METHOD.basicRecoverAsync, recoverSilently],
  [METHOD.confirmSelect, confirm],
  [METHOD.txSelect, (channel) => done(channel, METHOD.txSelectOk)],
  [METHOD.txCommit, (channel) => done(channel, METHOD.txCommitOk)],
  [METHOD.txRollback, (channel) => done(channel, METHOD.txRollbackOk)],
  [METHOD.channelFlow, flow],
  [METHOD.channelFlowOk, () => ({})],
])

function done(channel: Channel, reply: number): Facts {
  channel.send(reply)
  return {}
}

function qos(channel: Channel, reader: ValueReader): Facts {
  reader.long()
  channel.prefetch = reader.short()
  reader.octet()
  channel.send(METHOD.basicQosOk)
  return {prefetch: channel.prefetch}
}

function consume(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [asked, wanted, bits] = [reader.shortString(), reader.shortString(), reader.octet()]
  reader.table()
  const {broker, owner, random} = channel.host
  const queue = broker.queue(queueName(channel, asked), owner)
  const tag = wanted === '' ? `amq.ctag-${random(TAG_BYTES).toString('base64url')}` : wanted
  if (channel.consumers.has(tag)) throw new AmqpError('notAllowed', `attempt to reuse consumer tag '${tag}'`)
  const begun = channel.consume({tag, queue, acknowledges: !flag(bits, 1)})
  if (!begun) throw new AmqpError('notAllowed', 'reached maximum (64) of consumers per channel')
  if (!flag(bits, 3)) channel.send(METHOD.basicConsumeOk, shortString(tag))
  return {queue: queue.name, tag}
}

function cancel(channel: Channel, reader: ValueReader): Facts {
  const [tag, bits] = [reader.shortString(), reader.octet()]
  channel.cancel(tag)
  if (!flag(bits, 0)) channel.send(METHOD.basicCancelOk, shortString(tag))
  return {tag}
}

function get(channel: Channel, reader: ValueReader): Facts {
  reader.short()
  const [asked, bits] = [reader.shortString(), reader.octet()]
  const {broker, owner} = channel.host
  const queue = broker.queue(queueName(channel, asked), owner)
  const message = queue.messages.shift()
  if (message === undefined) {
    channel.send(METHOD.basicGetEmpty, shortString(''))
    return {queue: queue.name, found: false}
  }
  const tag = channel.deliver(queue, message, !flag(bits, 0))
  channel.send(
    METHOD.basicGetOk,
    uint64(tag),
    Buffer.from([Number(message.redelivered)]),
    shortString(message.exchange),
    shortString(message.routingKey),
    uint32(queue.messages.length),
  )
  channel.sendContent(message)
  return {queue: queue.name, found: true, size: message.body.length}
}

/** Throws AmqpError for a tag that was never given. */
function settle(channel: Channel, reader: ValueReader, how: 'ack' | 'reject' | 'nack'): Facts {
  const [tag, bits] = [Number(reader.longLong()), reader.octet()]
  const multiple = how !== 'reject' && flag(bits, 0)
  const requeue = how === 'reject' ? flag(bits, 0) : how === 'nack' && flag(bits, 1)
  const tags = [...channel.unacknowledged.keys()].filter((each) => (multiple ? tag === 0 || each <= tag : each === tag))
  if (tags.length === 0 && !(multiple && tag === 0)) {
    throw new AmqpError('preconditionFailed', `unknown delivery tag ${tag}`)
  }
  for (const each of tags.reverse()) {
    const delivery = channel.unacknowledged.get(each)
    channel.unacknowledged.delete(each)
    if (delivery === undefined) continue
    if (requeue) channel.host.broker.requeue(delivery.queue, delivery.message)
    else channel.host.broker.settle(delivery.message)
  }
  return {tag, messages: tags.length}
}

function recover(channel: Channel, reader: ValueReader): Facts {
  channel.send(METHOD.basicRecoverOk)
  return recoverSilently(channel, reader)
}

function recoverSilently(channel: Channel, reader: ValueReader): Facts {
  reader.octet()
  channel.requeueAll()
  return {}
}

function confirm(channel: Channel, reader: ValueReader): Facts {
  channel.confirms = true
  if (!flag(reader.octet(), 0)) channel.send(METHOD.confirmSelectOk)
  return {}
}

function flow(channel: Channel, reader: ValueReader): Facts {
  if (!flag(reader.octet(), 0)) throw new AmqpError('notImplemented', 'active=false')
  channel.send(METHOD.channelFlowOk, Buffer.from([1]))
  return {}
}

/** A message whose content is on its way. */
export interface Publication {
  readonly exchange: string
  readonly routingKey: string
  readonly mandatory: boolean
  readonly immediate: boolean
}

export function readPublication(reader: ValueReader): Publication {
  reader.short()
  const [exchange, routingKey, bits] = [reader.shortString(), reader.shortString(), reader.octet()]
  return {exchange, routingKey, mandatory: flag(bits, 0), immediate: flag(bits, 1)}
}

/** Throws AmqpError. `whole`: false where the body is larger than what is kept of one. */
export function publish(
  channel: Channel,
  publication: Publication,
  {properties, body, size, whole}: Pick<Message, 'properties' | 'body'> & {size: number; whole: boolean},
): Facts {
  const {exchange, routingKey, mandatory, immediate} = publication
  const {broker, sampleBytes} = channel.host
  const facts = {exchange, key: routingKey, size, body: sample(body, sampleBytes)}
  if (immediate) throw new AmqpError('notImplemented', 'immediate=true')
  if (broker.exchange(exchange).internal) {
    const text = `cannot publish to internal exchange '${exchange}' in vhost '/'`
    throw new AmqpError('accessRefused', text)
  }
  const queues = whole ? broker.publish({exchange, routingKey, properties, body}) : []
  if (whole && queues.length === 0 && mandatory) {
    const texts = [shortString('NO_ROUTE'), shortString(exchange), shortString(routingKey)]
    channel.send(METHOD.basicReturn, uint16(NO_ROUTE), ...texts)
    channel.sendContent({properties, body})
  }
  channel.published++
  if (channel.confirms) channel.send(METHOD.basicAck, uint64(channel.published), Buffer.from([0]))
  return {...facts, routed: queues.length}
}

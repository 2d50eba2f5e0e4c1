/** The channels of one connection, and what their frames are for. */
import {Channel, type ChannelHost, shownName} from './channel/channel.ts'
import {Assembly, type Content} from './channel/content.ts'
import {MESSAGES, publish, readPublication} from './channel/messages.ts'
import {type Facts, TOPOLOGY} from './channel/topology.ts'
import {erlangBinary, FRAME, type Frame} from './wire/frames.ts'
import {AmqpError, METHOD, METHOD_NAMES} from './wire/methods.ts'
import {longString, shortString, uint16, uint32, ValueReader} from './wire/values.ts'

const MAX_OPEN = 256
/** Acknowledgements and the like: nothing is learned from them. */
const QUIET: ReadonlySet<number> = new Set([
  METHOD.basicAck,
  METHOD.basicQos,
  METHOD.basicCancelOk,
  METHOD.channelFlow,
  METHOD.channelFlowOk,
])

interface Open {
  readonly channel: Channel
  /** An error was sent; everything is ignored until the client has acknowledged it. */
  closing: boolean
  assembly: Assembly | null
}

export class Channels {
  readonly #host: ChannelHost
  readonly #open = new Map<number, Open>()

  constructor(host: ChannelHost) {
    this.#host = host
  }

  /** False: a method that there is not. Throws AmqpError or ValueError for what ends the connection. */
  handle(frame: Frame): boolean {
    const open = this.#open.get(frame.channel)
    if (frame.type < FRAME.method || frame.type > FRAME.body) throw new AmqpError('frameError', unknownFrame(frame))
    if (open === undefined) return this.#opening(frame)
    if (open.closing) {
      if (frame.type === FRAME.method && methodOf(frame) === METHOD.channelCloseOk) this.#open.delete(frame.channel)
      return true
    }
    if (open.assembly !== null) {
      this.#content(open, open.assembly.add(frame))
      return true
    }
    if (frame.type !== FRAME.method) {
      throw new AmqpError('unexpectedFrame', 'expected method frame, got non method frame instead')
    }
    return this.#method(open, methodOf(frame), new ValueReader(frame.payload.subarray(4)))
  }

  /** Unacknowledged messages go back, and queues that were this connection's own are gone. */
  close(): void {
    for (const {channel} of this.#open.values()) channel.close()
    this.#open.clear()
    const {broker, owner} = this.#host
    for (const queue of [...broker.queues.values()]) if (queue.owner === owner) broker.deleteQueue(queue.name)
  }

  #opening(frame: Frame): boolean {
    const method = methodOf(frame)
    if (frame.type !== FRAME.method || !METHOD_NAMES.has(method)) {
      if (frame.type === FRAME.method) return false
      throw new AmqpError('channelError', "expected 'channel.open'")
    }
    // An acknowledgement of a close that crossed one of ours.
    if (method === METHOD.channelCloseOk) return true
    if (method !== METHOD.channelOpen) throw new AmqpError('channelError', "expected 'channel.open'")
    if (this.#open.size >= MAX_OPEN) {
      const text = `number of channels opened (${MAX_OPEN}) has reached the negotiated channel_max (${MAX_OPEN})`
      throw new AmqpError('notAllowed', text)
    }
    const channel = new Channel(frame.channel, this.#host)
    this.#open.set(frame.channel, {channel, closing: false, assembly: null})
    channel.send(METHOD.channelOpenOk, longString(''))
    return true
  }

  #method(open: Open, method: number, reader: ValueReader): boolean {
    const {channel} = open
    if (method === METHOD.channelOpen) throw new AmqpError('channelError', "second 'channel.open' seen")
    if (method === METHOD.channelClose) {
      channel.send(METHOD.channelCloseOk)
      channel.close()
      this.#open.delete(channel.number)
      return true
    }
    if (method === METHOD.basicPublish) {
      open.assembly = new Assembly(readPublication(reader))
      return true
    }
    const handler = TOPOLOGY.get(method) ?? MESSAGES.get(method)
    if (handler === undefined) return false
    this.#perform(open, method, () => handler(channel, reader))
    return true
  }

  #content(open: Open, content: Content | null): void {
    if (content === null) return
    open.assembly = null
    this.#perform(open, METHOD.basicPublish, () => publish(open.channel, content.publication, content))
  }

  /** What happens to one channel alone ends that one alone. */
  #perform(open: Open, method: number, run: () => Facts): void {
    const name = METHOD_NAMES.get(method) ?? 'method'
    try {
      const facts = run()
      if (!QUIET.has(method)) this.#host.record({event: 'command', data: {method: name, ...printed(facts)}})
      for (const {channel, closing} of this.#open.values()) if (!closing) channel.pump()
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error
      this.#host.record({event: 'command', data: {method: name, error: shownName(error.text)}})
      if (error.hard) {
        error.method = method
        throw error
      }
      const {channel} = open
      channel.send(METHOD.channelClose, uint16(error.code), shortString(error.text), uint32(method))
      channel.close()
      open.closing = true
    }
  }
}

const methodOf = ({payload}: Frame): number => (payload.length >= 4 ? payload.readUInt32BE(0) : 0)

const unknownFrame = ({type, payload}: Frame): string =>
  `type ${type}, all octets = ${erlangBinary(payload)}: unknown_frame`

const printed = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? shownName(value) : value]),
  )

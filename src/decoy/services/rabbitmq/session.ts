/** One connection to the decoy broker. */
import type {ServiceEvent} from '../../../events/event.ts'
import {ByteQueue} from '../../byte-queue.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, delay, type ProtocolSession, RESET, report, write} from '../../service.ts'
import {Channels} from './channels.ts'
import type {RabbitHost} from './host.ts'
import {type NameAndPassword, readLogin} from './login.ts'
import {type ClientFacts, clientFacts, startReply} from './start.ts'
import {
  encodeFrame,
  erlangBinary,
  FRAME,
  FRAME_MAX,
  type Frame,
  type FrameFault,
  FrameReader,
  HEADER_SIZE,
} from './wire/frames.ts'
import {AmqpError, METHOD} from './wire/methods.ts'
import {shortString, uint16, uint32, ValueError, ValueReader} from './wire/values.ts'

const HEADER_091 = Buffer.from('AMQP\0\0\x09\x01', 'latin1')
const HEADER_08 = Buffer.from('AMQP\x01\x01\x08\x00', 'latin1')
export const CHANNEL_MAX = 2047
const HEARTBEAT_S = 60
/** Before a client that is not in is told off or hung up on, so that guessing takes time. */
const SILENCE_MS = 3000
const FRAME_MIN = 4096

type State = 'header' | 'start' | 'tune' | 'open' | 'in' | 'closing' | 'over'

export class AmqpSession implements ProtocolSession {
  readonly #host: RabbitHost
  readonly #connection: Connection
  readonly #queue = new ByteQueue()
  readonly #reader = new FrameReader(this.#queue)
  #actions: Action[] = []
  #state: State = 'header'
  #client: ClientFacts | null = null
  #channels: Channels | null = null
  #frameMax = FRAME_MAX
  #frames = 0

  constructor(host: RabbitHost, connection: Connection) {
    this.#host = host
    this.#connection = connection
  }

  get authenticated(): boolean {
    return this.#state === 'in'
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#state === 'over') return []
    this.#actions = []
    this.#queue.push(bytes)
    while (this.#step()) {
      // Each turn takes one frame.
    }
    return this.#actions
  }

  end(): Action[] {
    this.#actions = []
    const rest = this.#queue.all
    if (rest.length > 0 && this.#state !== 'over' && this.#state !== 'closing') this.#malformed('cut short', rest)
    this.#close()
    return this.#actions
  }

  timeout(): Action[] {
    this.#channels?.close()
    return []
  }

  /** False when more input is needed, or none is wanted. */
  #step(): boolean {
    if (this.#state === 'over') return false
    if (this.#state === 'header') return this.#header()
    const frame = this.#reader.next()
    if (frame === null) return false
    if (++this.#frames > this.#connection.limits.commands) {
      this.#close()
      return false
    }
    if ('fault' in frame) return this.#fault(frame)
    this.#frame(frame)
    return true
  }

  #header(): boolean {
    const header = this.#queue.take(HEADER_SIZE)
    if (header === null) return false
    const old = header.equals(HEADER_08)
    if (!old && !header.equals(HEADER_091)) {
      const amqp = header.subarray(0, 4).toString('latin1') === 'AMQP'
      if (amqp) this.#record({event: 'probe', data: {what: 'version', header: header.subarray(4).toString('hex')}})
      else this.#malformed('header', Buffer.concat([header]))
      this.#actions.push(write(HEADER_091))
      this.#close()
      return false
    }
    this.#method(METHOD.connectionStart, startReply(this.#host.persona, old))
    this.#state = 'start'
    return true
  }

  #frame(frame: Frame): void {
    if (this.#state === 'closing') {
      const closed = frame.type === FRAME.method && methodOf(frame) === METHOD.connectionCloseOk
      if (closed) this.#close()
      return
    }
    try {
      this.#handle(frame)
    } catch (error) {
      if (error instanceof ValueError) {
        const text = `cannot decode ${erlangBinary(frame.payload.subarray(4))}`
        this.#refuse(new AmqpError('frameError', text), methodOf(frame))
      } else if (error instanceof AmqpError) this.#refuse(error, error.method ?? methodOf(frame))
      else throw error
    }
  }

  #handle(frame: Frame): void {
    if (frame.type === FRAME.heartbeat) return
    if (frame.channel !== 0) {
      if (this.#state !== 'in') this.#giveUp('channel before login', frame.payload)
      else if (this.#channels?.handle(frame) === false) this.#drop(frame)
      return
    }
    if (frame.type !== FRAME.method) {
      if (this.#state !== 'in') this.#giveUp('no method', frame.payload)
      else this.#refuse(new AmqpError('frameError', unknownFrame(frame)), 0)
      return
    }
    const method = methodOf(frame)
    const reader = new ValueReader(frame.payload.subarray(4))
    if (method === METHOD.connectionClose) this.#closeAsked()
    else if (this.#state === 'start' && method === METHOD.connectionStartOk) this.#startOk(reader)
    else if (this.#state === 'tune' && method === METHOD.connectionTuneOk) this.#tuneOk(reader)
    else if (this.#state === 'open' && method === METHOD.connectionOpen) this.#open(reader)
    else if (this.#state === 'in') {
      this.#refuse(new AmqpError('channelError', 'unexpected method in connection state running'), method)
    } else this.#giveUp('method before login', frame.payload)
  }

  #startOk(reader: ValueReader): void {
    const properties = reader.table()
    const [mechanism, response] = [reader.shortString(), reader.longString()]
    reader.shortString()
    this.#client = clientFacts(properties, this.#connection.limits.sample)
    const login = readLogin(mechanism, response)
    if (login === null) {
      this.#giveUp('mechanism', Buffer.concat([Buffer.from(`${mechanism} `, 'latin1'), response]))
      return
    }
    const success = this.#host.admits(login)
    this.#attempt(login, mechanism, success)
    if (success) {
      this.#method(METHOD.connectionTune, uint16(CHANNEL_MAX), uint32(FRAME_MAX), uint16(HEARTBEAT_S))
      this.#state = 'tune'
      return
    }
    if (this.#client.closes) {
      const text = `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`
      this.#sendClose(new AmqpError('accessRefused', text), 0)
    }
    this.#actions.push(delay(SILENCE_MS))
    this.#close()
  }

  #tuneOk(reader: ValueReader): void {
    const [channelMax, frameMax] = [reader.short(), reader.long()]
    reader.short()
    // None at all counts as more than was offered.
    if (channelMax === 0 || channelMax > CHANNEL_MAX || frameMax < FRAME_MIN || frameMax > FRAME_MAX) {
      this.#giveUp('tune', Buffer.concat([uint16(channelMax), uint32(frameMax)]))
      return
    }
    this.#frameMax = frameMax
    this.#reader.frameMax = frameMax
    this.#state = 'open'
  }

  #open(reader: ValueReader): void {
    const vhost = reader.shortString()
    if (vhost !== '/') throw new AmqpError('notAllowed', `vhost ${vhost} not found`)
    this.#method(METHOD.connectionOpenOk, shortString(''))
    this.#state = 'in'
    this.#channels = new Channels({
      broker: this.#host.broker,
      owner: this,
      frameMax: this.#frameMax,
      cancelNotify: this.#client?.cancelNotify === true,
      sampleBytes: this.#connection.limits.sample,
      random: (size) => this.#connection.random(size),
      send: (bytes) => this.#actions.push(write(bytes)),
      record: (event) => this.#record(event),
    })
  }

  #closeAsked(): void {
    this.#method(METHOD.connectionCloseOk)
    this.#close()
  }

  #fault(fault: FrameFault): boolean {
    if (this.#state !== 'in') {
      this.#giveUp(fault.fault, this.#queue.all)
      return false
    }
    const octets = fault.fault === 'end' ? erlangBinary(fault.payload) : '<<>>'
    const text = `type ${fault.type}, all octets = ${octets}: ${fault.text}`
    this.#refuse(new AmqpError('frameError', text), 0)
    return fault.fault === 'end'
  }

  /** Ends the connection in words, where it is one; before that it ends without any. */
  #refuse(error: AmqpError, method: number): void {
    if (this.#state !== 'in' && this.#state !== 'open') {
      this.#giveUp(error.text, Buffer.alloc(0))
      return
    }
    if (error.error === 'frameError' || error.error === 'unexpectedFrame') this.#malformed(error.text, Buffer.alloc(0))
    this.#sendClose(error, method)
    this.#channels?.close()
    this.#state = 'closing'
  }

  #sendClose(error: AmqpError, method: number): void {
    this.#method(METHOD.connectionClose, uint16(error.code), shortString(error.text), uint32(method))
  }

  #giveUp(reason: string, bytes: Buffer): void {
    this.#malformed(reason, bytes)
    this.#actions.push(delay(SILENCE_MS))
    this.#close()
  }

  /** The real one's reader dies of a method that it has no name for. */
  #drop(frame: Frame): void {
    this.#record({event: 'probe', data: {what: 'method', method: methodOf(frame).toString(16).padStart(8, '0')}})
    this.#channels?.close()
    this.#state = 'over'
    this.#actions.push(RESET)
  }

  #method(method: number, ...values: readonly Buffer[]): void {
    this.#actions.push(write(encodeFrame(FRAME.method, 0, Buffer.concat([uint32(method), ...values]))))
  }

  #attempt(login: NameAndPassword, mechanism: string, success: boolean): void {
    const {limits} = this.#connection
    this.#record({
      event: 'auth.attempt',
      credential: {
        principal: sample(Buffer.from(login.name, 'latin1'), limits.credential).text,
        method: mechanism.toLowerCase(),
        secret: sample(Buffer.from(login.password, 'latin1'), limits.credential),
        outcome: success ? 'success' : 'failure',
      },
      data: {...this.#client?.shown},
    })
  }

  #malformed(reason: string, bytes: Buffer): void {
    const input = sample(bytes, this.#connection.limits.sample)
    this.#record({event: 'malformed', data: {reason: sample(Buffer.from(reason, 'latin1'), 255).text, input}})
  }

  #record(event: ServiceEvent): void {
    this.#actions.push(report(event))
  }

  #close(): void {
    this.#channels?.close()
    this.#state = 'over'
    this.#actions.push(CLOSE)
  }
}

/** 0 for a frame that is none of a method. */
const methodOf = ({type, payload}: Frame): number =>
  type === FRAME.method && payload.length >= 4 ? payload.readUInt32BE(0) : 0

const unknownFrame = ({type, payload}: Frame): string =>
  `type ${type}, all octets = ${erlangBinary(payload)}: unknown_frame`

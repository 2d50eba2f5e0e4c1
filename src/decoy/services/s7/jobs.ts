/** Functions of jobs: agreeing on a PDU, variables, and what starts, stops and changes the CPU. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {ERROR, type Right} from './errors.ts'
import type {S7Host} from './host.ts'
import {ITEM} from './memory.ts'
import {PDU_SIZE} from './szl.ts'
import {itemText, MAX_ITEMS, readItems, readValues, readWritten, writeValue, writtenSample} from './variables.ts'
import {type Job, jobRefusal, jobReply} from './wire/pdu.ts'

const FUNCTION = {
  setup: 0xf0,
  read: 0x04,
  write: 0x05,
  requestDownload: 0x1a,
  endDownload: 0x1c,
  startUpload: 0x1d,
  endUpload: 0x1f,
  invoke: 0x28,
  stop: 0x29,
} as const
/** An acknowledgement with a header, a function and a count leaves so much less for values. */
const REPLY_HEADER = 14
const SMALLEST_PDU = 64
const MOST_PARALLEL = 8
const START = 'P_PROGRAM'
/** Programs of the CPU that change nothing anybody can see: compress memory, copy to ROM. */
const HARMLESS: ReadonlySet<string> = new Set(['_GARB', '_MODU'])

export interface Outcome {
  readonly reply: Buffer
  readonly events: readonly ServiceEvent[]
}

export class Jobs {
  readonly #host: S7Host
  readonly #connection: Connection
  readonly #right: Right
  /** Null: nothing is agreed on yet. */
  pduSize: number | null = null

  constructor(host: S7Host, connection: Connection, right: Right) {
    this.#host = host
    this.#connection = connection
    this.#right = right
  }

  handle(job: Job): Outcome {
    const code = job.parameters.readUInt8(0)
    switch (code) {
      case FUNCTION.setup:
        return this.#setup(job)
      case FUNCTION.read:
        return this.#read(job)
      case FUNCTION.write:
        return this.#write(job)
      case FUNCTION.invoke:
        return this.#invoke(job)
      case FUNCTION.stop:
        return this.#stop(job)
      default:
        return this.#other(job, code)
    }
  }

  #setup(job: Job): Outcome {
    if (job.parameters.length < 8) return {reply: jobRefusal(job, ERROR.notImplemented), events: [MALFORMED]}
    const asked = job.parameters.readUInt16BE(6)
    this.pduSize = Math.max(SMALLEST_PDU, Math.min(asked, PDU_SIZE))
    const parallel = [2, 4].map((at) => Math.max(1, Math.min(job.parameters.readUInt16BE(at), MOST_PARALLEL)))
    const reply = Buffer.from([FUNCTION.setup, 0, 0, 0, 0, 0, 0, 0])
    for (const [index, value] of [...parallel, this.pduSize].entries()) reply.writeUInt16BE(value, 2 + index * 2)
    return {reply: jobReply(job, reply), events: [{event: 'request', data: {action: 'setup', pdu: asked}}]}
  }

  #read(job: Job): Outcome {
    const items = readItems(job.parameters)
    if (items.length === 0) return {reply: jobRefusal(job, ERROR.notImplemented), events: [MALFORMED]}
    const event: ServiceEvent = {event: 'query', data: {action: 'read', items: items.map(itemText)}}
    const values = readValues(this.#host.memory, items, this.#connection.now())
    if (values.length + REPLY_HEADER > (this.pduSize ?? PDU_SIZE)) {
      return {reply: jobRefusal(job, ERROR.tooLong), events: [event]}
    }
    return {reply: jobReply(job, Buffer.from([FUNCTION.read, items.length]), values), events: [event]}
  }

  #write(job: Job): Outcome {
    const items = readItems(job.parameters)
    if (items.length === 0) return {reply: jobRefusal(job, ERROR.notImplemented), events: [MALFORMED]}
    const values = readWritten(job.data, Math.min(items.length, MAX_ITEMS))
    const {memory} = this.#host
    const now = this.#connection.now()
    const codes = items.map((item, index) => writeValue(memory, item, values[index] ?? null, now))
    const event: ServiceEvent = {
      event: 'command',
      data: {
        action: 'write',
        items: items.map(itemText),
        values: writtenSample(values),
        refused: codes.some((code) => code !== ITEM.good),
      },
    }
    return {reply: jobReply(job, Buffer.from([FUNCTION.write, items.length]), Buffer.from(codes)), events: [event]}
  }

  /** Starts a program of the CPU: seven octets, its arguments, then its name, both with their lengths before them. */
  #invoke(job: Job): Outcome {
    const {parameters} = job
    if (parameters.length < 10) return {reply: jobRefusal(job, ERROR.notImplemented), events: [MALFORMED]}
    const size = parameters.readUInt16BE(8)
    const name = parameters.subarray(11 + size, 11 + size + (parameters[10 + size] ?? 0)).toString('latin1')
    const allowed = this.#allowed()
    const event: ServiceEvent = {
      event: 'command',
      data: {
        action: name === START ? 'start' : 'invoke',
        program: printable(Buffer.from(name, 'latin1').subarray(0, 32)),
        arguments: printable(parameters.subarray(10, 10 + size).subarray(0, 64)),
        refused: !allowed,
      },
    }
    if (!allowed) return {reply: jobRefusal(job, ERROR.protected), events: [event]}
    if (name === START) {
      if (!this.#host.plant.running) this.#host.changedAt = this.#connection.now()
      this.#host.plant.start()
    } else if (!HARMLESS.has(name)) return {reply: jobRefusal(job, ERROR.noBlock), events: [event]}
    return {reply: jobReply(job, Buffer.from([FUNCTION.invoke])), events: [event]}
  }

  #stop(job: Job): Outcome {
    const allowed = this.#allowed()
    const events: ServiceEvent[] = [{event: 'command', data: {action: 'stop', refused: !allowed}}]
    if (!allowed) return {reply: jobRefusal(job, ERROR.protected), events}
    const now = this.#connection.now()
    if (this.#host.plant.running) this.#host.changedAt = now
    this.#host.plant.stop(now)
    return {reply: jobReply(job, Buffer.from([FUNCTION.stop])), events}
  }

  #other(job: Job, code: number): Outcome {
    const name = printable(job.parameters.subarray(1, 33))
    if (code >= FUNCTION.requestDownload && code <= FUNCTION.endDownload) {
      const event: ServiceEvent = {event: 'command', data: {action: 'download', block: name, refused: true}}
      return {reply: jobRefusal(job, ERROR.protected), events: [event]}
    }
    if (code >= FUNCTION.startUpload && code <= FUNCTION.endUpload) {
      const hidden = this.#host.protection === 'full' && !this.#right.granted
      const event: ServiceEvent = {event: 'query', data: {action: 'upload', block: name, refused: true}}
      return {reply: jobRefusal(job, hidden ? ERROR.protected : ERROR.noBlock), events: [event]}
    }
    return {
      reply: jobRefusal(job, ERROR.notImplemented),
      events: [{event: 'probe', data: {action: 'job', function: code}}],
    }
  }

  #allowed(): boolean {
    return this.#host.protection === 'none' || this.#right.granted
  }
}

const MALFORMED: ServiceEvent = {event: 'malformed', data: {reason: 'parameters'}}

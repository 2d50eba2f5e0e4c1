/** One connection to the decoy memcached. */
import {ByteQueue} from '../../byte-queue.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import type {Asking} from './asking.ts'
import {binaryCommand} from './binary.ts'
import {
  commandName,
  fits,
  HEADER,
  type Head,
  invalid,
  problem,
  REQUEST,
  readHead,
  readPacket,
  sizeProblem,
} from './binary-wire.ts'
import type {Cache} from './cache.ts'
import {commandEvent, malformed, probeEvent, saslEvent} from './evidence.ts'
import type {Outcome, Pending} from './reply.ts'
import {textCommand} from './text-commands.ts'

const LF = 0x0a
const CR = 0x0d
/** A longer beginning of a line is waited on only where it can be a request for many items. */
const LONG_LINE = 2048
const MAX_LINE = 64 * 1024
/** Lines that are no commands, of which a flood may consist: as many are recorded one by one. */
const RECORDED_UNKNOWN = 64

/** A value that a command waits for, and the line of the command. */
interface Waiting {
  readonly line: Buffer
  readonly pending: Pending
}

export class MemcachedSession implements ProtocolSession {
  readonly #cache: Cache
  readonly #connection: Connection
  readonly #queue = new ByteQueue()
  #protocol: 'text' | 'binary' | null = null
  #waiting: Waiting | null = null
  /** Bytes still to be dropped, and what is said after them. */
  #swallow = 0
  #afterwards: readonly Buffer[] = []
  #commands = 0
  #unknown = 0
  #over = false

  constructor(cache: Cache, connection: Connection) {
    this.#cache = cache
    this.#connection = connection
  }

  open(): Action[] {
    if (this.#connection.rehearsal !== true) this.#cache.opened()
    return []
  }

  closed(): void {
    if (this.#connection.rehearsal !== true) this.#cache.closed()
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#queue.push(bytes)
    while (!this.#over && this.#next(actions))
      if (this.#commands >= this.#connection.limits.commands) this.#close(actions)
    return actions
  }

  end(): Action[] {
    return [CLOSE]
  }

  /** False when more input is needed. */
  #next(actions: Action[]): boolean {
    if (this.#swallow > 0) return this.#swallowed(actions)
    this.#protocol ??= this.#negotiated()
    if (this.#protocol === null) return false
    if (this.#protocol === 'binary') return this.#packet(actions)
    return this.#waiting === null ? this.#line(actions) : this.#value(actions, this.#waiting)
  }

  #negotiated(): 'text' | 'binary' | null {
    const first = this.#queue.peek(1)?.[0]
    if (first === undefined) return null
    return first === REQUEST ? 'binary' : 'text'
  }

  #swallowed(actions: Action[]): boolean {
    this.#swallow -= this.#queue.takeUpTo(this.#swallow).length
    if (this.#swallow > 0) return false
    this.#send(actions, this.#afterwards)
    this.#afterwards = []
    return true
  }

  #line(actions: Action[]): boolean {
    const line = this.#queue.takeLine()?.subarray(0, -1) ?? null
    if (line === null) {
      this.#checkUnfinished(actions)
      return false
    }
    const nul = line.indexOf(0)
    const end = line.at(-1) === CR ? line.length - 1 : line.length
    this.#command(actions, line.subarray(0, nul === -1 ? end : Math.min(nul, end)))
    return true
  }

  #checkUnfinished(actions: Action[]): void {
    const {length} = this.#queue
    if (length <= LONG_LINE) return
    const begin = this.#queue.peek(LONG_LINE) ?? Buffer.alloc(0)
    if (length <= MAX_LINE && /^ {0,99}gets? /.test(begin.subarray(0, 128).toString('latin1'))) return
    actions.push(report(malformed('line too long', begin, this.#connection)))
    this.#close(actions)
  }

  #asking(): Asking {
    const {peer, local, now} = this.#connection
    return {cache: this.#cache, now: Math.floor(now() / 1000), peer, local}
  }

  #command(actions: Action[], line: Buffer): void {
    this.#commands++
    const words = line.toString('latin1').split(' ').filter(Boolean)
    const outcome = textCommand(this.#asking(), words)
    if (outcome.awaits === undefined) this.#record(actions, line, outcome)
    else this.#waiting = {line: Buffer.from(line), pending: outcome.awaits}
    this.#perform(actions, outcome)
  }

  #record(actions: Action[], line: Buffer, outcome: Outcome): void {
    if (outcome.close === true && outcome.reply.length === 0 && line.includes('HTTP/')) {
      actions.push(report(probeEvent('http', line, this.#connection)))
    } else if (outcome.unknown !== true || ++this.#unknown <= RECORDED_UNKNOWN) {
      actions.push(report(commandEvent(line, outcome.unknown !== true, null, this.#connection)))
    }
  }

  #value(actions: Action[], {line, pending}: Waiting): boolean {
    const bytes = this.#queue.take(pending.size + 2)
    if (bytes === null) return false
    this.#waiting = null
    const value = bytes.subarray(0, pending.size)
    const ended = bytes.at(-2) === CR && bytes.at(-1) === LF
    actions.push(report(commandEvent(line, true, value, this.#connection)))
    this.#perform(actions, ended ? pending.store(value) : pending.bad())
    return true
  }

  #perform(actions: Action[], {reply, close, swallow}: Outcome): void {
    if (swallow !== undefined) {
      this.#swallow = swallow
      this.#afterwards = reply
      return
    }
    this.#send(actions, reply)
    if (close === true) this.#close(actions)
  }

  #send(actions: Action[], reply: readonly Buffer[]): void {
    for (const data of reply) {
      if (data.length > 0) actions.push(write(data))
      this.#cache.count('bytes_written', data.length)
    }
  }

  #packet(actions: Action[]): boolean {
    const header = this.#queue.peek(HEADER)
    if (header === null) return false
    const head = readHead(header)
    const opaque = header.subarray(12, 16)
    if (header[0] !== REQUEST) {
      actions.push(report(malformed('magic of a binary request', header, this.#connection)))
      this.#close(actions)
      return true
    }
    this.#commands++
    if (!fits(head)) this.#invalid(actions, head, opaque)
    else return this.#body(actions, header, head)
    return true
  }

  #invalid(actions: Action[], {opcode}: Head, opaque: Buffer): void {
    actions.push(report(malformed('lengths of a binary request', this.#queue.peek(HEADER) ?? opaque, this.#connection)))
    this.#send(actions, [invalid(opcode, opaque)])
    this.#close(actions)
  }

  #body(actions: Action[], header: Buffer, head: Head): boolean {
    const refused = sizeProblem(head)
    if (refused !== null) {
      this.#swallow = HEADER + head.bodyLength
      this.#afterwards = [problem(head.opcode, Buffer.from(header.subarray(12, 16)), refused)]
      return true
    }
    // A command that has no value may still announce one: an unknown one, of any length.
    if (head.bodyLength > MAX_LINE + LONG_LINE) {
      this.#invalid(actions, head, header.subarray(12, 16))
      return true
    }
    const whole = this.#queue.take(HEADER + head.bodyLength)
    if (whole === null) {
      this.#commands--
      return false
    }
    const packet = readPacket(whole.subarray(0, HEADER), whole.subarray(HEADER))
    const name = commandName(packet.opcode)
    const login = name === 'sasl_auth' ? saslEvent(packet.key, packet.value, this.#connection) : null
    const line = Buffer.concat([Buffer.from(`${name ?? `opcode ${packet.opcode}`} `), packet.key])
    const value = packet.value.length > 0 ? packet.value : null
    actions.push(report(login ?? commandEvent(line, name !== null, value, this.#connection)))
    const {replies, close} = binaryCommand(this.#asking(), packet)
    this.#send(actions, replies)
    if (close) this.#close(actions)
    return true
  }

  #close(actions: Action[]): void {
    if (this.#over) return
    this.#over = true
    actions.push(CLOSE)
  }
}

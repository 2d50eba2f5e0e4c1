/** DNS over TCP: messages behind their length in 2 octets, as many as the client likes (RFC 1035 §4.2.2, RFC 7766). */
import {ByteQueue} from '../../byte-queue.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {malformed} from './evidence.ts'
import type {Said} from './name-server.ts'

const PREFIX = 2

/** No message is longer than its length can say: what is written is bounded by the zone. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(PREFIX)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

export type AnswerTo = (message: Buffer, connection: Connection) => Said

export class DnsSession implements ProtocolSession {
  readonly #answer: AnswerTo
  readonly #connection: Connection
  readonly #queue = new ByteQueue()
  #answered = 0
  #over = false

  constructor(answer: AnswerTo, connection: Connection) {
    this.#answer = answer
    this.#connection = connection
  }

  /** A message in a frame of its length is more than an open connection. */
  get authenticated(): boolean {
    return this.#answered > 0
  }

  open(): Action[] {
    return []
  }

  end(): Action[] {
    if (this.#queue.length === 0 || this.#over) return [CLOSE]
    return [report(malformed('cut short', this.#queue.all, this.#connection)), CLOSE]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#queue.push(bytes)
    const actions: Action[] = []
    for (let message = this.#next(); message !== null; message = this.#next()) this.#take(message, actions)
    return actions
  }

  #next(): Buffer | null {
    const length = this.#over ? undefined : this.#queue.peek(PREFIX)?.readUInt16BE()
    return length === undefined ? null : (this.#queue.take(PREFIX + length)?.subarray(PREFIX) ?? null)
  }

  #take(message: Buffer, actions: Action[]): void {
    const {reply, events} = this.#answer(message, this.#connection)
    actions.push(...events.map(report))
    if (reply === null) {
      // BIND hangs up on what is no query.
      this.#close(actions)
      return
    }
    actions.push(write(framed(reply)))
    if (++this.#answered >= this.#connection.limits.commands) this.#close(actions)
  }

  #close(actions: Action[]): void {
    this.#over = true
    this.#queue.clear()
    actions.push(CLOSE)
  }
}

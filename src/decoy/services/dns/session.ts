/** DNS over TCP: messages behind their length in 2 octets, as many as the client likes (RFC 1035 §4.2.2, RFC 7766). */
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
  #chunks: Buffer[] = []
  #size = 0
  #wanted = PREFIX
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
    const rest = Buffer.concat(this.#chunks)
    if (rest.length === 0 || this.#over) return [CLOSE]
    return [report(malformed('cut short', rest, this.#connection)), CLOSE]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#chunks.push(bytes)
    this.#size += bytes.length
    const actions: Action[] = []
    while (!this.#over && this.#size >= this.#wanted) {
      let all = Buffer.concat(this.#chunks)
      this.#wanted = PREFIX + all.readUInt16BE(0)
      if (all.length >= this.#wanted) {
        this.#take(all.subarray(PREFIX, this.#wanted), actions)
        all = all.subarray(this.#wanted)
        this.#wanted = PREFIX
      }
      this.#chunks = [all]
      this.#size = all.length
    }
    return actions
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
    this.#chunks = []
    actions.push(CLOSE)
  }
}

/** One connection to one of the programs, and datagrams to it. */
import type {Action, Connection, ProtocolSession, UdpHandler} from '../../service.ts'
import {CLOSE, report, write} from '../../service.ts'
import {answerCall, malformed, type Program} from './programs/program.ts'
import {RecordReader, record} from './wire/rpc.ts'

export class RpcSession implements ProtocolSession {
  readonly #program: Program
  readonly #connection: Connection
  readonly #records = new RecordReader()
  #calls = 0
  #over = false

  constructor(program: Program, connection: Connection) {
    this.#program = program
    this.#connection = connection
  }

  /** Mounted file systems keep their connection; nobody signs in. */
  get authenticated(): boolean {
    return this.#calls > 0
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    const actions: Action[] = []
    this.#records.push(bytes)
    for (let next = this.#records.next(); next !== null && !this.#over; next = this.#records.next()) {
      if ('fault' in next) this.#break(next.fault, actions)
      else this.#call(next.message, actions)
    }
    return actions
  }

  end(): Action[] {
    const rest = this.#records.rest()
    const cut = rest.length > 0 && !this.#over
    this.#over = true
    return [...(cut ? [report(malformed('cut short', rest))] : []), CLOSE]
  }

  #call(message: Buffer, actions: Action[]): void {
    const {reply, events, broken} = answerCall(this.#program, message, this.#connection)
    actions.push(...events.map(report))
    if (reply !== null) actions.push(write(record(reply)))
    if (broken || ++this.#calls >= this.#connection.limits.commands * CALLS_A_COMMAND) this.#close(actions)
  }

  #break(fault: string, actions: Action[]): void {
    actions.push(report(malformed(fault, this.#records.rest().subarray(0, 4))))
    this.#close(actions)
  }

  #close(actions: Action[]): void {
    this.#over = true
    actions.push(CLOSE)
  }
}

/** Walking through directories takes many calls. */
const CALLS_A_COMMAND = 10

export const datagrams = (program: Program): UdpHandler => ({
  datagram: (bytes, connection) => {
    const {reply, events} = answerCall(program, bytes, connection)
    return {replies: reply === null ? [] : [reply], events}
  },
})

/**
 * The Erlang port mapper (Erlang distribution protocol, "EPMD Protocol"):
 *
 *   request = length %x6E            ; names of all nodes
 *           / length %x7A name       ; where one of them listens
 *   length  = 2OCTET                 ; big-endian, of what follows it
 *
 * It answers one request and hangs up. What only the machine itself may ask it does not answer to others.
 */
import {ByteQueue} from '../../byte-queue.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {EPMD_PORT} from './definition.ts'
import {uint16, uint32} from './wire/values.ts'

const REQUEST = {names: 0x6e, port: 0x7a, dump: 0x64, kill: 0x6b, stop: 0x73, alive: 0x78} as const
const PORT_REPLY = 0x77
/** A normal node over TCP, of distribution protocols 6 to 5. */
const NODE_FACTS = Buffer.from([0x4d, 0, 0, 6, 0, 5])
const PREFIX = 2
/** No name is longer. */
const LONGEST = 1024
const NODE = 'rabbit'
const DISTRIBUTION_PORT = 25_672

const NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(REQUEST).map(([name, code]) => [code, name]),
)

export class EpmdSession implements ProtocolSession {
  readonly #connection: Connection
  readonly #queue = new ByteQueue()
  #over = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#queue.push(bytes)
    const prefix = this.#queue.peek(PREFIX)
    if (prefix === null) return []
    const length = prefix.readUInt16BE()
    if (length === 0 || length > LONGEST) return this.#end(this.#malformed('length', prefix))
    const request = this.#queue.take(PREFIX + length)
    return request === null ? [] : this.#answer(request.subarray(PREFIX))
  }

  end(): Action[] {
    const cut = this.#queue.length > 0 && !this.#over
    return this.#end(...(cut ? [this.#malformed('cut short', this.#queue.all)] : []))
  }

  #answer(request: Buffer): Action[] {
    const code = request.readUInt8(0)
    const name = request.subarray(1)
    const what = NAMES[code]
    if (what === undefined) return this.#end(this.#malformed('request', request))
    const known = code === REQUEST.names || code === REQUEST.port
    const data = {action: `epmd-${what}`, ...(name.length === 0 ? {} : {name: sample(name, 64).text})}
    const event = report({event: known ? 'query' : 'probe', data})
    if (code === REQUEST.names) {
      const line = Buffer.from(`name ${NODE} at port ${DISTRIBUTION_PORT}\n`)
      return this.#end(event, write(Buffer.concat([uint32(EPMD_PORT), line])))
    }
    return code === REQUEST.port ? this.#end(event, write(portReply(name.toString('latin1')))) : this.#end(event)
  }

  #malformed(reason: string, bytes: Buffer): Action {
    return report({event: 'malformed', data: {reason, input: sample(bytes, this.#connection.limits.sample)}})
  }

  #end(...actions: Action[]): Action[] {
    this.#over = true
    return [...actions, CLOSE]
  }
}

function portReply(name: string): Buffer {
  if (name !== NODE) return Buffer.from([PORT_REPLY, 1])
  const own = Buffer.from(NODE)
  return Buffer.concat([
    Buffer.from([PORT_REPLY, 0]),
    uint16(DISTRIBUTION_PORT),
    NODE_FACTS,
    uint16(own.length),
    own,
    uint16(0),
  ])
}

/** Functions of user data: status lists, blocks, the clock and the password. */
import type {ServiceEvent} from '../../../events/event.ts'
import {sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {ERROR, type Right} from './errors.ts'
import type {S7Host} from './host.ts'
import {decodePassword} from './password.ts'
import {systemStatusList} from './szl.ts'
import {dateAndTime} from './wire/bcd.ts'
import {type UserData, userDataRoom, userReply} from './wire/pdu.ts'

const GROUP = {blocks: 3, cpu: 4, security: 5, clock: 7} as const
const BLOCKS = {list: 1, ofType: 2} as const
const CPU_READ_LIST = 1
const SECURITY = {enter: 1, leave: 2} as const
const CLOCK = {read: 1, set: 2, follow: 3} as const

/** Two characters, the first `0`. */
const BLOCK_TYPE = {OB: '8', DB: 'A', SDB: 'B', FC: 'C', SFC: 'D', FB: 'E', SFB: 'F'} as const
const LANGUAGE_DB = 5
const LANGUAGE_STL = 1
const BLOCK_FLAGS = 0x22
const SYSTEM_FUNCTIONS = 78
const SYSTEM_BLOCKS = 22

interface Outcome {
  readonly data: Buffer | null
  readonly error: number
  readonly events: readonly ServiceEvent[]
}

/** A reply that does not fit in one PDU waits here for the client to ask for the rest of it. */
export class UserFunctions {
  readonly #host: S7Host
  readonly #connection: Connection
  readonly #right: Right
  #sequence = 0
  #rest: Buffer = Buffer.alloc(0)

  constructor(host: S7Host, connection: Connection, right: Right) {
    this.#host = host
    this.#connection = connection
    this.#right = right
  }

  handle(request: UserData, pduSize: number): {readonly reply: Buffer; readonly events: readonly ServiceEvent[]} {
    const next = request.sequence !== 0
    if (next && (request.sequence !== this.#sequence || this.#rest.length === 0)) {
      return {reply: userReply(request, {data: null, error: ERROR.unsupported, sequence: 0, more: false}), events: []}
    }
    const {data, error, events} = next ? {data: this.#rest, error: 0, events: []} : this.#perform(request)
    if (!next) this.#sequence = (this.#sequence % 255) + 1
    const room = userDataRoom(pduSize)
    const part = data?.subarray(0, room) ?? null
    this.#rest = data?.subarray(room) ?? Buffer.alloc(0)
    const reply = userReply(request, {data: part, error, sequence: this.#sequence, more: this.#rest.length > 0})
    return {reply, events}
  }

  #perform({group, function: code, data}: UserData): Outcome {
    switch (group) {
      case GROUP.cpu:
        return code === CPU_READ_LIST ? this.#list(data) : this.#unknown(group, code)
      case GROUP.blocks:
        return this.#blocks(code, data)
      case GROUP.security:
        return this.#security(code, data)
      case GROUP.clock:
        return this.#clock(code, data)
      default:
        return this.#unknown(group, code)
    }
  }

  #list(data: Buffer): Outcome {
    if (data.length < 4) return failed(ERROR.unsupported, {event: 'malformed', data: {reason: 'status list'}})
    const [id, index] = [data.readUInt16BE(0), data.readUInt16BE(2)]
    const list = systemStatusList(this.#host, id, index, this.#connection.now())
    const event = query('status-list', {id: `0x${id.toString(16).padStart(4, '0')}`, index, known: list !== null})
    return list === null ? failed(ERROR.noInformation, event) : {data: list, error: 0, events: [event]}
  }

  #blocks(code: number, data: Buffer): Outcome {
    const lists = this.#blockLists()
    if (code === BLOCKS.list) {
      const counts = Object.values(BLOCK_TYPE).map((type) => {
        const entry = Buffer.from(`0${type}\0\0`, 'latin1')
        entry.writeUInt16BE(lists.get(type)?.length ?? 0, 2)
        return entry
      })
      return {data: Buffer.concat(counts), error: 0, events: [query('blocks', {})]}
    }
    if (code !== BLOCKS.ofType) return this.#unknown(GROUP.blocks, code)
    const type = data.subarray(1, 2).toString('latin1')
    const event = query('blocks', {type: sample(type, 2).text})
    const numbers = lists.get(type) ?? []
    if (numbers.length === 0) return failed(ERROR.noBlocks, event)
    const language = type === BLOCK_TYPE.DB ? LANGUAGE_DB : LANGUAGE_STL
    const entries = numbers.map((number) => Buffer.from([number >> 8, number & 0xff, BLOCK_FLAGS, language]))
    return {data: Buffer.concat(entries), error: 0, events: [event]}
  }

  #blockLists(): ReadonlyMap<string, readonly number[]> {
    const {persona, memory} = this.#host
    const some = (purpose: string, most: number, first = 1): number[] =>
      Array.from({length: persona.integer(`s7 count ${purpose}`, 2, most)}, (_, index) => first + index)
    return new Map<string, readonly number[]>([
      [BLOCK_TYPE.OB, [1, 35, 82, 86, 100, 121, 122]],
      [BLOCK_TYPE.DB, memory.blocks],
      [BLOCK_TYPE.SDB, [0, 1, 2, 3, 1000, 1001]],
      [BLOCK_TYPE.FC, some('FC', 30)],
      [BLOCK_TYPE.FB, some('FB', 18)],
      [BLOCK_TYPE.SFC, Array.from({length: SYSTEM_FUNCTIONS}, (_, index) => index)],
      [BLOCK_TYPE.SFB, Array.from({length: SYSTEM_BLOCKS}, (_, index) => index)],
    ])
  }

  #security(code: number, data: Buffer): Outcome {
    if (code === SECURITY.leave) {
      this.#right.granted = false
      return {data: null, error: 0, events: [query('password-end', {})]}
    }
    if (code !== SECURITY.enter) return this.#unknown(GROUP.security, code)
    const entered = decodePassword(data)
    if (entered === null) return failed(ERROR.unsupported, {event: 'malformed', data: {reason: 'password'}})
    const {protection, password} = this.#host
    const right = protection !== 'none' && password !== null && entered === password
    if (right) this.#right.granted = true
    const event: ServiceEvent = {
      event: 'auth.attempt',
      credential: {
        principal: '',
        method: 'password',
        secret: sample(Buffer.from(entered, 'latin1'), this.#connection.limits.credential),
        outcome: right ? 'success' : 'failure',
      },
    }
    const error = right ? 0 : protection === 'none' ? ERROR.noPassword : ERROR.wrongPassword
    return {data: null, error, events: [event]}
  }

  #clock(code: number, data: Buffer): Outcome {
    if (code === CLOCK.read) {
      const now = this.#host.clock(this.#connection.now())
      const century = Buffer.from([0, 0x20])
      return {data: Buffer.concat([century, dateAndTime(now)]), error: 0, events: [query('clock', {})]}
    }
    if (code !== CLOCK.set && code !== CLOCK.follow) return this.#unknown(GROUP.clock, code)
    const allowed = this.#host.protection === 'none' || this.#right.granted
    const event: ServiceEvent = {
      event: 'command',
      data: {action: 'set-clock', time: sample(data, 16), refused: !allowed},
    }
    return {data: null, error: allowed ? 0 : ERROR.protected, events: [event]}
  }

  #unknown(group: number, code: number): Outcome {
    return failed(ERROR.unsupported, {event: 'probe', data: {action: 'user-data', group, function: code}})
  }
}

const query = (action: string, data: Readonly<Record<string, unknown>>): ServiceEvent => ({
  event: 'query',
  data: {action, ...data},
})

const failed = (error: number, event: ServiceEvent): Outcome => ({data: null, error, events: [event]})

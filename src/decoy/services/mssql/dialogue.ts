/** What is said to an intruder who was let in: the welcome, then answers to batches, calls and transactions. */
import type {ServiceEvent} from '../../../events/event.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, delay, report, write} from '../../service.ts'
import {Calls} from './calls.ts'
import type {Effects} from './inside/functions.ts'
import {changedDatabase} from './inside/refusals.ts'
import type {SessionState} from './inside/session-state.ts'
import {type Answer, runBatch} from './inside/statements.ts'
import {batchReply, callReply} from './responses.ts'
import {DONE, PACKET, PACKET_SIZE} from './tds/constants.ts'
import type {Login} from './tds/login7.ts'
import {type Message, reply} from './tds/packets.ts'
import {batchText, parseRpc, type Rpc} from './tds/requests.ts'
import {COLLATION, ENV, type SqlMessage, type TokenWriter} from './tds/tokens.ts'

const LANGUAGE = 'us_english'
const LEAST_PACKET = 512
const MOST_PACKET = 32_767
/** Transaction manager requests (MS-TDS 2.2.6.9). */
const TRANSACTION = {BEGIN: 5, COMMIT: 7, ROLLBACK: 8} as const
const DESCRIPTOR_SIZE = 8

export interface DialogueFacts {
  readonly tokens: TokenWriter
  readonly login: Login
  readonly state: SessionState
}

export class Dialogue {
  readonly #tokens: TokenWriter
  readonly #state: SessionState
  readonly #packetSize: number
  readonly #calls = new Calls()
  #transaction = Buffer.alloc(0)
  #transactions = 0
  #requests = 0

  constructor({tokens, login, state}: DialogueFacts) {
    this.#tokens = tokens
    this.#state = state
    const {packetSize} = login
    this.#packetSize = packetSize === 0 ? PACKET_SIZE : Math.min(MOST_PACKET, Math.max(LEAST_PACKET, packetSize))
  }

  /** In the order of the real server's. */
  welcome(): Action {
    const tokens = this.#tokens
    const {database, instance} = this.#state
    const language: SqlMessage = {
      number: 5703,
      state: 1,
      severity: 0,
      text: `Changed language setting to ${LANGUAGE}.`,
    }
    const said = Buffer.concat([
      tokens.environment(ENV.DATABASE, database, 'master'),
      tokens.message(changedDatabase(database)),
      tokens.collated ? tokens.environmentOctets(ENV.COLLATION, COLLATION, Buffer.alloc(0)) : Buffer.alloc(0),
      tokens.environment(ENV.LANGUAGE, LANGUAGE, ''),
      tokens.message(language),
      tokens.loginAck(instance.release),
      tokens.environment(ENV.PACKET_SIZE, String(this.#packetSize), String(PACKET_SIZE)),
      tokens.done(0),
    ])
    // The size that was agreed on holds from the next message on.
    return write(reply(said, this.#state.spid))
  }

  answer(message: Message): Action[] {
    if (message.type === PACKET.ATTENTION) return [this.#send(this.#tokens.done(DONE.ATTENTION))]
    if (message.ignored) return [this.#send(this.#tokens.done(DONE.ERROR))]
    const actions = this.#request(message)
    const {limits} = this.#state.connection
    return ++this.#requests >= limits.commands ? [...actions, CLOSE] : actions
  }

  #request({type, data}: Message): Action[] {
    switch (type) {
      case PACKET.SQL_BATCH: {
        const text = batchText(data, this.#tokens)
        const effects: Effects = {delayMs: 0}
        const event = this.#recorded(text)
        const answers = runBatch(text, this.#state, effects)
        return this.#said(event, effects, batchReply(answers, this.#tokens))
      }
      case PACKET.RPC:
        return this.#call(parseRpc(data, this.#tokens))
      case PACKET.TRANSACTION:
        return [this.#send(this.#transact(data))]
      case PACKET.BULK_LOAD: {
        const error = {
          number: 4022,
          state: 1,
          severity: 16,
          text: 'Bulk load data was expected but not sent. The batch will be terminated.',
        }
        return [this.#send(batchReply([{type: 'error', error}], this.#tokens))]
      }
      default:
        return [report({event: 'malformed', data: {reason: `a message of type ${type} after the login`}}), CLOSE]
    }
  }

  #call(rpc: Rpc): Action[] {
    const effects: Effects = {delayMs: 0}
    const event = this.#recordedCall(rpc)
    const {answers, handle} = this.#calls.run(rpc, this.#state, effects)
    return this.#said(event, effects, callReply(answers.filter(isNotDone), this.#tokens, {handle}))
  }

  #said(event: ServiceEvent, {delayMs}: Effects, tokens: Buffer): Action[] {
    return [report(event), ...(delayMs > 0 ? [delay(delayMs)] : []), this.#send(tokens)]
  }

  #recorded(query: string): ServiceEvent {
    const {database, connection} = this.#state
    return {event: 'query', data: {query: sample(query, connection.limits.sample), database}}
  }

  #recordedCall({procedure, parameters, complete}: Rpc): ServiceEvent {
    const {database, connection} = this.#state
    const limit = connection.limits.sample
    const shown: unknown[] = []
    let left = limit
    for (const {name, value} of parameters) {
      if (left <= 0) break
      const taken = sample(String(value), left)
      left -= taken.bytes
      shown.push({...(name === '' ? {} : {name: sample(name, limit)}), value: value === null ? null : taken})
    }
    return {
      event: 'query',
      data: {procedure: sample(procedure, limit), parameters: shown, complete, database},
    }
  }

  #transact(data: Buffer): Buffer {
    const header = this.#tokens.wide && data.length >= 4 ? data.readUInt32LE(0) : 0
    const kind = header + 2 <= data.length ? data.readUInt16LE(header) : 0
    const before = this.#transaction
    const none = Buffer.alloc(0)
    if (kind === TRANSACTION.BEGIN) {
      this.#transaction = Buffer.alloc(DESCRIPTOR_SIZE)
      this.#transaction.writeUInt32LE(++this.#transactions)
      this.#transaction.writeUInt32LE(this.#state.spid, 4)
      return this.#changed(ENV.BEGIN, this.#transaction, none)
    }
    this.#transaction = none
    if (kind === TRANSACTION.COMMIT) return this.#changed(ENV.COMMIT, none, before)
    if (kind === TRANSACTION.ROLLBACK) return this.#changed(ENV.ROLLBACK, none, before)
    const error = {
      number: 3902,
      state: 1,
      severity: 16,
      text: 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.',
    }
    return batchReply([{type: 'error', error}], this.#tokens)
  }

  #changed(type: number, now: Buffer, before: Buffer): Buffer {
    return Buffer.concat([this.#tokens.environmentOctets(type, now, before), this.#tokens.done(0)])
  }

  #send(tokens: Buffer): Action {
    return write(reply(tokens, this.#state.spid, this.#packetSize))
  }
}

/** Of a procedure's statements those without a result end without a word. */
const isNotDone = ({type}: Answer): boolean => type !== 'done'

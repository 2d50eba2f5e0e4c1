/** SIP over TCP: messages one after another, each with the length of its body (RFC 3261 §18.3). */

import {ByteQueue} from '../../byte-queue.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {strangeEvent} from './evidence.ts'
import {bodyLength, readMessage, type SipMessage} from './message.ts'
import type {Reaction} from './registrar.ts'

/** Of a message: what the stacks take. */
const MAX_HEAD = 16_384
const MAX_MESSAGE = 65_535
const HEAD_END = /\r?\n\r?\n/

export class SipStream implements ProtocolSession {
  readonly #connection: Connection
  readonly #react: (message: SipMessage, bytes: Buffer) => Reaction
  readonly #queue = new ByteQueue()
  /** Up to here there is no end of a head. */
  #searched = 0
  /** The head is read: where the body begins, and where it ends. */
  #pending: {readonly message: SipMessage; readonly bodyAt: number; readonly end: number} | null = null
  #messages = 0
  #over = false

  constructor(connection: Connection, react: (message: SipMessage, bytes: Buffer) => Reaction) {
    this.#connection = connection
    this.#react = react
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    if (this.#over) return actions
    this.#queue.push(bytes)
    while (!this.#over && this.#take(actions));
    return actions
  }

  end(): Action[] {
    const rest = this.#queue.all
    if (this.#over || rest.length === 0) return [CLOSE]
    return [report(strangeEvent('malformed', 'cut short', rest, this.#connection.limits)), CLOSE]
  }

  /** False: there is no whole message. */
  #take(actions: Action[]): boolean {
    if (this.#pending === null) this.#readHead(actions)
    const pending = this.#pending
    const whole = pending === null ? null : this.#queue.take(pending.end)
    if (pending === null || whole === null) return false
    this.#pending = null
    this.#searched = 0
    this.#answer(pending.message, whole, pending.bodyAt, actions)
    return true
  }

  #readHead(actions: Action[]): void {
    this.#skipBlankLines()
    const bytes = this.#queue.all
    const from = Math.max(0, this.#searched - 3)
    const found = HEAD_END.exec(bytes.toString('latin1', from))
    if (found === null) {
      this.#searched = bytes.length
      if (bytes.length > MAX_HEAD) this.#refuse('long head', actions)
      return
    }
    const bodyAt = from + found.index + found[0].length
    const message = readMessage(bytes.toString('latin1', 0, from + found.index), Buffer.alloc(0))
    const length = message.type === 'request' ? bodyLength(message.request.headers) : 0
    const end = bodyAt + (length ?? 0)
    if (length === null || end > MAX_MESSAGE) this.#refuse('long body', actions)
    else this.#pending = {message, bodyAt, end}
  }

  #answer(message: SipMessage, whole: Buffer, bodyAt: number, actions: Action[]): void {
    const complete: SipMessage =
      message.type === 'request'
        ? {type: 'request', request: {...message.request, body: whole.subarray(bodyAt)}}
        : message
    const {replies, events} = this.#react(complete, whole)
    actions.push(...events.map(report), ...replies.map(write))
    if (++this.#messages >= this.#connection.limits.commands) this.#close(actions)
  }

  /** Between messages they keep a connection alive (RFC 5626 §3.5.1). */
  #skipBlankLines(): void {
    const bytes = this.#queue.all
    let at = 0
    while (bytes[at] === 0x0d || bytes[at] === 0x0a) at++
    if (at === 0) return
    this.#queue.take(at)
    this.#searched = 0
  }

  #refuse(reason: string, actions: Action[]): void {
    actions.push(report(strangeEvent('malformed', reason, this.#queue.all, this.#connection.limits)))
    this.#close(actions)
  }

  #close(actions: Action[]): void {
    this.#over = true
    this.#queue.clear()
    actions.push(CLOSE)
  }
}

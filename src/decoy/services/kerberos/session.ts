/** Kerberos over TCP: one request behind its length, then its answer, as often as the client likes. */
import {ByteQueue} from '../../byte-queue.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {completeFrame, frame, PREFIX_SIZE} from '../../codecs/kerberos/framing.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {malformedEvent} from './evidence.ts'
import type {Answer} from './kdc.ts'

/** Larger than any request with the authorization data of somebody in all groups. */
const LARGEST_REQUEST = 64 * 1024

export type AnswerTo = (message: Buffer, connection: Connection) => Answer

export class KerberosSession implements ProtocolSession {
  readonly #answer: AnswerTo
  readonly #connection: Connection
  readonly #queue = new ByteQueue()
  #requests = 0
  #over = false

  constructor(answer: AnswerTo, connection: Connection) {
    this.#answer = answer
    this.#connection = connection
  }

  get authenticated(): boolean {
    return this.#requests > 0
  }

  open(): Action[] {
    return []
  }

  end(): Action[] {
    const cut = this.#queue.length > 0 && !this.#over
    return [...(cut ? [report(malformedEvent('cut short', this.#queue.all, this.#connection.limits))] : []), CLOSE]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#queue.push(bytes)
    const actions: Action[] = []
    while (!this.#over && this.#take(actions));
    return actions
  }

  /** False when the message is not complete yet. */
  #take(actions: Action[]): boolean {
    const {all} = this.#queue
    try {
      const total = completeFrame(all, LARGEST_REQUEST)
      if (total === null) return false
      const message = this.#queue.takeUpTo(total).subarray(PREFIX_SIZE)
      const {reply, events} = this.#answer(message, this.#connection)
      actions.push(write(frame(reply)), ...events.map(report))
      if (++this.#requests >= this.#connection.limits.commands) this.#close(actions)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      actions.push(report(malformedEvent(error.message, all, this.#connection.limits)))
      this.#close(actions)
    }
    return true
  }

  #close(actions: Action[]): void {
    this.#over = true
    this.#queue.clear()
    actions.push(CLOSE)
  }
}

/** Kerberos over TCP: one request behind its length, then its answer, as often as the client likes. */
import {CodecError} from '../../codecs/codec-error.ts'
import {completeFrame, frame, PREFIX_SIZE} from '../../codecs/kerberos/framing.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {malformedEvent} from './evidence.ts'
import type {Answer} from './kdc.ts'

/** Larger than any request with the authorization data of somebody in all groups. */
export const LARGEST_REQUEST = 64 * 1024

export type AnswerTo = (message: Buffer, connection: Connection) => Answer

export class KerberosSession implements ProtocolSession {
  readonly #answer: AnswerTo
  readonly #connection: Connection
  #chunks: Buffer[] = []
  #size = 0
  #wanted = PREFIX_SIZE
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
    const rest = Buffer.concat(this.#chunks)
    const cut = rest.length > 0 && !this.#over
    return [...(cut ? [report(malformedEvent('cut short', rest, this.#connection.limits))] : []), CLOSE]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#chunks.push(bytes)
    this.#size += bytes.length
    const actions: Action[] = []
    while (!this.#over && this.#size >= this.#wanted) {
      const all = Buffer.concat(this.#chunks)
      this.#chunks = [all]
      if (!this.#take(all, actions)) break
    }
    return actions
  }

  /** False when the message is not complete yet. */
  #take(all: Buffer, actions: Action[]): boolean {
    try {
      const total = completeFrame(all, LARGEST_REQUEST)
      if (total === null) {
        this.#wanted = PREFIX_SIZE + all.readUInt32BE(0)
        return false
      }
      this.#chunks = [all.subarray(total)]
      this.#size = all.length - total
      this.#wanted = PREFIX_SIZE
      const {reply, events} = this.#answer(all.subarray(PREFIX_SIZE, total), this.#connection)
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
    this.#chunks = []
    actions.push(CLOSE)
  }
}

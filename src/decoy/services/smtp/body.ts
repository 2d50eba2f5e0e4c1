/** The bytes of a message: after DATA up to a dot, or counted by BDAT (RFC 3030). */
import {report} from '../../service.ts'
import type {Said} from './commands.ts'
import {mailEvents, probe} from './evidence.ts'
import {IncomingMessage} from './message.ts'
import type {Chunk, Chunking} from './products/mta.ts'
import {type Call, resetTransaction} from './state.ts'
import {deliver} from './transaction.ts'
import {DataReader} from './wire/data-reader.ts'

/** What takes the bytes that follow. */
export interface Body {
  /** @returns how many bytes were used, and what is said when that was the end. */
  feed(bytes: Buffer): {readonly used: number; readonly said: Said | null}
}

export class DataBody implements Body {
  readonly #call: Call
  readonly #message: IncomingMessage
  readonly #reader: DataReader

  constructor(call: Call) {
    this.#call = call
    this.#message = new IncomingMessage(call.connection.limits)
    this.#reader = new DataReader(call.server.mta.lineEnds, this.#message.write)
  }

  feed(bytes: Buffer): {used: number; said: Said | null} {
    const reader = this.#reader
    const {used, over} = reader.feed(bytes)
    if (!over && !reader.refused) return {used, said: null}
    return {used, said: reader.refused ? this.#refused() : delivered(this.#call, this.#message, reader.smuggled)}
  }

  #refused(): Said {
    const call = this.#call
    const {head} = this.#message.finish()
    const before = [report(probe('bare line feed', head, call.connection.limits))]
    return {call, reply: call.server.mta.bareLf, close: true, before}
  }
}

export class ChunkBody implements Body {
  readonly #call: Call
  readonly #chunking: Chunking
  readonly #size: number
  readonly #last: boolean
  readonly #message: IncomingMessage
  readonly #taken: boolean
  #left: number

  /** @param message what the chunks before it began. */
  constructor(call: Call, chunking: Chunking, {size, last}: Chunk, message: IncomingMessage) {
    const {client} = call
    this.#call = call
    this.#chunking = chunking
    this.#size = size ?? 0
    this.#left = this.#size
    this.#last = last
    this.#message = message
    this.#taken = client.recipientCount > 0 && client.chunks !== 'failed'
  }

  feed(bytes: Buffer): {used: number; said: Said | null} {
    const part = bytes.subarray(0, this.#left)
    this.#left -= part.length
    if (this.#taken) this.#message.write(part)
    return {used: part.length, said: this.#left === 0 ? this.end() : null}
  }

  end(): Said {
    const call = this.#call
    const chunking = this.#chunking
    if (!this.#taken) {
      const reply = chunking.discarded(call, this.#size)
      call.client.chunks = 'failed'
      return {call, reply}
    }
    if (this.#last) return delivered(call, this.#message, false, {chunking, chunk: this.#size})
    call.client.chunks = 'open'
    return {call, reply: chunking.taken(this.#size)}
  }
}

function delivered(
  call: Call,
  incoming: IncomingMessage,
  smuggled: boolean,
  chunked: {readonly chunking: Chunking; readonly chunk: number} | null = null,
): Said {
  const {client, connection} = call
  const total = incoming.size
  const {reply, accepted, message} = deliver(call, incoming)
  const {sender, recipients, recipientCount, hello, user, secure, foreign} = client
  const envelope = {sender: sender ?? '', recipients, recipientCount, hello, user, secure, foreign}
  const before = mailEvents(envelope, message, accepted?.id ?? null).map(report)
  if (smuggled) before.push(report(probe('SMTP smuggling', message.head, connection.limits)))
  resetTransaction(client)
  if (accepted === null) return {call, reply, before}
  const said = chunked?.chunking.complete(accepted, {chunk: chunked.chunk, total}) ?? reply
  return {call, reply: said, before}
}

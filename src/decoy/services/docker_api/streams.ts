/**
 * What goes over a connection once it is more than request and response: the streams of a container, and bodies that end
 * when something happens.
 *
 * Streams of a container without a terminal are in frames (Engine API, "Attach to a container"):
 *
 *     STREAM:u8 (1 output, 2 errors)  0:u8[3]  LENGTH:u32be  DATA
 */

import type {ServiceEvent} from '../../../events/event.ts'
import {type Action, CLOSE, type Initiative, type ProtocolSession, report, write} from '../../service.ts'

export function frame(stream: 1 | 2, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(stream, 0)
  head.writeUInt32BE(data.length, 4)
  return Buffer.concat([head, data])
}

/** One chunk of the chunked coding; an empty one is the last. */
export const chunk = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])

/** Where the output of a process goes. */
export interface Listener {
  output(stream: 1 | 2, data: Buffer): void
  ended(): void
}

/** Where the input of a process comes from. */
export interface Sink {
  receive(bytes: Buffer): void
  end(): void
}

export interface AttachOptions {
  /** A terminal has one stream, and no frames. */
  readonly terminal: boolean
  readonly streams: ReadonlySet<1 | 2>
  /** What is sent at once. */
  readonly before: readonly Buffer[]
  /** Nothing follows. */
  readonly over: boolean
  /** The coding of the body, where it is one. */
  readonly coded?: true
}

/** One client that watches a process, and perhaps types. */
export class Attachment implements ProtocolSession, Listener {
  readonly #options: AttachOptions
  readonly #initiative: Initiative
  readonly outlivesInput = true
  /** Set once the process is there. */
  sink: Sink | null = null
  onClosed: () => void = () => {}
  #early: Buffer[] = []
  #ended = false

  constructor(initiative: Initiative, options: AttachOptions) {
    this.#initiative = initiative
    this.#options = options
  }

  open(): Action[] {
    const {before, over} = this.#options
    const first = before.map((data) => write(this.#coded(data)))
    return over ? [...first, ...this.#last()] : first
  }

  feed(bytes: Buffer): Action[] {
    if (this.sink !== null) this.sink.receive(bytes)
    else if (this.#early.length < EARLY_CHUNKS) this.#early.push(bytes)
    return []
  }

  /** The client has nothing more to type; what is printed it still reads. */
  end(): Action[] {
    this.#ended = true
    this.sink?.end()
    return []
  }

  timeout(): Action[] {
    return [CLOSE]
  }

  closed(): void {
    this.onClosed()
  }

  /** Gives what was typed before there was anything to take it. */
  connect(sink: Sink): void {
    this.sink = sink
    for (const bytes of this.#early.splice(0)) sink.receive(bytes)
    if (this.#ended) sink.end()
  }

  output(stream: 1 | 2, data: Buffer): void {
    if (!this.#options.streams.has(stream)) return
    const bytes = this.#options.terminal ? data : frame(stream, data)
    this.#initiative.perform(() => [write(this.#coded(bytes))])
  }

  ended(): void {
    this.#initiative.perform(() => this.#last())
  }

  /** Records something that the process did. */
  record(event: ServiceEvent): void {
    this.#initiative.perform(() => [report(event)])
  }

  #coded(data: Buffer): Buffer {
    return this.#options.coded === true ? chunk(data) : data
  }

  #last(): Action[] {
    return this.#options.coded === true ? [write(chunk(Buffer.alloc(0))), CLOSE] : [CLOSE]
  }
}

const EARLY_CHUNKS = 64

/** The rest of a body that is said in pieces, each a chunk where there are chunks. */
export function told(pieces: readonly Action[], coded: boolean): Action[] {
  if (!coded) return [...pieces, CLOSE]
  return [...pieces.map((action) => (action.type === 'write' ? write(chunk(action.data)) : action)), write(LAST_CHUNK)]
}

const LAST_CHUNK = chunk(Buffer.alloc(0))
/** Bytes that a client may send ahead while it waits. */
const AHEAD_LIMIT = 64 * 1024

/** A body that is one piece, said when its time has come; after it the connection is HTTP again. */
export class Promised implements ProtocolSession {
  readonly #initiative: Initiative
  readonly #resume: ((received: Buffer) => Action[]) | null
  #received: Buffer[] = []
  #ahead = 0
  onClosed: () => void = () => {}

  /** @param resume null: the body ends with the connection. */
  constructor(initiative: Initiative, resume: ((received: Buffer) => Action[]) | null) {
    this.#initiative = initiative
    this.#resume = resume
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    this.#ahead += bytes.length
    if (this.#ahead > AHEAD_LIMIT) return [CLOSE]
    this.#received.push(bytes)
    return []
  }

  end(): Action[] {
    return [CLOSE]
  }

  closed(): void {
    this.onClosed()
  }

  keep(data: Buffer): void {
    const resume = this.#resume
    this.#initiative.perform(() =>
      resume === null
        ? [write(data), CLOSE]
        : [write(chunk(data)), write(LAST_CHUNK), ...resume(Buffer.concat(this.#received.splice(0)))],
    )
  }
}

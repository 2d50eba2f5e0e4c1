/** One connection: the wire below, a terminal above, and the login between them. */
import type {Duplex} from 'node:stream'

import {ByteQueue} from '../../byte-queue.ts'
import {pause} from '../../pause.ts'
import {sample} from '../../sample.ts'
import type {Connection, StreamSession} from '../../service.ts'
import {Terminal} from '../../shell/terminal.ts'
import {Transcript} from '../../transcript.ts'
import {escaped, TelnetCodec} from './codec.ts'
import {Negotiation, type ProductName} from './negotiation.ts'

/** Input is taken in slices, so that what it brings about can be seen to wait before there is more of it. */
const SLICE = 512
/** Bytes that are said in one go at most. */
const SEGMENT = 16 * 1024

export class TelnetConnection {
  readonly connection: Connection
  readonly session: StreamSession
  readonly terminal: Terminal
  readonly negotiation: Negotiation
  readonly #stream: Duplex
  readonly #codec = new TelnetCodec()
  readonly #pending: Buffer[] = []
  /** From the first prompt on. */
  #transcript: Transcript | null = null
  /** Whoever looks at the prompt and leaves is on no recording. */
  #typed = false
  /** The login was shown. */
  #ready = false
  /** Input that waits for output to leave. */
  readonly #held = new ByteQueue()
  #pendingBytes = 0

  /** @param ready called once the login may be shown. */
  constructor(product: ProductName, stream: Duplex, connection: Connection, session: StreamSession, ready: () => void) {
    this.connection = connection
    this.session = session
    this.#stream = stream
    this.terminal = new Terminal((bytes) => this.#show(escaped(bytes), bytes), connection.limits.line)
    this.negotiation = new Negotiation(
      product,
      (bytes) => this.#write(bytes),
      () => {
        this.#ready = true
        this.#begin()
        ready()
      },
    )
    stream.on('error', () => {})
    stream.on('data', (bytes: Buffer) => this.#receive(bytes))
    stream.on('drain', () => this.#pump())
    stream.once('end', () => this.#end())
    session.signal.addEventListener('abort', () => {
      this.#end()
      if (this.#typed) this.#transcript?.end()
      this.#transcript = null
    })
  }

  start(): void {
    this.negotiation.start()
  }

  write(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    this.#show(bytes, bytes)
  }

  close(): void {
    this.#held.clear()
    this.#flush()
    if (this.#typed) this.#transcript?.flush()
    if (!this.#stream.writableEnded) this.#stream.end()
  }

  /** Resolves once the client has read what waits for it, or the session is over. */
  async drained(): Promise<void> {
    this.#flush()
    const {signal} = this.session
    if (!this.#stream.writableNeedDrain || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#stream.on('drain', done)
      signal.addEventListener('abort', done)
    })
  }

  wait(ms: number): Promise<void> {
    return pause(ms, this.session.signal)
  }

  #receive(bytes: Buffer): void {
    this.#held.push(bytes)
    this.#pump()
  }

  /** Whoever reads nothing is not listened to either: what is typed is echoed, and a key may show a whole line. */
  #pump(): void {
    while (this.#held.length > 0) {
      if (this.#stream.writableNeedDrain) {
        this.#stream.pause()
        return
      }
      this.#take(this.#held.takeUpTo(SLICE))
    }
    if (this.#stream.isPaused()) this.#stream.resume()
  }

  #take(bytes: Buffer): void {
    for (const item of this.#codec.feed(bytes)) {
      if (item.type === 'data') this.#type(item.bytes)
      else {
        if (item.type === 'subnegotiation' && item.cut) this.#malformed('long sub-negotiation', item.bytes)
        this.negotiation.take(item)
      }
    }
  }

  #begin(): void {
    const {limits, now} = this.connection
    const {terminal: size} = this.negotiation
    this.#transcript = new Transcript((event) => this.session.report(event), {limits, now, size})
  }

  #type(bytes: Buffer): void {
    this.#typed = true
    this.#transcript?.input(bytes)
    this.terminal.receive(bytes)
  }

  /** @param sent as it goes over the wire. */
  #show(sent: Buffer, shown: Buffer): void {
    this.#transcript?.output(shown)
    this.#write(sent)
  }

  #end(): void {
    if (this.#codec.open) this.#malformed('sub-negotiation without an end', Buffer.alloc(0))
    this.terminal.end()
    // Nobody asks for a name yet who would see that there will be none.
    if (!this.#ready) this.close()
  }

  #malformed(reason: string, bytes: Buffer): void {
    const input = sample(bytes, this.connection.limits.sample)
    this.session.report({event: 'malformed', data: {reason, input}})
  }

  /** What is said in one go leaves in one segment, as it does from a terminal: scanners look at the first. */
  #write(bytes: Buffer): void {
    if (this.#pending.length === 0) setImmediate(() => this.#flush())
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes >= SEGMENT) this.#flush()
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pending.splice(0))
    this.#pendingBytes = 0
    if (bytes.length > 0 && this.#stream.writable) this.#stream.write(bytes)
  }
}

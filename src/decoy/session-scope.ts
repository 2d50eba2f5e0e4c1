/** What both kinds of sessions share: counting, clocks, evidence around the session, and the end of it. */
import type {Duplex} from 'node:stream'

import type {ServiceEvent} from '../events/event.ts'
import {type Deadline, Deadlines, type Patience} from './deadlines.ts'
import {boundedMessage} from './error-message.ts'
import type {Connection} from './service.ts'
import type {SidePorts} from './side-ports.ts'

/** Why a session ended: the first cause counts. */
export type EndReason =
  | 'peer-closed'
  | 'peer-reset'
  | 'closed'
  | 'reset'
  | Deadline
  | 'bytes'
  | 'slow-reader'
  | 'error'
  | 'shutdown'

/** What a session needs from whoever accepted the connection. */
export interface SessionHost {
  readonly connection: Connection
  readonly record: (event: ServiceEvent) => void
  /** Where further ports come from; absent: there are none. */
  readonly sidePorts?: SidePorts
}

/** How long a peer may take to receive the last bytes, and then to close its side. */
const PATIENCE = {flushMs: 5000, lingerMs: 1000}
/** When the process ends, all sessions have to be over within a moment. */
const SHUTDOWN_PATIENCE = {flushMs: 200, lingerMs: 0}

export class SessionScope {
  readonly stream: Duplex
  readonly connection: Connection
  readonly sidePorts: SidePorts | null
  /** Resolves when the stream is closed and `session.end` is recorded. */
  readonly ended: Promise<void>
  /** What to do when a clock runs out; set by the driver. */
  onDeadline: (deadline: Deadline) => void = (deadline) => this.close(deadline)
  readonly #record: (event: ServiceEvent) => void
  readonly #deadlines: Deadlines
  readonly #startedAt: number
  #bytesIn = 0
  #bytesOut = 0
  #reason: EndReason | null = null
  #closing = false
  #linger: NodeJS.Timeout | null = null
  #cover: Duplex | null = null

  constructor(stream: Duplex, host: SessionHost, patience: Patience = {}) {
    this.stream = stream
    this.connection = host.connection
    this.sidePorts = host.sidePorts ?? null
    this.#record = host.record
    this.#startedAt = performance.now()
    this.#deadlines = new Deadlines(host.connection.limits, patience, (deadline) => {
      this.because(deadline)
      this.guard(() => this.onDeadline(deadline))
    })
    this.ended = new Promise((resolve) => {
      stream.once('close', () => {
        this.#finish()
        resolve()
      })
    })
    // 'close' follows every 'error'; without this listener the error would end the process.
    stream.on('error', () => this.because('peer-reset'))
    this.#record({event: 'session.start'})
  }

  /** True once the session is over or on its way out: nothing more is fed or written. */
  get over(): boolean {
    return this.#closing || this.stream.destroyed
  }

  /** What the session is written through from now on, e.g. TLS: it is to say goodbye before the stream is closed. */
  cover(stream: Duplex | null): void {
    this.#cover = stream
  }

  /** Counts input. False: the session has used up its bytes and is being closed. */
  received(bytes: number): boolean {
    this.#bytesIn += bytes
    this.#deadlines.touch()
    if (this.#bytesIn <= this.connection.limits.sessionBytes) return true
    this.reset('bytes')
    return false
  }

  sent(bytes: number): void {
    this.#bytesOut += bytes
  }

  report(event: ServiceEvent): void {
    this.#record(event)
  }

  liftLogin(): void {
    this.#deadlines.liftLogin()
  }

  because(reason: EndReason): void {
    this.#reason ??= reason
  }

  /** Runs service code; an exception ends this session and nothing else. */
  guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.fail(error)
    }
  }

  fail(error: unknown): void {
    this.#record({event: 'service.error', data: {stage: 'session', message: boundedMessage(error)}})
    this.reset('error')
  }

  /** Sends what is queued, then closes. */
  close(reason: EndReason): void {
    if (this.over) return
    this.because(reason)
    this.#closing = true
    this.#deadlines.stop()
    const {flushMs, lingerMs} = reason === 'shutdown' ? SHUTDOWN_PATIENCE : PATIENCE
    this.#destroyAfter(flushMs)
    // Unread input would turn the close into a reset, which can destroy the last reply on its way to the peer.
    this.stream.on('data', () => {})
    this.stream.resume()
    const top = this.#cover?.destroyed === false ? this.#cover : this.stream
    top.end(() => this.#destroyAfter(lingerMs))
  }

  reset(reason: EndReason): void {
    this.because(reason)
    this.#closing = true
    this.#deadlines.stop()
    if ('resetAndDestroy' in this.stream && typeof this.stream.resetAndDestroy === 'function') {
      this.stream.resetAndDestroy()
    } else this.stream.destroy()
  }

  #destroyAfter(ms: number): void {
    if (this.#linger !== null) clearTimeout(this.#linger)
    if (!this.stream.destroyed) this.#linger = setTimeout(() => this.stream.destroy(), ms)
  }

  #finish(): void {
    this.#closing = true
    this.#deadlines.stop()
    if (this.#linger !== null) clearTimeout(this.#linger)
    this.#record({
      event: 'session.end',
      data: {
        reason: this.#reason ?? 'peer-closed',
        durationMs: Math.round(performance.now() - this.#startedAt),
        bytesIn: this.#bytesIn,
        bytesOut: this.#bytesOut,
      },
    })
  }
}

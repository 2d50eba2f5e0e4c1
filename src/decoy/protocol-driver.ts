/** Drives a sans-IO protocol over a stream. */
import type {Duplex} from 'node:stream'

import type {EventName, ServiceEvent} from '../events/event.ts'
import type {Action, ProtocolSession} from './service.ts'
import type {SessionScope} from './session-scope.ts'

/** What proves, for a protocol that does not say so itself, that a peer is more than an open connection. */
const COMPLETE: ReadonlySet<EventName> = new Set<EventName>([
  'command',
  'query',
  'request',
  'mail',
  'file.read',
  'file.write',
])

/**
 * Performs actions in order. While it waits (for a delay, or for a peer that reads slowly) the stream is paused, so
 * that what the peer goes on sending stays in the kernel and the memory of a session is bounded.
 */
export class ProtocolDriver {
  readonly #protocol: ProtocolSession
  readonly #scope: SessionScope
  readonly #stream: Duplex
  #actions: readonly Action[] = []
  #next = 0
  /** Input that arrived while waiting; a paused stream delivers at most the chunk it was already emitting. */
  #held: Buffer[] = []
  #waiting: NodeJS.Timeout | null = null
  /** Set when the actions in hand are the last ones. */
  #last = false

  constructor(protocol: ProtocolSession, scope: SessionScope) {
    this.#protocol = protocol
    this.#scope = scope
    this.#stream = scope.stream
  }

  start(): void {
    const scope = this.#scope
    scope.onDeadline = (deadline) => this.#finish(this.#protocol.timeout?.(deadline) ?? [])
    this.#stream.on('data', (chunk: Buffer) => scope.guard(() => this.#input(chunk)))
    this.#stream.on('end', () => scope.guard(() => this.#fin()))
    this.#stream.once('close', () => this.#stopWaiting())
    this.#perform(this.#protocol.open())
  }

  #input(chunk: Buffer): void {
    if (this.#scope.over || this.#last || !this.#scope.received(chunk.length)) return
    if (this.#waiting === null) this.#feed(chunk)
    else this.#held.push(chunk)
  }

  #feed(chunk: Buffer): void {
    const actions = this.#protocol.feed(chunk)
    if (this.#protocol.authenticated === true) this.#scope.liftLogin()
    this.#perform(actions)
  }

  /** The stream emits 'end' only after all data, hence never while it is paused for a wait. */
  #fin(): void {
    if (this.#scope.over || this.#last) return
    this.#scope.because('peer-closed')
    this.#finish(this.#protocol.end())
  }

  /** Nothing is fed after these actions: whatever they are, the connection is closed after them. */
  #finish(actions: readonly Action[]): void {
    this.#stopWaiting()
    this.#last = true
    this.#perform(actions)
  }

  #perform(actions: readonly Action[]): void {
    this.#actions = actions
    this.#next = 0
    this.#stream.cork()
    const done = this.#run()
    this.#stream.uncork()
    if (done) this.#idle()
  }

  /** False when something has to be waited for. */
  #run(): boolean {
    while (!this.#scope.over) {
      const action = this.#actions[this.#next++]
      if (action === undefined) return true
      this.#act(action)
      if (this.#waiting !== null) return false
    }
    return false
  }

  #act(action: Action): void {
    switch (action.type) {
      case 'write':
        this.#write(action.data)
        break
      case 'event':
        this.#report(action.event)
        break
      case 'delay':
        this.#wait(action.ms, () => this.#continue())
        break
      case 'close':
        this.#scope.close('closed')
        break
      case 'reset':
        this.#scope.reset('reset')
        break
    }
  }

  #write(data: Buffer): void {
    this.#scope.sent(data.length)
    this.#stream.write(data)
    const {sendBuffer, stallMs} = this.#scope.connection.limits
    if (this.#stream.writableLength <= sendBuffer) return
    const stall = this.#wait(stallMs, () => this.#scope.reset('slow-reader'))
    this.#stream.once('drain', () => {
      if (this.#waiting === stall) this.#scope.guard(() => this.#continue())
    })
  }

  #report(event: ServiceEvent): void {
    const proven = event.credential?.outcome === 'success' || COMPLETE.has(event.event)
    if (this.#protocol.authenticated === undefined && proven) this.#scope.liftLogin()
    this.#scope.report(event)
  }

  #wait(ms: number, then: () => void): NodeJS.Timeout {
    this.#stream.pause()
    this.#waiting = setTimeout(() => this.#scope.guard(then), ms)
    return this.#waiting
  }

  #stopWaiting(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting)
    this.#waiting = null
  }

  #continue(): void {
    this.#stopWaiting()
    this.#stream.cork()
    const done = this.#run()
    this.#stream.uncork()
    if (done) this.#idle()
  }

  /** All actions are performed: close, feed what was held, or read on. */
  #idle(): void {
    this.#actions = []
    if (this.#last) {
      this.#scope.close('closed')
      return
    }
    const held = this.#held.shift()
    if (held !== undefined) this.#feed(held)
    else if (this.#stream.isPaused()) this.#stream.resume()
  }
}

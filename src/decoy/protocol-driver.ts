/** Drives a sans-IO protocol over a stream. */
import type {Duplex} from 'node:stream'

import type {ServiceEvent} from '../events/event.ts'
import {provesClient} from './proof-of-client.ts'
import {type Action, type Initiative, type ProtocolSession, RESET, type SideChannel} from './service.ts'
import type {SessionScope} from './session-scope.ts'
import {SideConnection} from './side-connection.ts'
import {type Handshake, TlsLayer} from './tls/layer.ts'
import type {TlsInfo, TlsProfile} from './tls/profile.ts'

/**
 * Performs actions in order. While it waits (for a delay, or for a peer that reads slowly) the stream is paused, so
 * that what the peer goes on sending stays in the kernel and the memory of a session is bounded.
 */
export class ProtocolDriver implements Initiative {
  readonly #protocol: ProtocolSession
  readonly #scope: SessionScope
  /** Where the protocol is spoken: the session's own stream, or TLS on it. */
  #stream: Duplex
  #layer: TlsLayer | null = null
  /** A handshake is under way: nothing is fed or performed until it is done. */
  #shaking = false
  #opened = false
  #actions: readonly Action[] = []
  #next = 0
  /** Input that arrived while waiting; a paused stream delivers at most the chunk it was already emitting. */
  #held: Buffer[] = []
  #waiting: NodeJS.Timeout | null = null
  /** The protocol's own clock. */
  #clock: NodeJS.Timeout | undefined
  /** A side port is being bound: nothing is fed or performed until it is. */
  #binding = false
  /** Set when the actions in hand are the last ones. */
  #last = false
  /** Actions are in hand. */
  #busy = false
  /** What other connections of the session brought about meanwhile. */
  readonly #outside: (() => readonly Action[])[] = []
  #side: SideConnection | null = null

  constructor(protocol: ProtocolSession, scope: SessionScope) {
    this.#protocol = protocol
    this.#scope = scope
    this.#stream = scope.stream
  }

  /** `tls`: from the first byte. */
  start(tls?: TlsProfile): void {
    const scope = this.#scope
    scope.onDeadline = (deadline) => this.#finish(this.#shaking ? [] : (this.#protocol.timeout?.(deadline) ?? []))
    scope.stream.once('close', () => {
      this.#stopWaiting()
      clearTimeout(this.#clock)
      this.#side?.close()
      scope.guard(() => this.#protocol.closed?.())
    })
    this.#protocol.begin?.(this)
    if (tls !== undefined) this.#secure({profile: tls, received: []}, () => this.#open())
    else {
      this.#listen(scope.stream)
      this.#perform(this.#open())
    }
  }

  #open(): readonly Action[] {
    this.#opened = true
    return this.#protocol.open()
  }

  #listen(stream: Duplex): void {
    this.#stream = stream
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
  }

  #ignore(stream: Duplex): void {
    stream.off('data', this.#onData)
    stream.off('end', this.#onEnd)
  }

  readonly #onData = (chunk: Buffer): void => this.#scope.guard(() => this.#input(chunk))
  readonly #onEnd = (): void => this.#scope.guard(() => this.#fin())

  #input(chunk: Buffer): void {
    if (this.#scope.over || this.#last) return
    // What comes out of TLS is no more than what came in, and that was counted.
    if (this.#stream === this.#scope.stream && !this.#scope.received(chunk.length)) return
    if (this.#waiting === null && !this.#busy) this.#feed(chunk)
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
    if (this.#protocol.outlivesInput === true) {
      this.#perform(this.#protocol.end())
      return
    }
    this.#scope.because('peer-closed')
    this.#finish(this.#protocol.end())
  }

  /** Nothing is fed after these actions: whatever they are, the connection is closed after them. */
  #finish(actions: readonly Action[]): void {
    this.#stopWaiting()
    this.#last = true
    this.#perform(actions)
  }

  /** What another connection of the session brings about: performed after what is in hand. */
  perform(make: () => readonly Action[]): void {
    this.#outside.push(make)
    // It may come while the protocol is being fed, whose own actions are first.
    queueMicrotask(() => {
      if (!this.#scope.over && !this.#last && !this.#busy && this.#opened) this.#scope.guard(() => this.#idle())
    })
  }

  performAfter(ms: number, make: () => readonly Action[]): void {
    clearTimeout(this.#clock)
    if (!this.#scope.stream.destroyed) this.#clock = setTimeout(() => this.perform(make), ms)
  }

  #perform(actions: readonly Action[]): void {
    this.#busy = true
    this.#actions = actions
    this.#next = 0
    this.#resume()
  }

  #resume(): void {
    const stream = this.#stream
    stream.cork()
    const done = this.#run()
    stream.uncork()
    if (done) this.#idle()
  }

  /** False when something has to be waited for. */
  #run(): boolean {
    while (!this.#scope.over) {
      const action = this.#actions[this.#next++]
      if (action === undefined) return true
      this.#act(action)
      if (this.#waiting !== null || this.#shaking || this.#binding) return false
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
      case 'upgrade': {
        const {tls: profile, received, type: _, ...framing} = action
        const rest = this.#actions.slice(this.#next)
        this.#secure({profile, ...framing, received: received === undefined ? [] : [received]}, () => rest)
        break
      }
      case 'downgrade':
        this.#leaveTls()
        break
      case 'listen':
        this.#listenAside(action.channel)
        break
      case 'unlisten':
        this.#side?.close()
        break
      case 'close':
        this.#scope.close('closed')
        break
      case 'reset':
        this.#scope.reset('reset')
        break
    }
  }

  #listenAside(channel: SideChannel): void {
    this.#side?.close()
    const rest = this.#actions.slice(this.#next)
    this.#binding = true
    this.#stream.pause()
    this.#side = new SideConnection(this.#scope, channel, this)
    void this.#side.open().then((port) => {
      this.#binding = false
      if (!this.#scope.over) this.#scope.guard(() => this.#perform([...channel.listening(port), ...rest]))
    })
  }

  /** `then` gives what is performed after the handshake and what the protocol makes of it. */
  #secure(handshake: Handshake, then: () => readonly Action[]): void {
    this.#shaking = true
    this.#ignore(this.#scope.stream)
    const received = [...handshake.received, ...this.#held.splice(0)]
    this.#layer = new TlsLayer(
      this.#scope,
      {...handshake, received},
      {
        secured: (stream, info) => this.#secured(stream, info, then),
        failed: (http) => this.#unsecured(http, handshake.profile.refusal === 'reset'),
      },
    )
    this.#layer.start()
  }

  #secured(stream: Duplex, info: TlsInfo, then: () => readonly Action[]): void {
    this.#shaking = false
    this.#scope.cover(stream)
    this.#listen(stream)
    this.#perform([...(this.#protocol.secured?.(info) ?? []), ...then()])
  }

  /** There is no TLS, or it broke: nothing is said in clear, but what the protocol has to record is recorded. */
  #unsecured(http: Buffer | null, resets: boolean): void {
    this.#shaking = false
    this.#stream = this.#scope.stream
    this.#scope.cover(null)
    if (http !== null && this.#protocol.insecure !== undefined) {
      this.#finish(this.#protocol.insecure(http))
      return
    }
    const last = this.#opened ? this.#protocol.end().filter(({type}) => type === 'event') : []
    this.#finish(resets ? [...last, RESET] : last)
  }

  #leaveTls(): void {
    this.#layer?.detach()
    this.#layer = null
    this.#scope.cover(null)
    this.#listen(this.#scope.stream)
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
    if (this.#protocol.authenticated === undefined && provesClient(event)) this.#scope.liftLogin()
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
    this.#resume()
  }

  /** All actions are performed: close, feed what was held, or read on. */
  #idle(): void {
    this.#actions = []
    this.#busy = false
    if (this.#last) {
      this.#scope.close('closed')
      return
    }
    const outside = this.#outside.shift()
    if (outside !== undefined) {
      this.#perform(outside())
      return
    }
    const held = this.#held.shift()
    if (held !== undefined) this.#feed(held)
    else if (this.#stream.isPaused()) this.#stream.resume()
  }
}

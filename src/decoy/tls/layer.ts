/** The server side of TLS on the stream of a session: looks at the opening, shakes hands, then carries clear bytes. */
import type {Duplex} from 'node:stream'
import {TLSSocket} from 'node:tls'

import type {ServiceEvent} from '../../events/event.ts'
import type {SessionScope} from '../session-scope.ts'
import {type Prepared, prepare} from './context.ts'
import {foreignEvent, handshakeEvent, printableName, refusedEvent} from './evidence.ts'
import {ja3, ja4} from './fingerprint.ts'
import {type Opening, OpeningReader} from './opening.ts'
import {OutgoingRecords} from './outgoing-records.ts'
import type {TlsFraming, TlsInfo, TlsProfile} from './profile.ts'
import {TlsWire} from './wire.ts'

export interface LayerEnds {
  /** The handshake is done: `stream` carries clear bytes. */
  secured(stream: Duplex, info: TlsInfo): void
  /** There will be no TLS. `http`: the peer opened with a plain HTTP request. */
  failed(http: Buffer | null): void
}

export interface Handshake {
  readonly profile: TlsProfile
  readonly framing?: TlsFraming
  /** What came of the handshake before the layer began. */
  readonly received: readonly Buffer[]
}

/** Messages of OpenSSL are short; this one is kept in evidence. */
const MAX_REASON = 256

export class TlsLayer {
  readonly #scope: SessionScope
  readonly #profile: TlsProfile
  readonly #framing: TlsFraming | null
  readonly #received: readonly Buffer[]
  readonly #ends: LayerEnds
  readonly #reader = new OpeningReader()
  readonly #outgoing: OutgoingRecords
  #opening: Opening | null = null
  #wire: TlsWire | null = null
  #tls: TLSSocket | null = null
  #state: 'handshake' | 'secured' | 'over' = 'handshake'

  constructor(scope: SessionScope, {profile, framing, received}: Handshake, ends: LayerEnds) {
    this.#scope = scope
    this.#profile = profile
    this.#framing = framing ?? null
    this.#outgoing = new OutgoingRecords(this.#framing, profile.refusal === 'reset')
    this.#received = received
    this.#ends = ends
  }

  start(): void {
    const {stream} = this.#scope
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
    stream.once('close', this.#onClose)
    for (const bytes of this.#received) this.#take(bytes)
    stream.resume()
  }

  /** Gives the stream back: nothing of TLS is sent or read any more. */
  detach(): void {
    const {stream} = this.#scope
    this.#state = 'over'
    stream.off('data', this.#onData)
    stream.off('end', this.#onEnd)
    stream.off('close', this.#onClose)
    this.#tls?.destroy()
    this.#wire?.destroy()
  }

  readonly #onData = (chunk: Buffer): void =>
    this.#scope.guard(() => {
      if (!this.#scope.over && this.#scope.received(chunk.length)) this.#take(chunk)
    })

  /** A FIN without a close alert ends the clear stream as well; within the handshake it ends the session. */
  readonly #onEnd = (): void =>
    this.#scope.guard(() => {
      this.#scope.because('peer-closed')
      if (this.#state === 'handshake') this.#fail('the peer closed')
      else this.#wire?.push(null)
    })

  readonly #onClose = (): void => {
    this.#state = 'over'
    this.#tls?.destroy()
    this.#wire?.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.#state === 'over' || chunk.length === 0) return
    const bytes = this.#unwrap(chunk)
    if (bytes === null || bytes.length === 0) return
    if (this.#wire !== null) this.#push(bytes)
    else this.#open(bytes)
  }

  #push(bytes: Buffer): void {
    if (this.#wire?.push(bytes) === false) this.#scope.stream.pause()
  }

  #unwrap(chunk: Buffer): Buffer | null {
    try {
      return this.#framing === null ? chunk : this.#framing.unwrap(chunk)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#report(foreignEvent({kind: 'garbage', bytes: chunk, hello: null}, this.#scope.connection.limits.sample))
      this.#over(null)
      return null
    }
  }

  #open(bytes: Buffer): void {
    const opening = this.#reader.add(bytes)
    if (opening === null) return
    this.#opening = opening
    if (opening.hello === null) this.#report(foreignEvent(opening, this.#scope.connection.limits.sample))
    if (opening.kind === 'http') this.#over(opening.bytes)
    else if (opening.kind !== 'tls' && this.#profile.refusal === 'reset') this.#over(null)
    else this.#shakeHands(opening)
  }

  #shakeHands(opening: Opening): void {
    const made = prepare(this.#profile, this.#scope.connection.now())
    const wire = new TlsWire({
      send: (records, done) => this.#send(records, done),
      finish: (done) => this.#finish(done),
      resume: () => this.#scope.stream.resume(),
    })
    this.#wire = wire
    const alpn = this.#commonProtocols(opening)
    const tls = new TLSSocket(wire, {
      isServer: true,
      secureContext: made.context,
      requestCert: this.#profile.clientCertificate !== undefined,
      // To OpenSSL this means no more than that there must be one.
      rejectUnauthorized: this.#profile.clientCertificate === 'required',
      // Node answers a client with no protocol in common by an alert; the products claimed here ignore its list.
      ...(alpn.length === 0 ? {} : {ALPNProtocols: alpn}),
    })
    this.#tls = tls
    let reason = ''
    // Node reports errors of a server's socket that belongs to no server only so; within the handshake 'close' follows.
    const broken = (error: Error): void => {
      reason = error.message
      if (this.#state === 'secured') this.#scope.guard(() => this.#broken(reason))
    }
    tls.on('_tlsError', broken)
    tls.on('error', broken)
    tls.on('secure', () => this.#scope.guard(() => this.#secured(tls, made)))
    tls.once('close', () => this.#scope.guard(() => this.#closed(reason)))
    this.#push(opening.bytes)
  }

  #commonProtocols({hello}: Opening): string[] {
    const offered = new Set(hello?.alpn.map((name) => name.toString('latin1')))
    return (this.#profile.alpn ?? []).filter((name) => offered.has(name))
  }

  #secured(tls: TLSSocket, made: Prepared): void {
    if (this.#state !== 'handshake') return
    this.#state = 'secured'
    const hello = this.#opening?.hello ?? null
    // OpenSSL takes an SSLv2-style hello for what it is; its fingerprint is not defined.
    const shown = tls.getPeerX509Certificate()
    const info: TlsInfo = {
      version: tls.getProtocol() ?? '',
      cipher: tls.getCipher().standardName,
      alpn: typeof tls.alpnProtocol === 'string' ? tls.alpnProtocol : null,
      serverName: printableName(hello?.serverName ?? null),
      ja3: hello === null ? '' : ja3(hello),
      ja4: hello === null ? '' : ja4(hello),
      certificate: made.certificate,
      ...(shown === undefined ? {} : {clientCertificate: shown.raw}),
    }
    this.#report(handshakeEvent(info, hello))
    this.#ends.secured(tls, info)
  }

  /** The TLS socket is gone: within the handshake that is a refusal. */
  #closed(reason: string): void {
    if (this.#state === 'handshake') this.#fail(reason === '' ? 'the handshake failed' : reason)
    else this.#state = 'over'
  }

  /** A record that cannot be decrypted, or an alert of the peer. */
  #broken(reason: string): void {
    if (this.#scope.over) return
    this.#report({event: 'malformed', data: {stage: 'tls', reason: reason.slice(0, MAX_REASON)}})
    this.#over(null)
  }

  #fail(reason: string): void {
    const {limits} = this.#scope.connection
    const bytes = this.#opening?.bytes ?? this.#reader.bytes
    if (this.#opening?.hello != null || (this.#opening === null && bytes.length > 0)) {
      this.#report(refusedEvent(reason, this.#opening?.hello ?? null, bytes, limits.sample))
    }
    this.#over(null)
  }

  #over(http: Buffer | null): void {
    this.#state = 'over'
    this.#ends.failed(http)
  }

  #report(event: ServiceEvent): void {
    this.#scope.report(event)
  }

  #send(records: Buffer, done: (error?: Error | null) => void): void {
    const {stream} = this.#scope
    if (stream.destroyed || stream.writableEnded || this.#state === 'over') {
      done()
      return
    }
    const bytes = this.#outgoing.encode(records, this.#state === 'handshake')
    this.#scope.sent(bytes.length)
    if (bytes.length === 0) done()
    else stream.write(bytes, (error) => done(error ?? null))
  }

  #finish(done: (error?: Error | null) => void): void {
    const {stream} = this.#scope
    if (stream.destroyed || stream.writableEnded) done()
    else stream.end(() => done())
  }
}

/** Ports that datagrams open beside the one they came to, for one exchange with their sender each (TFTP's transfers). */
import {createSocket, type RemoteInfo, type Socket} from 'node:dgram'

import type {ServiceEvent} from '../events/event.ts'
import type {DeckyScope} from './decky-scope.ts'
import {boundedMessage} from './error-message.ts'
import type {EventContext} from './evidence.ts'
import type {UdpTransfer} from './service.ts'

/** Open at a time for one port of a service, and for one source of it. */
const MAX_OPEN = 64
const MAX_PER_SOURCE = 16
/** After how much silence the last datagrams are sent again; after the last of them the peer is given up (tftpd-hpa). */
const PATIENCE_MS: readonly number[] = [1000, 2000, 4000, 8000, 16_000]
/** Datagrams of one exchange: more than the blocks of the largest upload. */
const MAX_DATAGRAMS = 65_536
const SESSION_ID_BYTES = 6
/**
 * What a daemon takes that forks for each transfer. Whoever asks from one socket and listens on another, as nmap's scripts
 * do, is not there sooner.
 */
const FORK_MS = 5

export interface UdpSideRequest {
  readonly transfer: UdpTransfer
  readonly context: EventContext & Required<Pick<EventContext, 'src' | 'dst'>>
  readonly proven: boolean
}

export class UdpSidePorts {
  readonly #decky: DeckyScope
  readonly #open = new Map<TransferPort, string>()

  constructor(decky: DeckyScope) {
    this.#decky = decky
  }

  /** False: there are too many, and nothing was sent. */
  open(request: UdpSideRequest): boolean {
    const {ip} = request.context.src
    const own = [...this.#open.values()].filter((source) => source === ip).length
    if (this.#open.size >= MAX_OPEN || own >= MAX_PER_SOURCE) return false
    const port = new TransferPort(this.#decky, request, () => this.#open.delete(port))
    this.#open.set(port, ip)
    return true
  }

  close(): void {
    for (const port of this.#open.keys()) port.abandon()
  }
}

class TransferPort {
  readonly #decky: DeckyScope
  readonly #request: UdpSideRequest
  /** What comes of it is one session. */
  readonly #context: EventContext
  readonly #released: () => void
  readonly #socket: Socket = createSocket('udp4')
  #proven: boolean
  #last: readonly Buffer[]
  #heard = 0
  #tries = 0
  #patience: NodeJS.Timeout | undefined
  #beginning: NodeJS.Timeout | undefined
  #over = false

  constructor(decky: DeckyScope, request: UdpSideRequest, released: () => void) {
    this.#decky = decky
    this.#request = request
    this.#context = {...request.context, session: decky.random(SESSION_ID_BYTES).toString('hex')}
    this.#released = released
    this.#proven = request.proven
    this.#last = request.transfer.opening
    this.#socket.on('error', () => this.abandon())
    this.#socket.on('message', (bytes, source) => this.#receive(bytes, source))
    this.#socket.bind({address: request.context.dst.ip, port: 0}, () => {
      this.#beginning = setTimeout(() => this.#begin(), FORK_MS)
    })
    this.#wait()
  }

  /** Closes it before its end. */
  abandon(): void {
    if (this.#over) return
    this.#guard(() => this.#record(this.#request.transfer.abandoned()))
    this.#end()
  }

  #begin(): void {
    this.#send()
    if (this.#request.transfer.over === true) this.#end()
  }

  #receive(bytes: Buffer, {address, port}: RemoteInfo): void {
    const {src} = this.#request.context
    if (this.#over || address !== src.ip || port !== src.port) return
    this.#proven = true
    this.#decky.proven.add(src.ip, this.#decky.now())
    this.#guard(() => this.#answer(bytes))
  }

  #answer(bytes: Buffer): void {
    const {replies, events, over = false} = this.#request.transfer.datagram(bytes)
    this.#record(events)
    if (replies.length > 0) {
      this.#last = replies
      this.#tries = 0
      this.#send()
    }
    if (over) this.#end()
    else if (++this.#heard >= MAX_DATAGRAMS) this.abandon()
    else this.#wait()
  }

  #send(): void {
    const {src} = this.#request.context
    if (this.#over) return
    for (const datagram of this.#last) this.#socket.send(datagram, src.port, src.ip, () => {})
  }

  #wait(): void {
    clearTimeout(this.#patience)
    this.#patience = setTimeout(() => this.#silent(), PATIENCE_MS[this.#tries])
  }

  #silent(): void {
    if (++this.#tries >= PATIENCE_MS.length) {
      this.abandon()
      return
    }
    // A forged source would get more than its forger sent.
    if (this.#proven) this.#send()
    this.#wait()
  }

  #record(events: readonly ServiceEvent[]): void {
    for (const event of events) this.#decky.evidence.record(this.#context, event)
  }

  #guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#record([{event: 'service.error', data: {stage: 'transfer', message: boundedMessage(error)}}])
      this.#end()
    }
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#patience)
    clearTimeout(this.#beginning)
    this.#released()
    // What was sent last is on its way only once it was handed to the kernel; closing at once would drop it.
    setImmediate(() => this.#socket.close())
  }
}

/** One UDP port of a service. */
import {createSocket, type RemoteInfo, type Socket} from 'node:dgram'

import type {DeckyScope} from './decky-scope.ts'
import {boundedMessage} from './error-message.ts'
import type {EventContext} from './evidence.ts'
import {expectLinkGroup, joinGroup} from './link-group.ts'
import type {Listener} from './listener.ts'
import type {SourceTrust} from './proven-sources.ts'
import type {UdpHandler} from './service.ts'
import {isAnswerable, UdpBudget} from './udp-budget.ts'
import {UdpSidePorts} from './udp-side-ports.ts'

/** A port from which a service may also speak first. */
export interface DatagramListener extends Listener {
  send(bytes: Buffer, port: number, address: string): void
}

/** Resolves when the port is bound; rejects with the system's error when it cannot be. */
export async function listenUdp(
  decky: DeckyScope,
  service: string,
  port: number,
  handler: UdpHandler,
): Promise<DatagramListener> {
  const listener = new UdpListener(decky, service, handler)
  await listener.listen(port)
  return listener
}

type DatagramContext = Required<Pick<EventContext, 'decky' | 'service' | 'src' | 'dst'>>

class UdpListener implements DatagramListener {
  onFailure: ((error: Error) => void) | null = null
  readonly #decky: DeckyScope
  readonly #service: string
  readonly #handler: UdpHandler
  readonly #socket: Socket
  readonly #budget = new UdpBudget()
  readonly #sidePorts: UdpSidePorts
  #closed = false

  constructor(decky: DeckyScope, service: string, handler: UdpHandler) {
    this.#decky = decky
    this.#service = service
    this.#handler = handler
    if (handler.group !== undefined) expectLinkGroup(handler.group)
    this.#sidePorts = new UdpSidePorts(decky)
    // The system's own resolver may hold the port on all addresses: those who speak with a group share it.
    this.#socket = createSocket({type: 'udp4', reuseAddr: handler.group !== undefined})
    this.#socket.on('message', (bytes, source) => this.#receive(bytes, source))
  }

  get port(): number {
    return this.#socket.address().port
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject)
      this.#socket.bind({address: this.#decky.bind, port}, () => {
        this.#socket.off('error', reject)
        this.#socket.on('error', (error) => this.#fail(error))
        if (this.#handler.group !== undefined) joinGroup(this.#socket, this.#handler.group, this.#decky.bind)
        resolve()
      })
    })
  }

  send(bytes: Buffer, port: number, address: string): void {
    // An unreachable peer is an ordinary answer to a scan; the callback keeps it from becoming an 'error' event.
    if (!this.#closed) this.#socket.send(bytes, port, address, () => {})
  }

  close(): Promise<void> {
    this.onFailure = null
    return this.#shut()
  }

  #shut(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#closed = true
    this.#sidePorts.close()
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  #fail(error: Error): void {
    const report = this.onFailure
    this.onFailure = null
    void this.#shut()
    report?.(error)
  }

  #receive(bytes: Buffer, source: RemoteInfo): void {
    const {evidence, now, name, bind, proven} = this.#decky
    const peer = {ip: source.address, port: source.port}
    const context = {decky: name, service: this.#service, src: peer, dst: {ip: bind, port: this.port}}
    const trust = proven.trust(peer.ip, now())
    if (!this.#budget.hears(peer.ip, trust, now())) {
      evidence.suppress(context, 'datagram-rate')
      return
    }
    try {
      this.#answer(bytes, context, trust)
    } catch (error) {
      evidence.record(context, {event: 'service.error', data: {stage: 'datagram', message: boundedMessage(error)}})
    }
  }

  #answer(bytes: Buffer, context: DatagramContext, trust: SourceTrust): void {
    const {evidence, limits, now, random, bind} = this.#decky
    const connection = {peer: context.src, local: context.dst, limits, now, random, proven: trust !== 'unproven'}
    const {replies, events, proven = false, toGroup = [], transfer} = this.#handler.datagram(bytes, connection)
    for (const event of events) evidence.record(context, event)
    if (trust !== 'unproven') this.#tellGroup(toGroup)
    const said = [...replies, ...(transfer?.opening ?? [])]
    if (said.length === 0 || !isAnswerable(context.src, bind)) return
    const to = {source: context.src.ip, trust: proven ? ('handshake' as const) : trust, request: bytes.length}
    if (!this.#budget.sends(to, said, now())) {
      evidence.suppress(context, 'reply-budget')
      return
    }
    const side = transfer === undefined ? null : {transfer, context, proven: to.trust === 'handshake'}
    if (side !== null && !this.#sidePorts.open(side)) evidence.suppress(context, 'transfers')
    for (const reply of replies) this.send(reply, context.src.port, context.src.ip)
  }

  /** Whoever asks for it is on the link, as the group is. */
  #tellGroup(datagrams: readonly Buffer[]): void {
    const {group} = this.#handler
    if (group === undefined || datagrams.length === 0) return
    const to = {source: group.address, trust: 'neighbour' as const, request: 0}
    if (!this.#budget.sends(to, datagrams, this.#decky.now())) return
    for (const datagram of datagrams) this.send(datagram, group.port, group.address)
  }
}

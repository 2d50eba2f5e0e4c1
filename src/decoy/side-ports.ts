/**
 * Ports that a session opens beside its own, for one connection of its peer each (FTP's passive mode). They are bound to
 * the address on which the session came, and closed with it.
 */
import {createServer, type Socket} from 'node:net'

import type {ServiceEvent} from '../events/event.ts'
import type {DeckyScope} from './decky-scope.ts'
import type {Connection, ProtocolSession} from './service.ts'
import {type ActingProtocol, type RunningSession, runSession} from './session.ts'

/** Open at a time for all sessions of one port of a service. */
const MAX_OPEN = 64
/** How long a peer may take to connect: vsftpd's accept_timeout. */
const PATIENCE_MS = 60_000

export interface SideRequest {
  /** The session that asks. */
  readonly connection: Connection
  readonly record: (event: ServiceEvent) => void
  /** The peer connected. */
  accept(connection: Connection): ProtocolSession
  /** It is running: `protocol` performs actions that come from the session. */
  running(protocol: ActingProtocol): void
  /** It is over, or nobody came. */
  over(): void
}

export interface SidePort {
  readonly port: number
  /** Stops listening and ends the connection. */
  close(): void
}

export class SidePorts {
  readonly #decky: DeckyScope
  #open = 0

  constructor(decky: DeckyScope) {
    this.#decky = decky
  }

  /** Null where no port can be had. Never rejects. */
  open(request: SideRequest): Promise<SidePort | null> {
    if (this.#open >= MAX_OPEN) return Promise.resolve(null)
    this.#open++
    const side = new OpenPort(this.#decky, request, () => {
      this.#open--
    })
    return side.listen()
  }
}

class OpenPort {
  readonly #decky: DeckyScope
  readonly #request: SideRequest
  readonly #released: () => void
  readonly #server = createServer({allowHalfOpen: true, noDelay: true})
  readonly #patience: NodeJS.Timeout
  #session: RunningSession | null = null
  #over = false

  constructor(decky: DeckyScope, request: SideRequest, released: () => void) {
    this.#decky = decky
    this.#request = request
    this.#released = released
    this.#server.on('connection', (socket) => this.#accept(socket))
    this.#patience = setTimeout(() => this.#end(), PATIENCE_MS)
  }

  listen(): Promise<SidePort | null> {
    const {local} = this.#request.connection
    return new Promise((resolve) => {
      this.#server.once('error', () => {
        this.#end()
        resolve(null)
      })
      this.#server.listen({host: local.ip, port: 0, backlog: 4}, () => {
        const address = this.#server.address()
        const port = typeof address === 'object' && address !== null ? address.port : 0
        resolve({port, close: () => this.#close()})
      })
    })
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {})
    const {connection} = this.#request
    const {remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0} = socket
    const ip = remoteAddress.replace(/^::ffff:/, '')
    // Whoever else connects would get the data of this session.
    if (this.#over || this.#session !== null || ip !== connection.peer.ip || !this.#decky.admission.enter(ip)) {
      socket.resetAndDestroy()
      return
    }
    socket.once('close', () => this.#decky.admission.leave(ip))
    clearTimeout(this.#patience)
    this.#server.close()
    // The login was that of the session that asked: its own clock does not run again.
    const limits = {...connection.limits, loginMs: connection.limits.sessionMs}
    const local = {ip: localAddress.replace(/^::ffff:/, ''), port: localPort}
    this.#session = runSession(
      {kind: 'protocol', session: (side) => this.#request.accept(side)},
      socket,
      {
        connection: {...connection, limits, peer: {ip, port: remotePort}, local},
        record: (event) => this.#record(event),
      },
      (protocol) => this.#request.running(protocol),
    )
    void this.#session.ended.then(() => this.#end())
  }

  /** Its beginning and its end are no sessions of the service. */
  #record(event: ServiceEvent): void {
    if (event.event !== 'session.start' && event.event !== 'session.end') this.#request.record(event)
  }

  #close(): void {
    this.#session?.stop()
    this.#end()
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#patience)
    this.#server.close()
    this.#released()
    this.#request.over()
  }
}

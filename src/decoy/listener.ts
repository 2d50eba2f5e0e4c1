/** One listening TCP port of a service. */
import {createServer, type Server, type Socket} from 'node:net'

import type {DeckyScope} from './decky-scope.ts'
import type {EventContext} from './evidence.ts'
import type {TcpHandler} from './service.ts'
import {type RunningSession, runSession} from './session.ts'
import {SidePorts} from './side-ports.ts'

const KEEP_ALIVE_MS = 60_000
/** Connections the kernel holds until they are accepted; with fewer, a burst leaves peers on connections nobody has. */
const BACKLOG = 511
const SESSION_ID_BYTES = 6

export interface Listener {
  /** The port really bound: port 0 asks for any. */
  readonly port: number
  /** Called at most once, when the socket dies after it was bound. */
  onFailure: ((error: Error) => void) | null
  /** Stops accepting and ends the open sessions; resolves when all are closed. */
  close(): Promise<void>
}

/** Resolves when the port is bound; rejects with the system's error when it cannot be. */
export async function listenTcp(
  decky: DeckyScope,
  service: string,
  port: number,
  handler: TcpHandler,
): Promise<Listener> {
  const listener = new TcpListener(decky, service, handler)
  await listener.listen(port)
  return listener
}

class TcpListener implements Listener {
  onFailure: ((error: Error) => void) | null = null
  readonly #decky: DeckyScope
  readonly #service: string
  readonly #handler: TcpHandler
  readonly #server: Server
  readonly #sessions = new Set<RunningSession>()
  readonly #sidePorts: SidePorts

  constructor(decky: DeckyScope, service: string, handler: TcpHandler) {
    this.#decky = decky
    this.#service = service
    this.#handler = handler
    this.#sidePorts = new SidePorts(decky)
    this.#server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    })
    this.#server.on('connection', (socket) => this.#accept(socket))
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({host: this.#decky.bind, port, backlog: BACKLOG}, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error) => this.#fail(error))
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    this.onFailure = null
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    const ended = [...this.#sessions].map((session) => session.ended)
    for (const session of this.#sessions) session.stop()
    await Promise.all([closed, ...ended])
  }

  #fail(error: Error): void {
    const report = this.onFailure
    this.onFailure = null
    this.#server.close()
    report?.(error)
  }

  #accept(socket: Socket): void {
    // The connection may already be reset: its addresses are unknown then, and writing to it is an error event.
    socket.on('error', () => {})
    const context = eventContext(this.#decky, this.#service, socket)
    if (context === null) {
      this.#decky.evidence.suppress({decky: this.#decky.name, service: this.#service}, 'reset')
      socket.destroy()
      return
    }
    this.#decky.proven.add(context.src.ip, this.#decky.now())
    if (!this.#decky.admission.enter(context.src.ip)) {
      this.#decky.evidence.suppress(context, 'connections')
      socket.resetAndDestroy()
      return
    }
    socket.once('close', () => this.#decky.admission.leave(context.src.ip))
    this.#run(socket, context)
  }

  #run(socket: Socket, context: ConnectionContext): void {
    const {limits, now, random, evidence} = this.#decky
    const session = runSession(this.#handler, socket, {
      connection: {peer: context.src, local: context.dst, limits, now, random},
      record: (event) => evidence.record(context, event),
      sidePorts: this.#sidePorts,
    })
    this.#sessions.add(session)
    void session.ended.then(() => this.#sessions.delete(session))
  }
}

type ConnectionContext = EventContext & Required<Pick<EventContext, 'src' | 'dst' | 'session'>>

function eventContext(decky: DeckyScope, service: string, socket: Socket): ConnectionContext | null {
  const {remoteAddress, remotePort, localAddress, localPort} = socket
  if (remoteAddress === undefined || remotePort === undefined) return null
  return {
    decky: decky.name,
    service,
    session: decky.random(SESSION_ID_BYTES).toString('hex'),
    src: {ip: plainIpv4(remoteAddress), port: remotePort},
    dst: {ip: plainIpv4(localAddress ?? decky.bind), port: localPort ?? 0},
  }
}

/** A dual-stack socket shows IPv4 peers as `::ffff:a.b.c.d`. */
export function plainIpv4(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

/** One side port of one session: ties its connection and the session together. */
import type {Action, Link, SideChannel} from './service.ts'
import type {ActingProtocol} from './session.ts'
import type {SessionScope} from './session-scope.ts'
import type {SidePort} from './side-ports.ts'

export class SideConnection {
  readonly #scope: SessionScope
  readonly #channel: SideChannel
  readonly #session: ActingProtocol
  #port: SidePort | null = null
  #side: ActingProtocol | null = null
  #closed = false

  constructor(scope: SessionScope, channel: SideChannel, session: ActingProtocol) {
    this.#scope = scope
    this.#channel = channel
    this.#session = session
  }

  /** Resolves with the port, or null. Never rejects. */
  async open(): Promise<number | null> {
    const {sidePorts, connection} = this.#scope
    if (sidePorts === null) return null
    const session: Link = {perform: (actions) => this.#session.perform(() => actions)}
    const side: Link = {perform: (actions: readonly Action[]) => this.#side?.perform(() => actions)}
    const port = await sidePorts.open({
      connection,
      record: (event) => this.#scope.report(event),
      accept: (accepted) => this.#channel.connected(accepted, {session, side}),
      running: (protocol) => {
        this.#side = protocol
      },
      over: () => this.#over(),
    })
    this.#port = port
    if (this.#closed) port?.close()
    return port?.port ?? null
  }

  /** Nothing more is heard of it but what it leaves as evidence. */
  close(): void {
    this.#closed = true
    this.#port?.close()
  }

  #over(): void {
    if (this.#port === null) return
    if (!this.#closed && !this.#scope.over) {
      this.#session.perform(() => this.#channel.closed())
      return
    }
    for (const action of this.#channel.closed()) if (action.type === 'event') this.#scope.report(action.event)
  }
}

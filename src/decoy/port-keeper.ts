/** Keeps one port of one service listening, and tells what became of it. */
import type {DeckyScope} from './decky-scope.ts'
import {boundedMessage} from './error-message.ts'
import {type Listener, listenTcp} from './listener.ts'
import {answersTcp, answersUdp} from './self-test.ts'
import type {Service} from './service.ts'
import type {PortBoard, PortState, PortStatus} from './status.ts'
import {type DatagramListener, listenUdp} from './udp-listener.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000

export interface KeptPort {
  readonly service: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** What is added to the port when it is bound; the service knows nothing of it. */
  readonly offset: number
}

/** Which step of bringing a service up failed. */
export type Stage = 'create' | 'listen' | 'listener' | 'self-test'

/** Why a port did not come up at the first attempt. JSON-safe. */
export interface PortFailure extends KeptPort {
  readonly stage: Stage
  /** The system's error code, e.g. `EADDRINUSE`; null where there is none. */
  readonly code: string | null
  readonly message: string
}

/** How a port appears in the status of the runtime. */
export function portStatus(
  decky: {readonly name: string; readonly bind: string},
  {service, port, protocol, offset}: KeptPort,
  state: PortState,
): PortStatus {
  const moved = offset === 0 ? {} : {offset}
  return {decky: decky.name, name: service, bind: decky.bind, port, ...moved, protocol, state}
}

export class PortKeeper {
  /** As the service's manifest has it. */
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly #decky: DeckyScope
  readonly #kept: KeptPort
  readonly #status: PortBoard
  #listener: Listener | DatagramListener | null = null
  #retry: NodeJS.Timeout | null = null
  #retryMs = FIRST_RETRY_MS
  #stopped = false

  constructor(decky: DeckyScope, kept: KeptPort, status: PortBoard) {
    this.#decky = decky
    this.#kept = kept
    this.#status = status
    this.port = kept.port
    this.protocol = kept.protocol
  }

  /** Resolves after the first attempt, with what went wrong; later ones follow by themselves. Never rejects. */
  async start(service: Service): Promise<PortFailure | null> {
    try {
      const listener = await this.#listen(service)
      if (this.#stopped) {
        await listener.close()
        return null
      }
      this.#listener = listener
      listener.onFailure = (error) => this.#lost(service, 'listener', error)
      return await this.#ready(service)
    } catch (error) {
      return this.#lost(service, 'listen', error)
    }
  }

  /** Sends from this port, where it is a bound one for datagrams. */
  send(bytes: Buffer, to: {readonly port: number; readonly address: string}): void {
    if (this.#listener !== null && 'send' in this.#listener) this.#listener.send(bytes, to.port, to.address)
  }

  fail(stage: Stage, error: unknown): PortFailure {
    const message = boundedMessage(error)
    this.#say('down')
    this.#record('service.error', {stage, message})
    return {...this.#kept, stage, code: codeOf(error), message}
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    await this.#listener?.close()
  }

  #listen(service: Service): Promise<Listener | DatagramListener> {
    const {port, protocol, service: name, offset} = this.#kept
    const bound = port + offset
    const handler = protocol === 'tcp' ? service.tcp?.(port) : service.udp?.(port)
    if (handler === undefined) throw new Error(`${name} has nothing to say on ${port}/${protocol}`)
    return 'kind' in handler
      ? listenTcp(this.#decky, name, bound, handler)
      : listenUdp(this.#decky, name, bound, handler)
  }

  async #ready(service: Service): Promise<PortFailure | null> {
    this.#say('listening')
    const {port, protocol} = this.#kept
    const answering = protocol === 'tcp' ? await answersTcp(service, port) : answersUdp(service, port)
    if (this.#stopped || this.#listener === null) return null
    this.#retryMs = FIRST_RETRY_MS
    if (answering) this.#say('answering')
    this.#record('service.ready', {listening: true, answering})
    return answering ? null : {...this.#kept, stage: 'self-test', code: null, message: 'listens but does not answer'}
  }

  #lost(service: Service, stage: Stage, error: unknown): PortFailure | null {
    this.#listener = null
    if (this.#stopped) return null
    const failure = this.fail(stage, error)
    this.#retry = setTimeout(() => void this.start(service), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    return failure
  }

  #say(state: PortState): void {
    this.#status.set(portStatus(this.#decky, this.#kept, state))
  }

  #record(event: 'service.ready' | 'service.error', data: Record<string, unknown>): void {
    const {service, port, protocol} = this.#kept
    this.#decky.evidence.record({decky: this.#decky.name, service}, {event, data: {port, protocol, ...data}})
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

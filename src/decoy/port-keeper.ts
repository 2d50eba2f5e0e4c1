/** Keeps one port of one service listening, and tells what became of it. */
import type {DeckyScope} from './decky-scope.ts'
import {boundedMessage} from './error-message.ts'
import {type Listener, listenTcp} from './listener.ts'
import {answersTcp, answersUdp} from './self-test.ts'
import type {Service} from './service.ts'
import type {PortState, StatusFile} from './status.ts'
import {listenUdp} from './udp-listener.ts'

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000

export interface KeptPort {
  readonly service: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
}

/** Which step of bringing a service up failed. */
export type Stage = 'create' | 'listen' | 'listener'

export class PortKeeper {
  readonly #decky: DeckyScope
  readonly #kept: KeptPort
  readonly #status: StatusFile
  #listener: Listener | null = null
  #retry: NodeJS.Timeout | null = null
  #retryMs = FIRST_RETRY_MS
  #stopped = false

  constructor(decky: DeckyScope, kept: KeptPort, status: StatusFile) {
    this.#decky = decky
    this.#kept = kept
    this.#status = status
  }

  /** Resolves after the first attempt; later ones follow by themselves. Never rejects. */
  async start(service: Service): Promise<void> {
    try {
      const listener = await this.#listen(service)
      if (this.#stopped) {
        await listener.close()
        return
      }
      this.#listener = listener
      listener.onFailure = (error) => this.#lost(service, 'listener', error)
      await this.#ready(service)
    } catch (error) {
      this.#lost(service, 'listen', error)
    }
  }

  fail(stage: Stage, error: unknown): void {
    this.#say('down')
    this.#record('service.error', {stage, message: boundedMessage(error)})
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    await this.#listener?.close()
  }

  #listen(service: Service): Promise<Listener> {
    const {port, protocol, service: name} = this.#kept
    const handler = protocol === 'tcp' ? service.tcp?.(port) : service.udp?.(port)
    if (handler === undefined) throw new Error(`${name} has nothing to say on ${port}/${protocol}`)
    return 'kind' in handler ? listenTcp(this.#decky, name, port, handler) : listenUdp(this.#decky, name, port, handler)
  }

  async #ready(service: Service): Promise<void> {
    this.#say('listening')
    const {port, protocol} = this.#kept
    const answering = protocol === 'tcp' ? await answersTcp(service, port) : answersUdp(service, port)
    if (this.#stopped || this.#listener === null) return
    this.#retryMs = FIRST_RETRY_MS
    if (answering) this.#say('answering')
    this.#record('service.ready', {listening: true, answering})
  }

  #lost(service: Service, stage: Stage, error: unknown): void {
    this.#listener = null
    if (this.#stopped) return
    this.fail(stage, error)
    this.#retry = setTimeout(() => void this.start(service), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }

  #say(state: PortState): void {
    const {service, port, protocol} = this.#kept
    this.#status.set({decky: this.#decky.name, name: service, bind: this.#decky.bind, port, protocol, state})
  }

  #record(event: 'service.ready' | 'service.error', data: Record<string, unknown>): void {
    const {service, port, protocol} = this.#kept
    this.#decky.evidence.record({decky: this.#decky.name, service}, {event, data: {port, protocol, ...data}})
  }
}

/** Serves one handler or service on a loopback port through the runtime's own listener, for tests with real clients. */
import {deckyScope} from '../../src/decoy/decky-scope.ts'
import {Evidence} from '../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS, type Limits} from '../../src/decoy/limits.ts'
import {listenTcp} from '../../src/decoy/listener.ts'
import type {Service, TcpHandler} from '../../src/decoy/service.ts'
import type {EventName, EvidenceEvent} from '../../src/events/event.ts'

export interface Served {
  readonly port: number
  /** Everything recorded so far, decoded from the lines the decoy would write. */
  readonly events: readonly EvidenceEvent[]
  /** Those of one name. */
  named(name: EventName): EvidenceEvent[]
  close(): Promise<void>
}

export interface ServeOptions {
  /** The port of the service's manifest to serve; it listens on any free port of 127.0.0.1. */
  readonly port?: number
  readonly service?: string
  readonly limits?: Partial<Limits>
}

const DECKY = 'decky-under-test'

export async function serve(served: TcpHandler | Service, options: ServeOptions | number = {}): Promise<Served> {
  const {port = 0, service = 'test', limits = {}} = typeof options === 'number' ? {port: options} : options
  const handler = 'kind' in served ? served : served.tcp?.(port)
  if (handler === undefined) throw new TypeError(`the service has no TCP port ${port}`)
  const events: EvidenceEvent[] = []
  const all = {...DEFAULT_LIMITS, ...limits}
  const sink = {write: (line: string) => events.push(JSON.parse(line) as EvidenceEvent) > 0}
  const evidence = new Evidence({sink, eventsPerSecond: all.eventsPerSecond})
  const listener = await listenTcp(deckyScope(DECKY, '127.0.0.1', all, evidence), service, 0, handler)
  return {
    port: listener.port,
    events,
    named: (name) => events.filter((event) => event.event === name),
    close: async () => {
      await listener.close()
      evidence.flush()
    },
  }
}

/** Polls until `probe` returns something other than undefined or false; throws after the deadline. */
export async function eventually<T>(probe: () => T | undefined | false, deadlineMs = 5000): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const value = probe()
    if (value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${probe.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Serves one UDP port of a service on the loopback through the runtime's own listener, for tests with real clients. */
import {deckyScope} from '../../src/decoy/decky-scope.ts'
import {Evidence} from '../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import type {Service} from '../../src/decoy/service.ts'
import {listenUdp} from '../../src/decoy/udp-listener.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import type {Served} from './serve.ts'

/** Not 127.0.0.1: clients come from there, and a decoy never answers itself. */
export const UDP_ADDRESS = '127.91.7.1'

/** @param service.port the port of the service's manifest; it listens on any free one of `UDP_ADDRESS`. */
export async function serveUdp(
  service: Service,
  {port, name}: {readonly port: number; readonly name: string},
): Promise<Served> {
  const handler = service.udp?.(port)
  if (handler === undefined) throw new TypeError(`the service has no UDP port ${port}`)
  const events: EvidenceEvent[] = []
  const sink = {write: (line: string) => events.push(JSON.parse(line) as EvidenceEvent) > 0}
  const evidence = new Evidence({sink, eventsPerSecond: 10_000})
  const listener = await listenUdp(
    deckyScope('decky-under-test', UDP_ADDRESS, DEFAULT_LIMITS, evidence),
    name,
    0,
    handler,
  )
  return {
    port: listener.port,
    events,
    named: (wanted) => events.filter(({event}) => event === wanted),
    close: async () => {
      await listener.close()
      evidence.flush()
    },
  }
}

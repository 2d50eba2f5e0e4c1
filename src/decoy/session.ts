/** Runs one connection of a TCP handler, whatever carries it: a socket, or one end of an in-memory pair. */
import type {Duplex} from 'node:stream'

import {MeteredStream} from './metered-stream.ts'
import {ProtocolDriver} from './protocol-driver.ts'
import type {TcpHandler} from './service.ts'
import {type SessionHost, SessionScope} from './session-scope.ts'

/** How long a library may take to say goodbye after its signal was aborted. */
const GOODBYE_MS = 1000

export interface RunningSession {
  /** Resolves when the connection is closed and its end recorded. */
  readonly ended: Promise<void>
  /** The runtime stops: closes without asking the service. */
  stop(): void
}

/** A protocol that takes actions from elsewhere. */
export type ActingProtocol = Pick<ProtocolDriver, 'perform'>

/** @param running told of the protocol before it begins. */
export function runSession(
  handler: TcpHandler,
  stream: Duplex,
  host: SessionHost,
  running: (protocol: ActingProtocol) => void = () => {},
): RunningSession {
  const scope = new SessionScope(stream, host, handler.patience)
  scope.guard(() => {
    if (handler.kind === 'stream') serveStream(handler, scope)
    else {
      const tls = host.connection.rehearsal === true ? undefined : handler.tls
      const driver = new ProtocolDriver(handler.session(host.connection), scope)
      running(driver)
      driver.start(tls)
    }
  })
  return {ended: scope.ended, stop: () => scope.close('shutdown')}
}

function serveStream(handler: Extract<TcpHandler, {kind: 'stream'}>, scope: SessionScope): void {
  const controller = new AbortController()
  scope.onDeadline = (deadline) => {
    controller.abort(deadline)
    const goodbye = setTimeout(() => scope.close(deadline), GOODBYE_MS)
    scope.stream.once('close', () => clearTimeout(goodbye))
  }
  // Before the scope's own: what the service still has to record belongs into the session.
  scope.stream.prependOnceListener('close', () => controller.abort('closed'))
  handler.serve(new MeteredStream(scope), scope.connection, {
    report: (event) => scope.report(event),
    authenticated: () => scope.liftLogin(),
    signal: controller.signal,
  })
}

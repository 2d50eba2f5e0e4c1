/** A decoy Docker Engine that anybody may command. */
import type {ServiceEvent} from '../../../events/event.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type CreateService,
  type Initiative,
  report,
  type Service,
} from '../../service.ts'
import {certificateEvent} from '../../tls/client-certificate.ts'
import type {TlsInfo, TlsProfile} from '../../tls/profile.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {GoServer} from '../http/products/go-server.ts'
import {HttpSession} from '../http/session.ts'
import {DockerApi} from './api.ts'
import {DOCKER_TLS_PORT} from './definition.ts'
import {Engine} from './engine.ts'
import {Runtime} from './runtime.ts'

const REQUEST = Buffer.from('GET /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'latin1')
const ANSWER = 'HTTP/1.1 200 OK\r\n'

export const createService: CreateService = (persona, options): Service => {
  const engine = new Engine(persona, options, Date.now())
  const runtime = new Runtime(engine)
  const product = new GoServer({old: engine.release.old})
  const tlsPort = typeof options.tls_port === 'number' ? options.tls_port : DOCKER_TLS_PORT
  const tls: TlsProfile = tlsProfile(persona, {
    certificate: 'docker',
    stack: 'go',
    settings: {alpn: ['http/1.1'], clientCertificate: 'required'},
  })
  return {
    tcp: (port) => {
      const secure = options.tls === true && port === tlsPort
      return {
        kind: 'protocol',
        ...(secure ? {tls} : {}),
        session: (connection) => new DockerSession({engine, runtime, product}, connection, !secure),
      }
    },
    selfTest: () => ({send: REQUEST, accepts: (reply) => reply.toString('latin1', 0, ANSWER.length) === ANSWER}),
  }
}

interface Served {
  readonly engine: Engine
  readonly runtime: Runtime
  readonly product: GoServer
}

/** One connection: HTTP, and what goes on in its name after an answer. */
class DockerSession extends HttpSession {
  #initiative: Initiative | null = null

  constructor({engine, runtime, product}: Served, connection: Connection, plain: boolean) {
    const record = (event: ServiceEvent): void => this.#initiative?.perform(() => [report(event)])
    const application = new DockerApi(engine, runtime, plain, record)
    super({product, application, verify: () => false, formless: true}, connection)
  }

  override begin(initiative: Initiative): void {
    this.#initiative = initiative
    super.begin(initiative)
  }

  /** No certificate is signed by the right authority: the connection ends as soon as it is there. */
  secured({clientCertificate}: TlsInfo): Action[] {
    const shown = clientCertificate === undefined ? [] : [report(certificateEvent(clientCertificate, false))]
    return [...shown, CLOSE]
  }
}

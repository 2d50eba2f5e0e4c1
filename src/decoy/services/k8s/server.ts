/** A decoy Kubernetes API server. */
import {honeyPairs} from '../../honey-users.ts'
import type {Persona} from '../../persona.ts'
import {type Action, type Connection, type CreateService, report, type Service} from '../../service.ts'
import {certificateEvent} from '../../tls/client-certificate.ts'
import {kubernetesAuthority} from '../../tls/kubernetes-authority.ts'
import type {TlsInfo, TlsProfile} from '../../tls/profile.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {GoServer} from '../http/products/go-server.ts'
import {HttpSession} from '../http/session.ts'
import {type Admission, KubernetesApi} from './api.ts'
import {Cluster} from './cluster.ts'
import {K8S_INSECURE_PORT} from './definition.ts'
import {releaseOf} from './releases.ts'

const REQUEST = Buffer.from('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'latin1')
const ANSWER = 'HTTP/1.1 200 OK\r\n'

export const createService: CreateService = (persona, options): Service => {
  const cluster = new Cluster(persona, releaseOf(persona, options.version))
  const tokens = new Map(honeyPairs(options.users).map(([name, token]) => [token, name]))
  const insecurePort = typeof options.insecure_port === 'number' ? options.insecure_port : K8S_INSECURE_PORT
  const product = new GoServer({old: true})
  const tls = profile(persona)
  return {
    tcp: (port) => {
      const insecure = options.insecure === true && port === insecurePort
      const admission: Admission = {open: insecure || options.anonymous === true, tokens}
      return {
        kind: 'protocol',
        ...(insecure ? {} : {tls}),
        session: (connection) => new KubernetesSession(product, new KubernetesApi(cluster, admission), connection),
      }
    },
    selfTest: () => ({send: REQUEST, accepts: (reply) => reply.toString('latin1', 0, ANSWER.length) === ANSWER}),
  }
}

/** Whoever has a certificate of the cluster's CA may show it; nobody has to. */
const profile = (persona: Persona): TlsProfile =>
  tlsProfile(persona, {
    certificate: 'kubernetes',
    stack: 'go',
    settings: {
      alpn: ['http/1.1'],
      clientCertificate: 'requested',
      authorities: () => kubernetesAuthority(persona),
    },
  })

class KubernetesSession extends HttpSession {
  readonly #api: KubernetesApi

  constructor(product: GoServer, api: KubernetesApi, connection: Connection) {
    super({product, application: api, verify: () => false, formless: true}, connection)
    this.#api = api
  }

  secured({clientCertificate}: TlsInfo): Action[] {
    if (clientCertificate === undefined) return []
    this.#api.foreignCertificate = true
    return [report(certificateEvent(clientCertificate, false))]
  }
}

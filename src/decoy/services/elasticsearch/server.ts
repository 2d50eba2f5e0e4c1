/** A decoy Elasticsearch node. */
import type {CreateService, Service} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {HoneyCredentials} from '../http/login/honey.ts'
import {HttpSession} from '../http/session.ts'
import {ElasticsearchApi} from './api.ts'
import {Node} from './node.ts'
import {RestServer} from './rest-server.ts'

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'latin1')
/** Behind a password the answer is a refusal, and an answer all the same. */
const ANSWER = /^HTTP\/1\.1 (?:200 OK|401 Unauthorized)\r\n/

export const createService: CreateService = (persona, options): Service => {
  const node = new Node(persona, options, Date.now())
  const {verify} = new HoneyCredentials(options.users)
  const enabled = typeof options.security === 'boolean' ? options.security : node.release.version.startsWith('8')
  const secure = options.tls === true
  const application = new ElasticsearchApi(node, {enabled, secure, verify})
  const product = new RestServer(node.release)
  const tls: TlsProfile | null = secure ? tlsProfile(persona, {certificate: 'elasticsearch', stack: 'java'}) : null
  return {
    tcp: () => ({
      kind: 'protocol',
      ...(tls === null ? {} : {tls}),
      session: (connection) => new HttpSession({product, application, verify, formless: true}, connection),
    }),
    selfTest: () => ({send: REQUEST, accepts: (reply) => ANSWER.test(reply.toString('latin1', 0, 64))}),
  }
}

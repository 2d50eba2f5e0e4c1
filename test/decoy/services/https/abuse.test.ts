/** What is inside of TLS; the handshake itself is the runtime's, and tested there. */

import {once} from 'node:events'
import {duplexPair} from 'node:stream'
import {connect} from 'node:tls'
import {describe} from 'vitest'

import {createHttpServer, serviceOf} from '../../../../src/decoy/services/http/server.ts'
import {createService} from '../../../../src/decoy/services/https/server.ts'
import {abuse, besieged} from '../../../support/abuse.ts'
import {personaWith} from '../http/fixture-site.ts'
import {request, SECURE} from '../http/support.ts'

const dialogues = [
  [
    request('/'),
    request('/login'),
    request('/j_spring_security_check', {body: 'j_username=admin&j_password=admin&from=%2F'}),
    request('/sdk', {body: '<Login><userName>root</userName><password>x</password></Login>', type: 'text/xml'}),
  ],
  [
    request('/websso/SAML2/SSO/vsphere.local?SAMLRequest=x', {body: 'CastleAuthorization=Basic%20YTpi'}),
    request('/xmlrpc.php', {
      body: '<methodCall><methodName>wp.getUsersBlogs</methodName><params><param><value>a</value></param><param><value>b</value></param></params></methodCall>',
      type: 'text/xml',
    }),
    request('/json/login_session', {body: '{"user_login":"a","password":"b"}', type: 'application/json'}),
  ],
  [request('/manager/html', {headers: {Authorization: 'Basic dG9tY2F0OnRvbWNhdA=='}}), request('/xmldata?item=all')],
  [request('/sysmgmt/2015/bmc/session', {method: 'POST', headers: {user: '"root"', password: '"calvin"'}})],
]

abuse({
  name: 'https',
  port: 443,
  service: async () => serviceOf(createHttpServer(personaWith(), {product: 'vcenter'}, SECURE), personaWith()),
  dialogues,
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 '),
})

describe('the port of HTTPS under abuse', () => {
  besieged({
    name: 'https',
    port: 443,
    service: async () => createService(personaWith(), {product: 'nginx'}),
    dialogues: [[Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')]],
    served: (reply) => reply.toString('latin1').includes('The plain HTTP request was sent to HTTPS port'),
  })
})

async function clientHello(): Promise<Buffer> {
  const [near, far] = duplexPair()
  const client = connect({socket: near})
  client.on('error', () => {})
  const [bytes]: Buffer[] = await once(far, 'data')
  client.destroy()
  return bytes ?? Buffer.alloc(0)
}

const hello = await clientHello()

describe('handshakes', () => {
  besieged({
    name: 'https',
    port: 443,
    service: async () => createService(personaWith(), {product: 'nginx'}),
    dialogues: [[hello]],
    served: (reply) => reply[0] === 0x16 && reply[5] === 2,
  })
})

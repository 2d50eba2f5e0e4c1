import {request as httpsRequest} from 'node:https'
import {connect} from 'node:net'
import {connect as connectTls, type DetailedPeerCertificate} from 'node:tls'
import {afterEach, describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {createService} from '../../../../src/decoy/services/https/server.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {personaWith} from '../http/fixture-site.ts'

const servers: Served[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function web(options: OptionValues, facts: Partial<PersonaFacts> = {}): Promise<Served> {
  const server = await serve(await createService(personaWith(facts), options), {port: 443, service: 'https'})
  servers.push(server)
  return server
}

interface Shaken {
  readonly alpn: string | false | null
  readonly version: string | null
  readonly certificate: DetailedPeerCertificate
}

function shake({port}: Served, protocols: string[]): Promise<Shaken> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: protocols}, () => {
      resolve({alpn: socket.alpnProtocol, version: socket.getProtocol(), certificate: socket.getPeerCertificate(true)})
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

function get({port}: Served, path: string): Promise<{status: number; location: string; server: string}> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({port, host: '127.0.0.1', path, rejectUnauthorized: false, agent: false}, (response) => {
      response.resume()
      const {location = '', server = ''} = response.headers
      resolve({status: response.statusCode ?? 0, location, server: String(server)})
    })
    sent.once('error', reject)
    sent.end()
  })
}

function plain({port}: Served): Promise<string> {
  return new Promise((resolve) => {
    let reply = ''
    const socket = connect({port, host: '127.0.0.1'}, () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      reply += text
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(reply))
  })
}

describe('https', () => {
  it('serves behind TLS from the first byte, and tells the fingerprint of its client', async () => {
    const server = await web({product: 'nginx'})
    expect(await get(server, '/')).toMatchObject({status: 200, server: 'nginx/1.22.1'})
    const [event] = await eventually(() => server.named('session.tls').length > 0 && server.named('session.tls'))
    expect(event?.data).toMatchObject({ja3: expect.stringMatching(/^[0-9a-f]{32}$/), ja4: expect.stringMatching(/^t1/)})
    expect(server.named('request')).toHaveLength(1)
  })

  it('offers HTTP/1.1 and nothing newer', async () => {
    const server = await web({product: 'iis'}, {os: 'windows_server', distro: 'windows2022'})
    expect(await shake(server, ['h2', 'http/1.1'])).toMatchObject({alpn: 'http/1.1', version: 'TLSv1.3'})
    expect(await shake(server, ['h2'])).toMatchObject({alpn: false})
  })

  it.each([
    ['ilo', 'Hewlett Packard Enterprise'],
    ['fortigate', 'Fortinet'],
    ['esxi', 'VMware, Inc'],
    ['idrac', 'Dell Inc.'],
    ['printer', 'HP'],
  ] as const)('presents the certificate that %s comes with', async (product, organisation) => {
    const {certificate} = await shake(await web({product}, {os: 'embedded', distro: 'embedded'}), ['http/1.1'])
    expect(certificate.subject.O).toBe(organisation)
  })

  it('presents one certificate for good, and no other machine has it', async () => {
    const first = await shake(await web({product: 'ilo'}), [])
    const again = await shake(await web({product: 'ilo'}), [])
    const other = await shake(await web({product: 'ilo'}, {seed: '22'.repeat(32)}), [])
    expect(again.certificate.fingerprint256).toBe(first.certificate.fingerprint256)
    expect(other.certificate.fingerprint256).not.toBe(first.certificate.fingerprint256)
    expect(other.certificate.serialNumber).not.toBe(first.certificate.serialNumber)
  })

  it.each([
    ['nginx', {}, /^HTTP\/1\.1 400 Bad Request\r\nServer: nginx[\s\S]*The plain HTTP request was sent to HTTPS port/],
    ['apache', {}, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*speaking plain HTTP to an SSL-enabled server port/],
    ['grafana', {}, /^HTTP\/1\.[01] 400 [\s\S]*Client sent an HTTP request to an HTTPS server/],
    ['tomcat', {}, /This combination of host and port requires TLS\./],
    ['iis', {os: 'windows_server', distro: 'windows2022'}, /^$/],
    ['jenkins', {}, /^$/],
  ] as const)('answers plain HTTP as %s does', async (product, facts, reply) => {
    const server = await web({product}, facts)
    expect(await plain(server)).toMatch(reply)
    await eventually(() => server.named('probe').length > 0)
  })

  it('leads to its own scheme and port', async () => {
    const server = await web({product: 'iis', port: 8443}, {os: 'windows_server', distro: 'windows2022'})
    expect(await get(server, '/aspnet_client')).toMatchObject({status: 301, location: expect.stringMatching(/^https:/)})
    const apache = await web({product: 'apache'})
    expect(await get(apache, '/')).toMatchObject({status: 200, server: 'Apache/2.4.62 (Debian)'})
  })

  it('answers its own self-test inside of TLS', async () => {
    const service = await createService(personaWith(), {})
    const {send, accepts} = service.selfTest(443)
    expect(send.toString()).toMatch(/^GET \/ HTTP\/1\.1\r\n/)
    expect(accepts(Buffer.from('HTTP/1.1 200 OK'))).toBe(true)
    const handler = service.tcp?.(443)
    expect(handler).toMatchObject({kind: 'protocol', tls: {alpn: ['http/1.1']}})
  })
})

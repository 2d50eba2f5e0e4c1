import {describe, expect, it} from 'vitest'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {createHttpServer, createService} from '../../../../src/decoy/services/http/server.ts'
import {connection, drive, openSession} from './drive.ts'
import {personaWith} from './fixture-site.ts'

const reply = (
  facts: Partial<PersonaFacts>,
  options: OptionValues = {},
  request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
): string => drive(openSession(createHttpServer(personaWith(facts), options)), [Buffer.from(request)]).reply
const headerOf = (text: string, name: string): string => new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1] ?? ''
const titleOf = (text: string): string => /<title>(.*?)<\/title>/.exec(text)?.[1] ?? ''

describe('the server of a persona', () => {
  it.each([
    ['debian', 'linux', 'nginx', 'nginx/1.22.1', 'Welcome to nginx!'],
    ['debian', 'linux', 'apache', 'Apache/2.4.62 (Debian)', 'Apache2 Debian Default Page: It works'],
    ['ubuntu22', 'linux', 'nginx', 'nginx/1.18.0 (Ubuntu)', 'Welcome to nginx!'],
    ['ubuntu22', 'linux', 'apache', 'Apache/2.4.52 (Ubuntu)', 'Apache2 Ubuntu Default Page: It works'],
    ['rocky9', 'linux', undefined, 'Apache/2.4.57 (Rocky Linux)', 'HTTP Server Test Page powered by: Rocky Linux'],
    ['rocky9', 'linux', 'nginx', 'nginx/1.20.1', 'Welcome to nginx!'],
    ['centos7', 'linux', undefined, 'Apache/2.4.6 (CentOS)', 'Apache HTTP Server Test Page powered by CentOS'],
    ['fedora', 'linux', undefined, 'Apache/2.4.58 (Fedora Linux)', 'Test Page for the HTTP Server on Fedora'],
    ['windows2022', 'windows_server', undefined, 'Microsoft-IIS/10.0', 'IIS Windows Server'],
    ['windows2012r2', 'windows_server', undefined, 'Microsoft-IIS/8.5', 'IIS Windows Server'],
    ['windows11', 'windows', undefined, 'Microsoft-IIS/10.0', 'IIS Windows'],
  ] as const)('%s (%s) with product %s says %s', (distro, os, product, server, title) => {
    const text = reply({distro, os}, product === undefined ? {} : {product})
    expect(headerOf(text, 'Server')).toBe(server)
    expect(titleOf(text)).toBe(title)
  })

  it('is the same whenever it is asked, and nginx or Apache on Debian', () => {
    const servers = new Set<string>()
    for (let seed = 0; seed < 20; seed++) {
      const facts = {seed: seed.toString(16).padStart(2, '0').repeat(32)}
      const first = headerOf(reply(facts), 'Server')
      expect(headerOf(reply(facts), 'Server')).toBe(first)
      servers.add(first)
    }
    expect([...servers].sort()).toEqual(['Apache/2.4.62 (Debian)', 'nginx/1.22.1'])
  })

  it.each(['nginx', 'apache', 'iis'])(
    '%s shares no validator with another decky, and wrote its files before it booted',
    (product) => {
      const seen = new Set<string>()
      for (let seed = 0; seed < 30; seed++) {
        const facts = {seed: seed.toString(16).padStart(2, '0').repeat(32)}
        const text = reply(facts, {product})
        seen.add(headerOf(text, 'ETag'))
        const modified = Date.parse(headerOf(text, 'Last-Modified'))
        expect(modified).toBeLessThan(personaWith(facts).bootedAt(connection().now()))
        expect(modified).toBeGreaterThan(Date.parse('2023-01-01'))
      }
      expect(seen.size).toBe(30)
    },
  )

  it('computes ETags as the product does', () => {
    const nginx = reply({}, {product: 'nginx'})
    const seconds = (Date.parse(headerOf(nginx, 'Last-Modified')) / 1000).toString(16)
    expect(headerOf(nginx, 'ETag')).toBe(`"${seconds}-${Number(headerOf(nginx, 'Content-Length')).toString(16)}"`)
    const apache = reply({}, {product: 'apache'})
    const [, size, micros] = /^"([0-9a-f]+)-([0-9a-f]+)"$/.exec(headerOf(apache, 'ETag')) ?? []
    expect(Number.parseInt(size ?? '', 16)).toBe(Number(headerOf(apache, 'Content-Length')))
    const written = Math.floor(Number.parseInt(micros ?? '', 16) / 1e6) * 1000
    expect(written).toBe(Date.parse(headerOf(apache, 'Last-Modified')))
    const iis = reply({os: 'windows_server', distro: 'windows2022'})
    expect(headerOf(iis, 'ETag')).toMatch(/^"[0-9a-f]{8,14}d[a-f0-9]1:0"$/)
  })

  it('uses the port and the name of the machine where the product does', () => {
    const missing = 'GET /x HTTP/1.0\r\n\r\n'
    expect(reply({}, {product: 'apache', port: 8080}, missing)).toContain(
      'Server at web01.corp.example Port 8080</address>',
    )
    expect(reply({domain: null}, {product: 'apache'}, missing)).toContain('Server at 127.0.1.1 Port 80</address>')
    const iis = reply({}, {product: 'iis', port: 8080}, 'GET /aspnet_client HTTP/1.0\r\n\r\n')
    expect(headerOf(iis, 'Location')).toBe('http://127.0.0.1:8080/aspnet_client/')
  })

  it('takes a version of its product only', () => {
    expect(headerOf(reply({}, {product: 'nginx', version: '1.24.0'}), 'Server')).toBe('nginx/1.24.0')
    expect(() => reply({}, {product: 'iis', version: '1.24.0'})).toThrow('iis has no version "1.24.0"')
  })

  it('answers its own self-test', async () => {
    const persona = personaWith()
    const service = await createService(persona, {})
    const {send, accepts} = service.selfTest(80)
    const handler = service.tcp?.(80)
    if (handler?.kind !== 'protocol') throw new Error('not a protocol')
    const answer = drive(handler.session(connection()), [send]).reply
    expect(accepts(Buffer.from(answer, 'latin1'))).toBe(true)
    expect(accepts(Buffer.from('HTTP/1.'))).toBe(false)
    expect(accepts(Buffer.from('SSH-2.0-x'))).toBe(false)
  })
})

describe('versions', () => {
  const status = (options: OptionValues, request: string, facts: Partial<PersonaFacts> = {}): string =>
    reply(facts, options, request).split(' ', 2)[1] ?? ''

  it('of nginx before 1.21.1 let pass what later ones refuse', () => {
    const old = {product: 'nginx', version: '1.18.0 (Ubuntu)'}
    const recent = {product: 'nginx', version: '1.22.1'}
    for (const [request, lenient] of [
      ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', '404'],
      ['GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n', '200'],
      ['GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n', '200'],
      ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '405'],
    ] as const) {
      expect(status(old, request), request).toBe(lenient)
      expect(status(recent, request), request).toBe('400')
    }
  })

  it('of Apache differ in the document type and in repeating the path', () => {
    const missing = (version: string): string =>
      reply({}, {product: 'apache', version}, 'GET /a<b HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(missing('2.4.62')).toContain('<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">')
    expect(missing('2.4.66')).toContain(
      '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">',
    )
    expect(missing('2.4.62')).toContain('<p>The requested URL was not found on this server.</p>')
    expect(missing('2.4.6')).toContain('<p>The requested URL /a&lt;b was not found on this server.</p>')
  })

  it('of distributions compress only where they ship it so', () => {
    const packed = 'GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n'
    expect(reply({}, {product: 'nginx'}, packed)).toContain('Content-Encoding: gzip')
    expect(reply({distro: 'rocky9'}, {product: 'nginx'}, packed)).not.toContain('Content-Encoding')
    expect(reply({distro: 'rocky9'}, {product: 'apache'}, packed)).not.toContain('Content-Encoding')
  })

  it('of Red Hat trace, welcome with a refusal and do not sign', () => {
    const rocky = {distro: 'rocky9'}
    expect(reply(rocky)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(headerOf(reply(rocky), 'Content-Type')).toBe('text/html; charset=UTF-8')
    const trace = reply(rocky, {}, 'TRACE /x HTTP/1.1\r\nHost: a\r\nCookie: c\r\n\r\n')
    expect(trace).toContain('Content-Type: message/http\r\n')
    expect(trace).toContain('TRACE /x HTTP/1.1\r\nHost: a\r\nCookie: c\r\n')
    expect(reply(rocky, {}, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n')).not.toContain('<address>')
  })
})

describe('IIS', () => {
  const iis = (request: string): string => reply({os: 'windows_server', distro: 'windows2022'}, {}, request)

  it.each([
    ['get / HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['POST / HTTP/1.1\r\nHost: a\r\n\r\n', 411],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', 405],
    ['GET /web.config HTTP/1.1\r\nHost: a\r\n\r\n', 404],
    ['GET /IISSTART.HTM HTTP/1.1\r\nHost: a\r\n\r\n', 200],
    ['GET /aspnet_client/ HTTP/1.1\r\nHost: a\r\n\r\n', 403],
    ['TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 501],
  ])('answers %j with %i', (request, status) => {
    expect(iis(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('has the lengths that its pages are known by', () => {
    expect(headerOf(iis('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 'Content-Length')).toBe('703')
    expect(headerOf(iis('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'), 'Content-Length')).toBe('1245')
    expect(headerOf(iis('GET /aspnet_client/ HTTP/1.1\r\nHost: a\r\n\r\n'), 'Content-Length')).toBe('1233')
    expect(headerOf(iis('GET / HTTP/1.1\r\n\r\n'), 'Content-Length')).toBe('334')
    expect(headerOf(iis('\x16\x03\x01'), 'Content-Length')).toBe('326')
    expect(headerOf(iis('GET nowhere HTTP/1.1\r\n\r\n'), 'Content-Length')).toBe('324')
    expect(headerOf(iis('GET / HTTP/1337\r\n\r\n'), 'Content-Length')).toBe('311')
  })

  it('orders its headers as http.sys does', () => {
    const names = (text: string): string[] =>
      [...text.slice(0, text.indexOf('\r\n\r\n')).matchAll(/^([\w-]+): /gm)].map((match) => match[1] ?? '')
    const document = names(iis('GET / HTTP/1.0\r\n\r\n')).filter((name) => name !== 'X-Powered-By')
    expect(document).toEqual([
      'Content-Type',
      'Last-Modified',
      'Accept-Ranges',
      'ETag',
      'Server',
      'Date',
      'Connection',
      'Content-Length',
    ])
    expect(names(iis('\x16'))).toEqual(['Content-Type', 'Server', 'Date', 'Connection', 'Content-Length'])
  })
})

/** Hostile input: nothing throws, nothing grows without bound, everything leaves a trace, and the next client is served. */
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {
  SKIN_NAMES,
  type SkinName,
  WEB_SERVERS,
  type WebServerName,
} from '../../../../src/decoy/services/http/products/names.ts'
import type {HttpServer} from '../../../../src/decoy/services/http/session.ts'
import {drive, openSession, outcome} from './drive.ts'
import {fixtureProduct} from './fixture-site.ts'
import {SECURE, serverWith} from './support.ts'

const VERSIONS = {nginx: '1.22.1', apache: '2.4.62', iis: '10.0'} as const
const serverOf = (product: WebServerName): HttpServer => ({
  product: fixtureProduct(product, VERSIONS[product], 80),
  application: null,
  verify: () => false,
})

const post = (headers: string, body = ''): string => `POST /x HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`
const get = (target: string, ...headers: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a', ...headers, '', ''].join('\r\n')

const HOSTILE: Readonly<Record<string, string>> = {
  'zeroes, 64 KiB': '\0'.repeat(65_536),
  'ones, 64 KiB': '\xff'.repeat(65_536),
  'line feeds, 64 KiB': '\n'.repeat(65_536),
  'a header of 16 KiB and one': get('/', `X: ${'a'.repeat(16_385)}`),
  '10,000 headers': get('/', ...Array.from({length: 10_000}, (_, index) => `X-${index}: y`)),
  '10,000 folded lines': get('/', 'X: y', ...Array.from({length: 10_000}, () => ' z')),
  'content-length -1': post('Content-Length: -1'),
  'content-length 1e9': post('Content-Length: 1e9'),
  'content-length in hexadecimal': post('Content-Length: 0x10'),
  'content-length and chunked': post(
    'Content-Length: 3\r\nTransfer-Encoding: chunked',
    '0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n',
  ),
  'a coding in disguise': post('Transfer-Encoding: \x0bchunked', '0\r\n\r\n'),
  'chunk size of 16 digits': post('Transfer-Encoding: chunked', 'FFFFFFFFFFFFFFFF\r\n'),
  'negative chunk size': post('Transfer-Encoding: chunked', '-1\r\n'),
  'chunk extension of 1 MiB': post('Transfer-Encoding: chunked', `1;${'x'.repeat(2 ** 20)}\r\na\r\n0\r\n\r\n`),
  'trailers without end': post('Transfer-Encoding: chunked', `0\r\n${'T: v\r\n'.repeat(5000)}`),
  'ranges without end': get('/', `Range: bytes=${'0-,'.repeat(2000)}0-`),
  'target of 64 KiB': get(`/${'a'.repeat(65_536)}`),
  'percent zero': get('/%00'),
  'encoded traversal': get('/..%2f..%2f..%2fetc%2fpasswd'),
  'plain traversal': get('/../../../../etc/passwd'),
  'windows traversal': get('/..\\..\\windows\\win.ini'),
  'overlong utf-8': get('/%c0%ae%c0%ae/'),
  connect: 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n',
  'absolute target to the inside': get('http://169.254.169.254/latest/meta-data/'),
  'gzip bomb': post('Content-Encoding: gzip\r\nContent-Length: 20', '\x1f\x8b\x08\0\0\0\0\0\0\x03AAAAAAAAAA'),
  'multipart without end': post(
    'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 60',
    '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nabcdefg',
  ),
  'websocket frame of 2^63': `${get('/', 'Upgrade: websocket', 'Connection: Upgrade')}\x82\x7f\x80\0\0\0\0\0\0\0`,
  'deep JSON': post('Content-Type: application/json\r\nContent-Length: 60000', '['.repeat(60_000)),
  'spaces in a header': get('/', `X: a${' '.repeat(8000)}b`),
  'colons in an authorization': get('/', `Authorization: Basic ${Buffer.from(':'.repeat(5000)).toString('base64')}`),
  'digest without end': get('/', `Authorization: Digest ${'username="'.repeat(700)}`),
}

const isWebServer = (product: WebServerName | SkinName): product is WebServerName =>
  WEB_SERVERS.some((name) => name === product)

describe.each([...WEB_SERVERS, ...SKIN_NAMES])('%s', (product) => {
  const server = isWebServer(product) ? serverOf(product) : serverWith({product}, {}, SECURE)

  it.each(Object.entries(HOSTILE))('survives %s', (_, text) => {
    const bytes = Buffer.from(text, 'latin1')
    const session = openSession(server)
    const begun = performance.now()
    const fed = drive(session, [bytes])
    const all = outcome([...fed.actions, ...session.end()])
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(all.closed).toBe(true)
    expect(JSON.stringify(all.events).length).toBeLessThan(150_000)
    // Line feeds before a request are not one, and a line without an end is reported when the peer gives up.
    if (!/^\n+$/.test(text)) expect(all.events.length).toBeGreaterThan(0)
    expect(drive(openSession(server), [Buffer.from(get('/'))]).reply).toMatch(/^HTTP\/1\.[01] (?:200|302|401|403)[ \r]/)
  })
})

describe.each(WEB_SERVERS)('%s', (product) => {
  const server = serverOf(product)

  it('never proxies and never leaves its documents', () => {
    for (const name of [
      'connect',
      'absolute target to the inside',
      'plain traversal',
      'encoded traversal',
      'windows traversal',
    ]) {
      const {reply} = drive(openSession(server), [Buffer.from(HOSTILE[name] ?? '', 'latin1')])
      expect(reply, name).toMatch(/^HTTP\/1\.1 (?:40[0345]) /)
    }
  })

  it('answers 10,000 pipelined requests in order', () => {
    const {reply, events} = drive(openSession(server), [
      Buffer.from('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10_000)),
    ])
    const answers = reply.split('HTTP/1.1 200 OK\r\n').length - 1
    expect(answers).toBe(events.length)
    expect(answers).toBeGreaterThanOrEqual(100)
  })

  it('takes time in proportion to what it is sent, in whatever pieces', () => {
    const drip = (size: number): number => {
      const session = openSession(server)
      const begun = performance.now()
      for (let sent = 0; sent < size; sent++) session.feed(Buffer.from('a'))
      return performance.now() - begun
    }
    drip(2000)
    expect(drip(100_000)).toBeLessThan(2000)
  })

  it('never throws and never says more than it should, whatever it reads', () => {
    const token = fc.constantFrom(
      'GET ',
      'POST ',
      'OPTIONS ',
      '/',
      '*',
      ' ',
      '\r\n',
      '\n',
      '\r',
      'HTTP/1.1',
      'HTTP/1.0',
      'HTTP/9',
      'Host: a',
      ': ',
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      '5\r\nhello\r\n',
      '0\r\n\r\n',
      '\r\n\r\n',
      '%2e',
      '..',
      '\0',
      '\xff',
      'Range: bytes=',
      '0-1',
      '-',
      ',',
      'Expect: 100-continue',
      'Authorization: Basic YTpi',
      'Connection: close',
      '\t',
      'q',
      'Content-Type: multipart/form-data; boundary=b',
      '--b\r\n',
      'If-None-Match: *',
      'Accept-Encoding: gzip',
    )
    const piece = fc.oneof(
      fc.array(token, {maxLength: 25}).map((parts) => Buffer.from(parts.join(''), 'latin1')),
      fc.uint8Array({maxLength: 40}).map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 6}), (pieces) => {
        const session = openSession(server)
        const actions = [...pieces.flatMap((part) => session.feed(part)), ...session.end()]
        const closes = actions.findIndex((action) => action.type === 'close')
        // The close is the last thing, so that nothing is said after it.
        return closes === actions.length - 1
      }),
      {seed: 20_260_101, numRuns: 400},
    )
  })
})

describe('one packet full of requests', () => {
  it('costs a head for each, and the document once', () => {
    const server = serverOf('iis')
    const {actions} = drive(openSession(server), [Buffer.from(get('/').repeat(1000))])
    const bodies = actions.flatMap((action) =>
      action.type === 'write' && action.data.length > 900 ? [action.data] : [],
    )
    expect(bodies).toHaveLength(1000)
    expect(new Set(bodies).size).toBe(1)
  })
})

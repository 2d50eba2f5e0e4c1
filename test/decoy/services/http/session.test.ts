import {describe, expect, it} from 'vitest'
import type {Limits} from '../../../../src/decoy/limits.ts'
import {WEB_SERVERS, type WebServerName} from '../../../../src/decoy/services/http/products/names.ts'
import type {HttpServer} from '../../../../src/decoy/services/http/session.ts'
import {CORPUS} from './corpus.ts'
import {connection, drive, type Outcome, openSession, outcome} from './drive.ts'
import {fixtureProduct} from './fixture-site.ts'
import {requestBytes} from './golden.ts'

const VERSIONS = {nginx: '1.22.1', apache: '2.4.71', iis: '10.0'} as const
const serverOf = (product: WebServerName): HttpServer => ({
  product: fixtureProduct(product, VERSIONS[product], 80),
  application: null,
  verify: () => false,
})

/** How much of a request had arrived when it was refused is the network's doing: the sample of a refusal may be shorter. */
function comparable({reply, events, closed}: Outcome): unknown {
  const facts = events.map((event) =>
    event.event === 'malformed' || event.event === 'probe' ? {...event, data: {...event.data, sample: null}} : event,
  )
  return {reply, facts, closed}
}

const SPLIT = [
  'get index',
  'two pipelined',
  'many gets',
  'get 1.0',
  'post',
  'post chunked',
  'post chunked, extension and trailer',
  'post chunked, then get',
  'bad chunk size',
  'huge chunk size',
  'content-length and chunked',
  'two content-lengths',
  'expect continue',
  'range two',
  'lf only',
  'empty lines first',
  'obs-fold',
  'space before colon',
  'header with nul',
  'version 1337',
  'http/0.9',
  'tls client hello',
  'garbage line',
  'sip options',
  'bad percent',
  'absolute target',
  'trace',
]

describe.each(WEB_SERVERS)('%s', (product) => {
  const server = serverOf(product)

  it.each(SPLIT)('answers %s the same wherever the network splits it', (name) => {
    const bytes = requestBytes(CORPUS[name] ?? '', product)
    const whole = comparable(drive(openSession(server), [bytes]))
    for (let at = 1; at < bytes.length; at++) {
      const split = drive(openSession(server), [bytes.subarray(0, at), bytes.subarray(at)])
      expect(comparable(split), `split at ${at}`).toEqual(whole)
    }
  })

  it('answers every request of the corpus the same byte by byte', () => {
    for (const [name, entry] of Object.entries(CORPUS)) {
      const bytes = requestBytes(entry, product)
      const single = Array.from(bytes, (byte) => Buffer.from([byte]))
      const together = comparable(drive(openSession(server), [bytes]))
      expect(comparable(drive(openSession(server), single)), name).toEqual(together)
    }
  })

  it('reports a request with what an analyst needs', () => {
    const request =
      'POST /cgi-bin/x?a=1 HTTP/1.1\r\nHost: 10.0.0.5\r\nUser-Agent: evil\xff/1.0\r\nX-Forwarded-For: 1.2.3.4\r\n' +
      'Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nid\x00;ls'
    const {events} = drive(openSession(server), [Buffer.from(request, 'latin1')])
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      event: 'request',
      data: {
        method: 'POST',
        target: {text: '/cgi-bin/x?a=1', truncated: false},
        version: '1.1',
        host: '10.0.0.5',
        userAgent: {text: 'evil\\xff/1.0'},
        contentType: 'text/plain',
        bodyBytes: 6,
        bodySample: {text: 'id\\x00;ls', bytes: 6, truncated: false},
      },
    })
    expect(events[0]?.data?.headers).toContainEqual(['X-Forwarded-For', '1.2.3.4'])
  })

  it('reports what is not a request as malformed, with its bytes, and what unmasks decoys as a probe', () => {
    const malformed = drive(openSession(server), [Buffer.from('GET / HTTP/1.1\r\nbro ken: 1\r\n\r\n')])
    expect(malformed.events[0]).toMatchObject({
      event: 'malformed',
      data: {status: 400, sample: {text: 'GET / HTTP/1.1\\x0d\\x0abro ken: 1\\x0d\\x0a'}},
    })
    expect(malformed.closed).toBe(true)
    const probe = drive(openSession(server), [Buffer.from('GET / HTTP/1337\r\n\r\n')])
    expect(probe.events).toMatchObject([{event: 'probe', data: {what: 'http-version'}}])
  })

  it('keeps only the beginning of a large body and says how large it was', () => {
    const session = openSession(server, {sample: 100})
    const size = 300_000
    const {events} = drive(session, [
      Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`),
      ...Array.from({length: 30}, () => Buffer.alloc(size / 30, 0x41)),
    ])
    expect(events[0]?.data).toMatchObject({
      bodyBytes: size,
      bodySample: {text: 'A'.repeat(100), bytes: size, truncated: true},
    })
  })

  it('stops after as many requests as a session may hold', () => {
    const limits: Partial<Limits> = {commands: 3}
    const {events, closed} = drive(openSession(server, limits), [
      Buffer.from('GET /a HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10)),
    ])
    expect(events).toHaveLength(3)
    expect(closed).toBe(true)
  })

  it('says nothing to a peer that says nothing, and records what was left unfinished', () => {
    expect(outcome(openSession(server).end())).toMatchObject({reply: '', events: [], closed: true})
    const session = openSession(server)
    session.feed(Buffer.from('GET / HT'))
    expect(outcome(session.timeout())).toMatchObject({
      reply: '',
      events: [{event: 'malformed', data: {what: 'incomplete-start', sample: {text: 'GET / HT'}}}],
    })
  })

  it('records the body of an upload that was cut short', () => {
    const session = openSession(server)
    session.feed(Buffer.from('POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nshell code'))
    const {events} = outcome(session.end())
    expect(events).toMatchObject([{event: 'request', data: {bodyBytes: 10, bodySample: {text: 'shell code'}}}])
  })

  it('bounds what it tells of headers, and counts the rest', () => {
    const headers = Array.from({length: 60}, (_, index) => `X-${index}: ${'v'.repeat(250)}\r\n`).join('')
    const {events} = drive(openSession(server), [Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`)])
    const data = events.find(({event}) => event === 'request')?.data
    expect(data?.headerCount).toBeGreaterThan(50)
    expect(JSON.stringify(data?.headers).length).toBeLessThan(10_000)
    expect(data?.headers).toContainEqual(['X-0', 'v'.repeat(250)])
  })

  it('ignores what follows the end of a connection', () => {
    const session = openSession(server)
    expect(drive(session, [Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')]).closed).toBe(true)
    expect(session.feed(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toEqual([])
    expect(session.end()).toEqual([])
  })
})

describe('silence', () => {
  const half = 'GET / HTTP/1.1\r\nHost: intranet\r\nX'
  const upload = 'POST / HTTP/1.1\r\nHost: intranet\r\nContent-Length: 5\r\n\r\nab'
  const after = (product: WebServerName, bytes: string, cause: 'end' | 'timeout'): string => {
    const session = openSession(serverOf(product))
    session.feed(Buffer.from(bytes))
    return outcome(session[cause]()).reply.split('\r\n', 1)[0] ?? ''
  }

  it.each([
    ['nginx', half, 'timeout', ''],
    ['nginx', half, 'end', ''],
    ['nginx', upload, 'end', 'HTTP/1.1 405 Not Allowed'],
    ['apache', half, 'timeout', 'HTTP/1.1 408 Request Timeout'],
    ['apache', half, 'end', 'HTTP/1.1 400 Bad Request'],
    ['apache', upload, 'timeout', 'HTTP/1.1 408 Request Timeout'],
    ['apache', upload, 'end', 'HTTP/1.1 400 Bad Request'],
    ['iis', half, 'timeout', ''],
    ['iis', upload, 'end', ''],
  ] as const)('%s after %j and %s says %j', (product, bytes, cause, answer) => {
    expect(after(product, bytes, cause)).toBe(answer)
  })
})

describe('the connection', () => {
  it('records the body of an upload that nginx refused before it came', () => {
    const session = openSession(serverOf('nginx'))
    const head = 'PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n'
    expect(drive(session, [Buffer.from(head)])).toMatchObject({
      reply: expect.stringMatching(/^HTTP\/1\.1 404 /),
      events: [],
    })
    expect(drive(session, [Buffer.from('the')]).actions).toEqual([])
    expect(outcome(session.end())).toMatchObject({
      reply: '',
      events: [{event: 'request', data: {status: 404, bodyBytes: 3}}],
    })
  })

  it('carries the time of the machine it claims to be', () => {
    const {reply} = drive(openSession(serverOf('nginx')), [Buffer.from('GET / HTTP/1.0\r\n\r\n')])
    expect(reply).toContain(`Date: ${new Date(connection().now()).toUTCString()}\r\n`)
  })

  it('ends after a hundred requests on Apache, which counts them down', () => {
    const request = 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n'
    const {reply, closed} = drive(openSession(serverOf('apache')), [Buffer.from(request.repeat(150))])
    const left = [...reply.matchAll(/Keep-Alive: timeout=5, max=(\d+)/g)].map((match) => Number(match[1]))
    expect(left).toEqual(Array.from({length: 100}, (_, index) => 100 - index))
    expect(closed).toBe(true)
  })
})

import {execFile} from 'node:child_process'
import {X509Certificate} from 'node:crypto'
import {Duplex} from 'node:stream'
import {type ConnectionOptions, connect as tlsConnect} from 'node:tls'
import {promisify} from 'node:util'
import {afterEach, describe, expect, it} from 'vitest'

import {
  type Action,
  CLOSE,
  DOWNGRADE,
  type ProtocolSession,
  report,
  type TcpHandler,
  upgrade,
  write,
} from '../../../src/decoy/service.ts'
import type {TlsInfo, TlsProfile} from '../../../src/decoy/tls/profile.ts'
import {tlsProfile} from '../../../src/decoy/tls/stacks.ts'
import {TdsFraming} from '../../../src/decoy/tls/tds-framing.ts'
import {eventually, type Served, serve} from '../../support/serve.ts'
import {gathering, persona, plain, secure, windows} from './support.ts'

const open: {close?: () => unknown; destroy?: () => unknown}[] = []

afterEach(async () => {
  for (const item of open.splice(0)) await (item.destroy ?? item.close)?.call(item)
})

const LINUX = tlsProfile(persona())
const WINDOWS = tlsProfile(windows(), {certificate: 'windows-rdp'})

function protocol(session: Partial<ProtocolSession>, tls?: TlsProfile): TcpHandler {
  const whole = {open: () => [], feed: () => [], end: () => [CLOSE], ...session}
  return {kind: 'protocol', session: () => whole, ...(tls === undefined ? {} : {tls})}
}

async function served(handler: TcpHandler, limits = {}): Promise<Served> {
  const server = await serve(handler, {limits})
  open.push(server)
  return server
}

const track = <T extends {destroy(): unknown}>(socket: T): T => {
  open.push(socket)
  return socket
}

const echo: Partial<ProtocolSession> = {feed: (bytes) => [write(bytes.toString().toUpperCase())]}
const endOf = (server: Served) => eventually(() => server.named('session.end')[0])

describe('TLS from the first byte', () => {
  it('feeds clear bytes and encrypts what is written, in both directions of any size', async () => {
    const big = Buffer.alloc(2_000_000, 'x')
    const server = await served(
      protocol(
        {open: () => [write('hello ')], feed: (bytes) => [write(bytes.toString().toUpperCase()), write(big)]},
        LINUX,
      ),
    )
    const client = track(await secure(server.port))
    client.write('abc')
    await eventually(() => client.received.length === 9 + big.length)
    expect(client.received.slice(0, 9)).toBe('hello ABC')
    client.end()
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-closed'})
  })

  it('tells the protocol and the evidence of the handshake', async () => {
    let info: TlsInfo | undefined
    const server = await served(
      protocol(
        {
          secured: (told) => {
            info = told
            return [write('s')]
          },
          open: () => [write('o')],
        },
        {...LINUX, alpn: ['http/1.1']},
      ),
    )
    const client = track(await secure(server.port, {servername: 'intranet.example', ALPNProtocols: ['h2', 'http/1.1']}))
    await eventually(() => client.received === 'so')
    expect(info).toMatchObject({version: 'TLSv1.3', alpn: 'http/1.1', serverName: 'intranet.example'})
    expect(info?.ja3).toMatch(/^[0-9a-f]{32}$/)
    expect(info?.ja4).toMatch(/^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/)
    expect(info?.certificate).toEqual(client.getPeerX509Certificate()?.raw)
    expect(server.named('session.tls')[0]?.data).toMatchObject({
      version: 'TLSv1.3',
      ja3: info?.ja3,
      ja4: info?.ja4,
      serverName: 'intranet.example',
      alpn: ['h2', 'http/1.1'],
    })
    expect(server.events.map(({event}) => event).slice(0, 2)).toEqual(['session.start', 'session.tls'])
  })

  it('ends with a close alert after everything was sent', async () => {
    const big = Buffer.alloc(1_500_000, 'y')
    const server = await served(protocol({feed: () => [write(big), CLOSE]}, LINUX))
    const peer = plain(server.port)
    track(peer.socket)
    const settings = {rejectUnauthorized: false, maxVersion: 'TLSv1.2'} as const
    const client = track(await gathering(tlsConnect({socket: dripping(peer.socket), ...settings})))
    client.write('x')
    await eventually(() => peer.outcome() === 'closed' && client.received.length === big.length)
    // Header, explicit nonce, two bytes of alert, tag (RFC 5288).
    expect([...peer.bytes().subarray(-31, -26)]).toEqual([21, 3, 3, 0, 26])
    expect((await endOf(server)).data).toMatchObject({reason: 'closed'})
  })

  it('answers a client of TLS 1.0 where the product does, and refuses it where it does not', async () => {
    const schannel = await served(protocol(echo, WINDOWS))
    const client = track(await secure(schannel.port, {maxVersion: 'TLSv1'}))
    expect(client.getProtocol()).toBe('TLSv1')
    const debian = await served(protocol(echo, LINUX))
    await expect(secure(debian.port, {maxVersion: 'TLSv1'})).rejects.toThrow(/protocol version|alert/i)
    expect((await endOf(debian)).data).toMatchObject({reason: 'closed'})
    expect(debian.named('probe')[0]?.data).toMatchObject({stage: 'tls', kind: 'handshake', offered: 'TLSv1'})
  })

  it('is split at any byte', async () => {
    const server = await served(protocol(echo, LINUX))
    const {socket} = plain(server.port)
    track(socket)
    const client = track(await gathering(tlsConnect({socket: dripping(socket), rejectUnauthorized: false})))
    client.write('abc')
    await eventually(() => client.received === 'ABC')
  })

  it('counts raw bytes against the limit of a session, within the handshake and after it', async () => {
    const server = await served(protocol(echo, LINUX), {sessionBytes: 3000})
    const client = track(await secure(server.port))
    client.on('error', () => {})
    client.write(Buffer.alloc(4000))
    expect((await endOf(server)).data).toMatchObject({reason: 'bytes'})
  })

  it('gives a handshake no longer than a login', async () => {
    const server = await served(protocol(echo, LINUX), {loginMs: 80})
    const {socket} = plain(server.port)
    track(socket)
    socket.write(Buffer.from([0x16, 0x03, 0x01, 0x01]))
    expect((await endOf(server)).data).toMatchObject({reason: 'login'})
  })

  it('a delay holds back what follows and further input', async () => {
    const server = await served(
      protocol({feed: (bytes) => [{type: 'delay', ms: 60}, write(`<${bytes.toString()}>`)]}, LINUX),
    )
    const client = track(await secure(server.port))
    client.write('1')
    await eventually(() => client.received === '<1>')
    client.write('2')
    client.write('3')
    await eventually(() => /^<1>(<2><3>|<23>)$/.test(client.received))
  })

  it('a peer that does not read is dropped', async () => {
    const chunk = Buffer.alloc(1_000_000)
    const many = Array.from({length: 30}, () => write(chunk))
    const server = await served(protocol({feed: () => many}, LINUX), {stallMs: 150})
    const client = track(await secure(server.port))
    client.on('error', () => {})
    client.pause()
    client.write('x')
    expect((await endOf(server)).data).toMatchObject({reason: 'slow-reader'})
  })

  it('a FIN without a close alert reaches end()', async () => {
    const server = await served(protocol({end: () => [report({event: 'query'}), CLOSE]}, LINUX))
    const {socket} = plain(server.port)
    track(socket)
    track(await gathering(tlsConnect({socket: dripping(socket), rejectUnauthorized: false})))
    socket.end()
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-closed'})
    expect(server.named('query')).toHaveLength(1)
  })

  it('a damaged record ends the session, not the process', async () => {
    const server = await served(protocol(echo, LINUX))
    const {socket} = plain(server.port)
    track(socket)
    const client = track(await gathering(tlsConnect({socket: dripping(socket), rejectUnauthorized: false})))
    client.on('error', () => {})
    socket.write(Buffer.concat([Buffer.from([23, 3, 3, 0, 40]), Buffer.alloc(40, 7)]))
    await endOf(server)
    expect(server.named('malformed')[0]?.data).toMatchObject({stage: 'tls'})
    track(await secure(server.port))
  })

  it('an exception of the protocol ends this session only', async () => {
    const server = await served(
      protocol(
        {
          feed: () => {
            throw new Error('boom')
          },
        },
        LINUX,
      ),
    )
    const client = track(await secure(server.port))
    client.on('error', () => {})
    client.write('x')
    expect((await endOf(server)).data).toMatchObject({reason: 'error'})
    track(await secure(server.port))
  })
})

/** Passes what it is written on in single bytes; the socket itself stays at hand. */
function dripping(socket: Duplex): Duplex {
  const drip = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      for (const byte of chunk) socket.write(Buffer.from([byte]))
      done()
    },
    destroy(_, done) {
      socket.destroy()
      done(null)
    },
  })
  socket.on('data', (chunk) => drip.push(chunk))
  socket.on('end', () => drip.push(null))
  return drip
}

describe('an opening that is no TLS', () => {
  const HTTP = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const SSLV2 = Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex')

  it.each([
    ['plain HTTP', HTTP, 'probe', {kind: 'http'}],
    ['SSLv2', Buffer.concat([SSLV2, Buffer.alloc(16)]), 'probe', {kind: 'sslv2'}],
    ['garbage', Buffer.from('\0\0\0\0 what is this?'), 'malformed', {reason: 'not TLS'}],
    ['a ClientHello that cannot be read', Buffer.from('160301000801000004ffffffff', 'hex'), 'malformed', {}],
  ] as const)('%s is recorded with a sample and refused', async (_, bytes, event, data) => {
    for (const [profile, outcome] of [
      [LINUX, 'closed'],
      [WINDOWS, 'reset'],
    ] as const) {
      const server = await served(protocol(echo, profile))
      const peer = plain(server.port)
      track(peer.socket)
      peer.socket.write(bytes)
      expect((await endOf(server)).data).toMatchObject({reason: outcome})
      await eventually(() => peer.outcome() === outcome)
      const [recorded] = server.named(event)
      expect(recorded?.data).toMatchObject({stage: 'tls', ...data})
      expect(recorded?.data?.sample).toMatchObject({bytes: bytes.length})
      expect(server.events.map((each) => each.event)).toEqual(['session.start', event, 'session.end'])
    }
  })

  it('in plain HTTP is answered as the product does', async () => {
    const server = await served(protocol({insecure: (opening) => [write(`400 ${opening.length}`), CLOSE]}, LINUX))
    const peer = plain(server.port)
    track(peer.socket)
    peer.socket.write(HTTP)
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.bytes().toString()).toBe(`400 ${HTTP.length}`)
  })

  it('that is larger than any ClientHello is given up', async () => {
    const server = await served(protocol(echo, WINDOWS))
    const peer = plain(server.port)
    track(peer.socket)
    const record = Buffer.concat([Buffer.from([22, 3, 1, 0x40, 0]), Buffer.alloc(0x4000)])
    record.writeUInt32BE(0x01ffffff, 5)
    peer.socket.write(Buffer.concat([record, record]))
    expect((await endOf(server)).data).toMatchObject({reason: 'reset'})
  })

  it('sends an alert where the product is OpenSSL, none where it is Schannel', async () => {
    const hello = await recordedHello({maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256'})
    for (const [profile, length] of [
      [LINUX, 7],
      [WINDOWS, 0],
    ] as const) {
      const server = await served(protocol(echo, profile))
      const peer = plain(server.port)
      track(peer.socket)
      peer.socket.write(hello)
      await endOf(server)
      await eventually(() => peer.outcome() !== undefined)
      expect(peer.bytes()).toHaveLength(length)
    }
  })
})

/** The first flight of a client. */
async function recordedHello(options: ConnectionOptions): Promise<Buffer> {
  const chunks: Buffer[] = []
  const sink = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      chunks.push(chunk)
      done()
    },
  })
  const client = tlsConnect({...options, socket: sink})
  client.on('error', () => {})
  await eventually(() => chunks.length > 0)
  client.destroy()
  return Buffer.concat(chunks)
}

describe('an upgrade', () => {
  /** `STARTTLS` in clear, then echoes. */
  function starttls(tls: TlsProfile, extra: Partial<ProtocolSession> = {}): TcpHandler {
    let secured = false
    return protocol({
      open: () => [write('hi\n')],
      secured: () => {
        secured = true
        return []
      },
      feed: (bytes): Action[] => {
        if (secured) return [write(bytes.toString().toUpperCase())]
        return [write('go\n'), upgrade(tls), write('in\n')]
      },
      ...extra,
    })
  }

  it('sends what was queued in clear, then what follows encrypted', async () => {
    const server = await served(starttls(LINUX))
    const peer = plain(server.port)
    track(peer.socket)
    peer.socket.write('STARTTLS')
    await eventually(() => peer.bytes().toString() === 'hi\ngo\n')
    peer.socket.removeAllListeners('data')
    const client = track(await gathering(tlsConnect({socket: peer.socket, rejectUnauthorized: false})))
    await eventually(() => client.received === 'in\n')
    client.write('abc')
    await eventually(() => client.received === 'in\nABC')
    client.end()
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-closed'})
  })

  it('takes bytes of the handshake that came with the request', async () => {
    const server = await served(
      protocol({feed: (bytes) => [upgrade(LINUX, {received: bytes.subarray(1)})], secured: () => [write('ok')]}),
    )
    const {socket} = plain(server.port)
    track(socket)
    let first = true
    const joined = new Duplex({
      read() {},
      write(chunk: Buffer, _, done) {
        socket.write(first ? Buffer.concat([Buffer.from('!'), chunk]) : chunk)
        first = false
        done()
      },
    })
    socket.on('data', (chunk) => joined.push(chunk))
    const client = track(await gathering(tlsConnect({socket: joined, rejectUnauthorized: false})))
    await eventually(() => client.received === 'ok')
  })

  it('that fails closes, and nothing of the protocol is said in clear', async () => {
    const server = await served(starttls(LINUX, {timeout: () => [write('secret')]}), {loginMs: 100})
    const peer = plain(server.port)
    track(peer.socket)
    peer.socket.write('STARTTLS')
    await endOf(server)
    expect(peer.bytes().toString()).toBe('hi\ngo\n')
  })

  it('in TDS packets, and out of it again', async () => {
    const profile = {...WINDOWS, maxVersion: 'TLSv1.2'} as const
    let stage = 0
    const server = await served(
      protocol({
        feed: (bytes): Action[] => {
          if (stage++ === 0) return [write('P'), upgrade(profile, {framing: new TdsFraming()})]
          if (stage === 2) return [report({event: 'query', data: {login: bytes.toString()}}), DOWNGRADE, write('clear')]
          return [write(bytes.toString().toUpperCase())]
        },
      }),
    )
    const peer = plain(server.port)
    track(peer.socket)
    peer.socket.write('prelogin')
    await eventually(() => peer.bytes().toString() === 'P')
    const framed = framedClient(peer.socket)
    const client = await gathering(tlsConnect({socket: framed.stream, rejectUnauthorized: false}))
    expect(framed.types()).toEqual(new Set([0x12]))
    framed.unwrap()
    client.write('login7')
    await eventually(() => peer.bytes().toString().endsWith('clear'))
    expect(server.named('query')[0]?.data).toEqual({login: 'login7'})
    peer.socket.write('batch')
    await eventually(() => peer.bytes().toString().endsWith('clearBATCH'))
    peer.socket.end()
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-closed'})
  })
})

/** A client's side of the wrapping: everything in packets of type 0x12 until `unwrap` is called. */
function framedClient(socket: Duplex): {stream: Duplex; types: () => Set<number>; unwrap: () => void} {
  const types = new Set<number>()
  const framing = new TdsFraming()
  let wrapped = true
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      socket.write(wrapped ? framing.wrap(chunk) : chunk)
      done()
    },
  })
  socket.on('data', (chunk: Buffer) => {
    if (!wrapped) return
    types.add(chunk.readUInt8(0))
    stream.push(framing.unwrap(chunk))
  })
  const unwrap = () => {
    wrapped = false
  }
  return {stream, types: () => types, unwrap}
}

describe('openssl s_client', () => {
  const run = promisify(execFile)

  it.each([
    ['-tls1', 'TLSv1'],
    ['-tls1_1', 'TLSv1.1'],
    ['-tls1_2', 'TLSv1.2'],
  ])('with %s gets %s from Schannel', async (flag, version) => {
    const server = await served(protocol(echo, WINDOWS))
    const args = ['s_client', '-connect', `127.0.0.1:${server.port}`, flag, '-cipher', 'ALL:@SECLEVEL=0']
    const child = run('openssl', args, {timeout: 5000})
    child.child.stdin?.end()
    const {stdout} = await child
    expect(stdout).toContain(`New, ${version === 'TLSv1.2' ? 'TLSv1.2' : 'TLSv1.0'}`)
    expect(stdout).toContain('Secure Renegotiation IS supported')
    await endOf(server)
    expect(server.named('session.tls')[0]?.data).toMatchObject({version})
  })
})

it('a certificate is the same for all handshakes', async () => {
  const server = await served(protocol(echo, LINUX))
  const serials = []
  for (let count = 0; count < 2; count++) {
    const client = track(await secure(server.port))
    serials.push(new X509Certificate(client.getPeerX509Certificate()?.raw ?? Buffer.alloc(0)).fingerprint256)
  }
  expect(serials[0]).toBe(serials[1])
})

import {connect, type Socket} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'

import {
  CLOSE,
  type Initiative,
  type ProtocolSession,
  RESET,
  report,
  type TcpHandler,
  write,
} from '../../src/decoy/service.ts'
import {eventually, type Served, serve} from '../support/serve.ts'

const open: (Served | Socket)[] = []

afterEach(async () => {
  for (const item of open.splice(0)) {
    if ('close' in item) await item.close()
    else item.destroy()
  }
})

function protocol(session: Partial<ProtocolSession>): TcpHandler {
  return {kind: 'protocol', session: () => ({open: () => [], feed: () => [], end: () => [CLOSE], ...session})}
}

async function served(handler: TcpHandler, limits = {}): Promise<Served> {
  const server = await serve(handler, {limits})
  open.push(server)
  return server
}

interface Client {
  readonly socket: Socket
  readonly text: () => string
  /** How the connection ended for the client; undefined while it is open. */
  readonly outcome: () => 'closed' | 'reset' | undefined
}

function client(port: number, options: {allowHalfOpen?: boolean} = {}): Client {
  const socket = connect({port, host: '127.0.0.1', ...options})
  let received = ''
  let outcome: 'closed' | 'reset' | undefined
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('end', () => {
    outcome ??= 'closed'
  })
  socket.on('error', () => {
    outcome ??= 'reset'
  })
  open.push(socket)
  return {socket, text: () => received, outcome: () => outcome}
}

const endOf = (server: Served) => eventually(() => server.named('session.end')[0])

describe('actions', () => {
  it('are performed in order, and a delay holds back what follows and further input', async () => {
    const fed: string[] = []
    const server = await served(
      protocol({
        feed: (bytes) => {
          fed.push(bytes.toString())
          return [write('a'), {type: 'delay', ms: 120}, write('b')]
        },
      }),
    )
    const peer = client(server.port)
    peer.socket.write('1')
    await eventually(() => peer.text() === 'a')
    peer.socket.write('2')
    await eventually(() => peer.text() === 'aba')
    expect(fed).toEqual(['1', '2'])
    await eventually(() => peer.text() === 'abab')
  })

  it('close flushes what was written and ignores what follows', async () => {
    const big = Buffer.alloc(3_000_000, 'x')
    const server = await served(protocol({open: () => [write(big), CLOSE, write('never')]}))
    const peer = client(server.port)
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.text()).toHaveLength(big.length)
    expect((await endOf(server)).data).toMatchObject({reason: 'closed', bytesOut: big.length, bytesIn: 0})
  })

  it('reset drops the connection', async () => {
    const server = await served(protocol({feed: () => [RESET]}))
    const peer = client(server.port)
    peer.socket.write('x')
    await eventually(() => peer.outcome() === 'reset')
    expect((await endOf(server)).data).toMatchObject({reason: 'reset', bytesIn: 1})
  })
})

describe('a session that speaks without being asked', () => {
  it('does so between two inputs, and when its clock runs out; of two settings the later counts', async () => {
    let initiative: Initiative | null = null
    const server = await served(
      protocol({
        begin: (given) => {
          initiative = given
          given.performAfter(5, () => [write('never ')])
          given.performAfter(40, () => [write('tick ')])
        },
        feed: (bytes) => {
          initiative?.perform(() => [write('news ')])
          return [write(`${bytes.toString()} `)]
        },
      }),
    )
    const {socket, text} = client(server.port)
    socket.write('one')
    await eventually(() => text() === 'one news tick ')
  })

  it('waits for a delay, and says nothing once it is over', async () => {
    const server = await served(
      protocol({
        begin: (initiative) => initiative.performAfter(60, () => [write('late')]),
        feed: (bytes) =>
          bytes.toString() === 'bye' ? [write('bye'), CLOSE] : [{type: 'delay', ms: 120}, write('slow ')],
      }),
    )
    const [slow, gone] = [client(server.port), client(server.port)]
    slow.socket.write('x')
    gone.socket.write('bye')
    await eventually(() => slow.text() === 'slow late')
    expect(gone.text()).toBe('bye')
  })

  it.each(['end', 'resetAndDestroy', 'CLOSE'] as const)('learns once that it is gone: %s', async (how) => {
    let closed = 0
    const server = await served(
      protocol({
        feed: () => (how === 'CLOSE' ? [CLOSE] : []),
        closed: () => {
          closed++
        },
      }),
    )
    const {socket} = client(server.port)
    socket.write('x', () => {
      if (how !== 'CLOSE') socket[how]()
    })
    await endOf(server)
    await eventually(() => closed === 1)
  })
})

describe('the end of a session', () => {
  it('is recorded with its counts around what the service reports', async () => {
    const server = await served(
      protocol({feed: (bytes) => [report({event: 'command', data: {n: bytes.length}}), write('ok'), CLOSE]}),
    )
    client(server.port).socket.write('hello')
    const end = await endOf(server)
    expect(server.events.map((event) => event.event)).toEqual(['session.start', 'command', 'session.end'])
    expect(new Set(server.events.map((event) => event.session)).size).toBe(1)
    expect(end.data).toMatchObject({reason: 'closed', bytesIn: 5, bytesOut: 2})
    expect(end.src?.ip).toBe('127.0.0.1')
    expect(end.dst?.port).toBe(server.port)
  })

  it('a FIN reaches end(), and a half-closed peer still gets the answer', async () => {
    const server = await served(protocol({end: () => [write('bye'), CLOSE]}))
    const peer = client(server.port, {allowHalfOpen: true})
    peer.socket.end('x')
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.text()).toBe('bye')
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-closed', bytesIn: 1, bytesOut: 3})
  })

  it('a half-closed peer gets an answer that takes time, too', async () => {
    const server = await served(protocol({end: () => [{type: 'delay', ms: 60}, write('late'), CLOSE]}))
    const peer = client(server.port, {allowHalfOpen: true})
    peer.socket.end('x')
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.text()).toBe('late')
  })

  it('a reset by the peer is recorded as such', async () => {
    const server = await served(protocol({open: () => [write('hi')]}))
    const peer = client(server.port)
    await eventually(() => peer.text() === 'hi')
    peer.socket.resetAndDestroy()
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-reset'})
  })

  it.each(['open', 'feed', 'end'] as const)('an exception in %s() ends that session only', async (method) => {
    let armed = true
    const hostile = () => {
      if (!armed) return [write('fine'), CLOSE]
      armed = false
      throw new Error(`cannot parse \u001b[31m`)
    }
    const server = await served(protocol({[method]: hostile}))
    const first = client(server.port)
    first.socket.end('x')
    await eventually(() => server.named('session.end')[0])
    const [error] = server.named('service.error')
    expect(error?.data).toEqual({stage: 'session', message: 'Error: cannot parse \\x1b[31m'})
    const second = client(server.port)
    second.socket.end('x')
    await eventually(() => second.text() === 'fine')
  })
})

describe('limits', () => {
  it.each([
    ['idle', {idleMs: 60}],
    ['login', {loginMs: 60}],
    ['absolute', {sessionMs: 60}],
  ] as const)('%s time lets the service say goodbye', async (reason, limits) => {
    const server = await served(protocol({timeout: (why) => [write(`timeout: ${why}`)]}), limits)
    const peer = client(server.port)
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.text()).toBe(`timeout: ${reason}`)
    expect((await endOf(server)).data).toMatchObject({reason})
  })

  it.each([
    ['idle', {idleMs: 60}],
    ['login', {loginMs: 60}],
  ] as const)('%s is as long as the real daemon waits', async (reason, patience) => {
    const server = await served({...protocol({}), patience})
    client(server.port)
    expect((await endOf(server)).data).toMatchObject({reason})
  })

  it('a limit is stricter than a daemon that waits for ever, and so is that of the session', async () => {
    const patient = {...protocol({authenticated: true}), patience: {idleMs: Number.POSITIVE_INFINITY}}
    for (const [limits, reason] of [
      [{idleMs: 60}, 'idle'],
      [{sessionMs: 60}, 'absolute'],
    ] as const) {
      const server = await served(patient, limits)
      client(server.port)
      expect((await endOf(server)).data).toMatchObject({reason})
    }
  })

  it('something complete lifts the login deadline, unless the service decides itself', async () => {
    const command = {feed: () => [report({event: 'command'}), write('ok')]}
    const lifted = await served(protocol(command), {loginMs: 100, sessionMs: 300})
    client(lifted.port).socket.write('x')
    expect((await endOf(lifted)).data).toMatchObject({reason: 'absolute'})
    const strict = await served(protocol({...command, authenticated: false}), {loginMs: 100, sessionMs: 300})
    client(strict.port).socket.write('x')
    expect((await endOf(strict)).data).toMatchObject({reason: 'login'})
  })

  it('bytes of a session', async () => {
    const server = await served(protocol({}), {sessionBytes: 1000})
    const peer = client(server.port)
    peer.socket.write(Buffer.alloc(5000))
    await eventually(() => peer.outcome() === 'reset')
    expect((await endOf(server)).data).toMatchObject({reason: 'bytes'})
  })

  it('a peer that never reads is held back, then reset', async () => {
    let produced = 0
    const endless = protocol({
      feed: () => {
        const actions = Array.from({length: 200}, () => write(Buffer.alloc(16_384)))
        produced += actions.length * 16_384
        return actions
      },
    })
    const server = await served(endless, {stallMs: 300, sendBuffer: 64 * 1024})
    const peer = client(server.port)
    peer.socket.pause()
    const writer = setInterval(() => peer.socket.write('more'), 5)
    const end = await endOf(server)
    clearInterval(writer)
    expect(end.data).toMatchObject({reason: 'slow-reader'})
    // Beside the send buffer only the kernel's own socket buffers fill: the input stays unread.
    expect(produced).toBeLessThan(32 * 1024 * 1024)
  })
})

describe('a service that owns its stream', () => {
  it('is served a counted stream with deadline, evidence and half-open', async () => {
    const server = await served({
      kind: 'stream',
      serve: (stream, _connection, session) => {
        stream.on('data', (chunk: Buffer) => {
          session.report({event: 'command', data: {n: chunk.length}})
          stream.write(`<${chunk.toString()}>`)
        })
        stream.on('end', () => stream.end('bye'))
      },
    })
    const peer = client(server.port, {allowHalfOpen: true})
    peer.socket.end('hello')
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.text()).toBe('<hello>bye')
    expect((await endOf(server)).data).toMatchObject({reason: 'peer-closed', bytesIn: 5, bytesOut: 10})
  })

  it('is told by its signal when a deadline passed, and closed', async () => {
    let told: unknown
    const server = await served(
      {
        kind: 'stream',
        serve: (stream, _connection, session) => {
          session.authenticated()
          session.signal.addEventListener('abort', () => {
            told ??= session.signal.reason
            stream.end('goodbye')
          })
        },
      },
      {idleMs: 80, loginMs: 10},
    )
    const peer = client(server.port)
    await eventually(() => peer.outcome() === 'closed')
    expect(peer.text()).toBe('goodbye')
    expect(told).toBe('idle')
    expect((await endOf(server)).data).toMatchObject({reason: 'idle'})
  })

  it('an exception while it is given data ends that session only', async () => {
    const server = await served({
      kind: 'stream',
      serve: (stream) => {
        stream.on('data', () => {
          throw new Error('library bug')
        })
      },
    })
    client(server.port).socket.write('x')
    expect((await endOf(server)).data).toMatchObject({reason: 'error'})
    expect(server.named('service.error')[0]?.data).toMatchObject({message: 'Error: library bug'})
  })
})

describe('connections', () => {
  it('300 from one source hold at most its share, and are counted; another is served after they went', async () => {
    const server = await served(protocol({open: () => [write('hi')], feed: (bytes) => [write(bytes)]}))
    const peers = Array.from({length: 300}, () => client(server.port))
    await eventually(() => peers.every((peer) => peer.text() === 'hi' || peer.outcome() !== undefined))
    const accepted = peers.filter((peer) => peer.text() === 'hi' && peer.outcome() === undefined)
    expect(accepted.length).toBeLessThanOrEqual(32)
    expect(accepted.length).toBeGreaterThanOrEqual(24)
    for (const peer of peers) peer.socket.destroy()
    await eventually(() => server.named('session.end').length === accepted.length)
    const later = client(server.port)
    await eventually(() => later.text() === 'hi')
    const refused = () => server.named('suppressed').map((event) => event.data as {count: number; reason: string})
    await eventually(() => refused().reduce((sum, {count}) => sum + count, 0) === 300 - accepted.length)
    expect(new Set(refused().map(({reason}) => reason))).toEqual(new Set(['connections']))
  })

  it('survives 64 KiB of noise, silence, resets and slow senders', async () => {
    const server = await served(protocol({feed: () => [write('?')]}))
    for (const fill of [0x00, 0xff, 0x5a]) client(server.port).socket.write(Buffer.alloc(65_536, fill))
    client(server.port).socket.write('x')
    const rude = client(server.port)
    rude.socket.once('connect', () => rude.socket.resetAndDestroy())
    const hasty = client(server.port)
    hasty.socket.once('connect', () => hasty.socket.destroy())
    const polite = client(server.port)
    polite.socket.write('x')
    await eventually(() => polite.text().startsWith('?'))
    await eventually(() => server.named('session.end').length >= 1)
  })
})

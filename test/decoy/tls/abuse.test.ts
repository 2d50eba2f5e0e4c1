/** Hostile openings in numbers: the process lives, every session ends, and the next client is served. */
import {duplexPair} from 'node:stream'
import {connect} from 'node:tls'
import {afterEach, describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../../src/decoy/limits.ts'
import {answersTcp} from '../../../src/decoy/self-test.ts'
import {CLOSE, type TcpHandler, upgrade, write} from '../../../src/decoy/service.ts'
import {runSession} from '../../../src/decoy/session.ts'
import {tlsProfile} from '../../../src/decoy/tls/stacks.ts'
import {TdsFraming} from '../../../src/decoy/tls/tds-framing.ts'
import type {ServiceEvent} from '../../../src/events/event.ts'
import {Random} from '../../support/random.ts'
import {eventually, type Served, serve} from '../../support/serve.ts'
import {persona, plain, secure} from './support.ts'

const PROFILE = tlsProfile(persona())
const HANDLER: TcpHandler = {
  kind: 'protocol',
  tls: PROFILE,
  session: () => ({open: () => [], feed: (bytes) => [write(bytes)], end: () => [CLOSE]}),
}
const connection = {
  peer: {ip: '127.0.0.1', port: 1},
  local: {ip: '127.0.0.1', port: 2},
  limits: DEFAULT_LIMITS,
  now: Date.now,
  random: (size: number) => Buffer.alloc(size),
}

const open: Served[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

/** What a client sends first, and then what it answers to the server's flight. */
async function clientBytes(): Promise<Buffer> {
  const [client, server] = duplexPair()
  const chunks: Buffer[] = []
  server.on('data', (chunk) => chunks.push(chunk))
  const tls = connect({socket: client, rejectUnauthorized: false})
  tls.on('error', () => {})
  await eventually(() => chunks.length > 0)
  tls.destroy()
  return Buffer.concat(chunks)
}

/** Plays bytes to a session over memory, then ends; resolves with what was recorded. */
async function play(handler: TcpHandler, bytes: Buffer, step: number): Promise<ServiceEvent[]> {
  const [client, server] = duplexPair()
  const events: ServiceEvent[] = []
  const session = runSession(handler, server, {connection, record: (event) => events.push(event)})
  client.on('error', () => {})
  client.resume()
  for (let offset = 0; offset < bytes.length; offset += step) client.write(bytes.subarray(offset, offset + step))
  client.end()
  await session.ended
  return events
}

describe('damaged openings', () => {
  it('end their session and are recorded, whatever was changed', async () => {
    const hello = await clientBytes()
    const random = new Random(20_260_110)
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(hello.subarray(0, 1 + random.between(0, hello.length - 1)))
      for (let change = random.between(0, 3); change > 0; change--)
        bytes.writeUInt8(random.between(0, 255), random.between(0, bytes.length - 1))
      const events = await play(HANDLER, bytes, 1 + random.between(0, 399))
      expect(events.at(-1)?.event).toBe('session.end')
      expect(events.some(({event}) => event === 'service.error')).toBe(false)
    }
    const server = await serve(HANDLER)
    open.push(server)
    const client = await secure(server.port)
    client.write('still here')
    await eventually(() => client.received === 'still here')
    client.destroy()
  })

  it('in TDS packets likewise', async () => {
    const hello = new TdsFraming().wrap(await clientBytes())
    const random = new Random(7)
    const handler: TcpHandler = {
      kind: 'protocol',
      session: () => ({
        open: () => [upgrade(PROFILE, {framing: new TdsFraming()})],
        feed: () => [],
        end: () => [CLOSE],
      }),
    }
    for (let round = 0; round < 150; round++) {
      const bytes = Buffer.from(hello)
      for (let change = 1 + random.between(0, 3); change > 0; change--)
        bytes.writeUInt8(random.between(0, 255), random.between(0, 39))
      const events = await play(handler, bytes, 1 + random.between(0, 399))
      expect(events.at(-1)?.event).toBe('session.end')
      expect(events.some(({event}) => event === 'service.error')).toBe(false)
    }
  })
})

it('connections that stay in the handshake do not keep others from being served', async () => {
  const server = await serve(HANDLER, {limits: {connectionsPerSource: 250, connections: 250, eventsPerSecond: 10_000}})
  open.push(server)
  const idle = Array.from({length: 100}, () => plain(server.port))
  for (const {socket} of idle) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]))
  await eventually(() => server.named('session.start').length === 100)
  const client = await secure(server.port)
  client.write('x')
  await eventually(() => client.received === 'x')
  client.destroy()
  for (const {socket} of idle) socket.destroy()
})

it('the self-test asks inside of TLS, without a handshake or a key', async () => {
  let asked = 0
  const profile = {
    ...PROFILE,
    identity: (now: number) => {
      asked++
      return PROFILE.identity(now)
    },
  }
  const service = {
    tcp: () => ({...HANDLER, tls: profile}) as TcpHandler,
    selfTest: () => ({send: Buffer.from('ping'), accepts: (reply: Buffer) => reply.toString() === 'ping'}),
  }
  expect(await answersTcp(service, 443)).toBe(true)
  expect(asked).toBe(0)
})

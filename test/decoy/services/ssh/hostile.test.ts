/** Clients that flood, stall and lie, on real sockets: memory stays bounded and the next client is served. */
import {connect, type Socket} from 'node:net'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {eventually, type Served} from '../../../support/serve.ts'
import {PASSWORD, passwordRequest, SERVICE_REQUEST, USER, WireClient} from './golden.ts'
import {serveSsh, ssh} from './ssh-world.ts'

const MIB = 1024 * 1024
const SLOW = 30_000
const LARGE_WINDOW = 0xffff_ffff
let served: Served

beforeEach(async () => {
  served = await serveSsh({users: [`${USER}:${PASSWORD}`]}, {}, {stallMs: 1500, eventsPerSecond: 100_000})
})

afterEach(async () => {
  expect((await ssh(served.port, `${USER}:${PASSWORD}`, ['echo alive'])).stdout).toBe('alive\n')
  expect(served.named('service.error')).toEqual([])
  await served.close()
})

const open = (id: number, window = LARGE_WINDOW, packet = 0x8000): Buffer =>
  Buffer.concat([byte(90), string('session'), uint32(id), uint32(window), uint32(packet)])
const request = (channel: number, type: string, argument?: string): Buffer =>
  Buffer.concat([
    byte(98),
    uint32(channel),
    string(type),
    byte(1),
    ...(argument === undefined ? [] : [string(argument)]),
  ])
const data = (channel: number, bytes: Buffer | string): Buffer =>
  Buffer.concat([byte(94), uint32(channel), string(bytes)])
const close = (channel: number): Buffer => Buffer.concat([byte(97), uint32(channel)])
const sftp = (type: number, ...fields: readonly Buffer[]): Buffer =>
  data(0, string(Buffer.concat([byte(type), ...fields])))

async function login(): Promise<WireClient> {
  const client = new WireClient()
  await client.connect(served.port)
  client.send(SERVICE_REQUEST)
  client.send(passwordRequest(PASSWORD))
  await client.hear({quietMs: 20, expected: {replies: ['', '', '', ''], closed: false}})
  return client
}

const quiet = {quietMs: 100}

function memory(): number {
  const {heapUsed, external} = process.memoryUsage()
  return heapUsed + external
}

/** The most memory in use until `over` says so, beyond what there was before. */
async function growthUntil(over: () => boolean): Promise<number> {
  const before = memory()
  let most = before
  await eventually(() => {
    most = Math.max(most, memory())
    return over()
  }, 15_000)
  return most - before
}

const ended = (reason: string) => (): boolean =>
  served.named('session.end').some((event) => event.data?.reason === reason)

describe('300 sockets', () => {
  it('of one source hold its share and no more', async () => {
    const sockets: Socket[] = []
    let greeted = 0
    let refused = 0
    for (let index = 0; index < 300; index++) {
      const socket = connect(served.port, '127.0.0.1')
      socket.once('data', () => greeted++)
      socket.on('error', () => {})
      socket.once('close', () => refused++)
      sockets.push(socket)
    }
    await eventually(() => greeted + refused >= 300)
    expect(greeted).toBeGreaterThanOrEqual(24)
    expect(greeted).toBeLessThanOrEqual(32)
    for (const socket of sockets) socket.destroy()
    await eventually(() => served.named('session.end').length === greeted)
  })
})

describe('a client that never reads', () => {
  const endings = ended('slow-reader')

  it(
    'and runs commands is cut off before its output fills the memory',
    async () => {
      const client = await login()
      for (let channel = 0; channel < 10; channel++) client.send(open(channel))
      await client.hear(quiet)
      client.stopReading()
      const command = `cat${' /usr/bin/ls'.repeat(5)}`
      const round = (): void => {
        for (let channel = 0; channel < 10; channel++) client.send(close(channel))
        for (let channel = 0; channel < 10; channel++) client.send(open(channel))
        for (let channel = 0; channel < 10; channel++) client.send(request(channel, 'exec', command))
      }
      const rounds = setInterval(round, 20)
      expect(await growthUntil(endings)).toBeLessThan(48 * MIB)
      clearInterval(rounds)
      client.end()
    },
    SLOW,
  )

  it(
    'and types ahead is cut off before its output fills the memory',
    async () => {
      const client = await login()
      client.send(open(0))
      client.send(request(0, 'shell'))
      await client.hear(quiet)
      client.stopReading()
      for (let index = 0; index < 2000; index++) client.send(data(0, 'cat /usr/bin/ls\n'))
      expect(await growthUntil(endings)).toBeLessThan(48 * MIB)
      client.end()
    },
    SLOW,
  )

  it(
    'and asks for files is cut off before the replies fill the memory',
    async () => {
      const client = await login()
      client.send(open(0))
      client.send(request(0, 'subsystem', 'sftp'))
      client.send(sftp(1, uint32(3)))
      client.send(sftp(3, uint32(1), string('/usr/bin/ls'), uint32(1), uint32(0)))
      await client.hear(quiet)
      client.stopReading()
      const read = sftp(5, uint32(2), string('\0\0\0\0'), uint32(0), uint32(0), uint32(255 * 1024))
      for (let index = 0; index < 3000; index++) client.send(read)
      expect(await growthUntil(endings)).toBeLessThan(48 * MIB)
      client.end()
    },
    SLOW,
  )
})

describe('floods', () => {
  it(
    'of key exchanges end the connection',
    async () => {
      const client = await login()
      let exchanges = 0
      while (exchanges < 150 && (await client.exchangeAgain())) exchanges++
      expect(exchanges).toBeGreaterThan(50)
      expect(exchanges).toBeLessThan(150)
    },
    SLOW,
  )

  it(
    'of IGNORE cost no memory, and what follows is answered',
    async () => {
      const client = await login()
      const before = memory()
      const noise = Buffer.concat([byte(2), string(Buffer.alloc(1024))])
      for (let index = 0; index < 10_000; index++) client.send(noise)
      client.send(Buffer.concat([byte(80), string('keepalive@openssh.com'), byte(1)]))
      const {replies} = await client.hear({quietMs: 20, expected: {replies: [''], closed: false}})
      expect(replies).toEqual(['R'])
      expect(memory() - before).toBeLessThan(48 * MIB)
      client.end()
    },
    SLOW,
  )

  it(
    'of channels: ten are opened, the others refused',
    async () => {
      const client = await login()
      for (let index = 0; index < 1000; index++) client.send(open(index))
      const expected = {replies: Array.from({length: 1000}, () => ''), closed: false}
      const {replies} = await client.hear({quietMs: 20, expected})
      expect(replies.filter((reply) => reply.startsWith('\x5b'))).toHaveLength(10)
      expect(replies.filter((reply) => reply.startsWith('\x5c'))).toHaveLength(990)
      client.end()
    },
    SLOW,
  )
})

describe('hostile windows', () => {
  it.each([
    ['no window', 0, 0x8000],
    ['packets of no bytes', LARGE_WINDOW, 0],
    ['packets of one byte', LARGE_WINDOW, 1],
    ['neither', 0, 0],
    ['the largest of both', LARGE_WINDOW, LARGE_WINDOW],
  ])('%s', async (_name, window, size) => {
    const client = await login()
    client.send(open(0, window, size))
    client.send(request(0, 'exec', 'echo hello'))
    const {closed} = await client.hear(quiet)
    expect(closed).toBe(false)
    for (let index = 0; index < 100; index++) {
      client.send(Buffer.concat([byte(93), uint32(0), uint32(LARGE_WINDOW)]))
    }
    await client.hear(quiet)
    client.end()
  })

  it(
    'more data than the window allows is not kept',
    async () => {
      const client = await login()
      client.send(open(0))
      client.send(request(0, 'exec', 'sleep 5'))
      await client.hear(quiet)
      const before = memory()
      const chunk = data(0, Buffer.alloc(30_000))
      // In rounds, so that what waits to be sent on our own side does not count.
      for (let round = 0; round < 30; round++) {
        for (let index = 0; index < 100; index++) client.send(chunk)
        client.send(Buffer.concat([byte(80), string('keepalive@openssh.com'), byte(1)]))
        await client.hear({quietMs: 20, expected: {replies: [''], closed: false}})
      }
      expect(memory() - before).toBeLessThan(64 * MIB)
      client.end()
    },
    SLOW,
  )
})

/** Transfers on ports of their own, with real sockets. */
import {createSocket, type RemoteInfo, type Socket} from 'node:dgram'
import {afterEach, describe, expect, it} from 'vitest'

import {deckyScope} from '../../src/decoy/decky-scope.ts'
import {Evidence} from '../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import type {Listener} from '../../src/decoy/listener.ts'
import type {UdpHandler} from '../../src/decoy/service.ts'
import {listenUdp} from '../../src/decoy/udp-listener.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {eventually} from '../support/serve.ts'

const open: (Listener | Socket)[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

/** Answers each request with its opening from a port of its own, then echoes until it hears `end`. */
const ECHO: UdpHandler = {
  datagram: (bytes) => ({
    replies: [],
    events: [],
    transfer: {
      opening: [bytes],
      datagram: (next) => ({
        replies: [Buffer.concat([next, next])],
        events: [{event: 'file.read', data: {path: next.toString()}}],
        over: next.toString() === 'end',
      }),
      abandoned: () => [{event: 'file.read', data: {path: 'abandoned'}}],
    },
  }),
}

async function world(handler: UdpHandler = ECHO) {
  const lines: string[] = []
  const evidence = new Evidence({sink: {write: (line: string) => lines.push(line) > 0}, eventsPerSecond: 100})
  const scope = deckyScope('decky', '127.0.0.1', DEFAULT_LIMITS, evidence)
  const listener = await listenUdp(scope, 'test', 0, handler)
  open.push(listener)
  const events = (): EvidenceEvent[] => {
    evidence.flush()
    return lines.map((line) => JSON.parse(line) as EvidenceEvent)
  }
  return {listener, events, scope}
}

async function client(ip = '127.0.0.2') {
  const received: {text: string; from: RemoteInfo}[] = []
  const socket = createSocket('udp4').on('message', (bytes, from) => received.push({text: bytes.toString(), from}))
  open.push(socket)
  await new Promise<void>((resolve) => socket.bind(0, ip, resolve))
  return {received, send: (text: string, port: number) => socket.send(text, port, '127.0.0.1')}
}

describe('a transfer', () => {
  it('goes on from a port of its own, for as long as it lasts', async () => {
    const {listener, events} = await world()
    const {received, send} = await client()
    send('begin', listener.port)
    const opening = await eventually(() => received[0])
    expect(opening).toMatchObject({text: 'begin', from: {address: '127.0.0.1'}})
    expect(opening.from.port).not.toBe(listener.port)
    send('one', opening.from.port)
    await eventually(() => received[1])
    send('end', opening.from.port)
    await eventually(() => received[2])
    expect(received.map(({text}) => text)).toEqual(['begin', 'oneone', 'endend'])
    const read = events().filter(({event}) => event === 'file.read')
    expect(read).toMatchObject([{data: {path: 'one'}}, {data: {path: 'end'}}])
    expect(read[0]?.dst?.port).toBe(listener.port)
  })

  it('hears nobody else', async () => {
    const {listener} = await world()
    const [one, other] = [await client(), await client('127.0.0.3')]
    one.send('begin', listener.port)
    const {from} = await eventually(() => one.received[0])
    other.send('let me in', from.port)
    one.send('two', from.port)
    await eventually(() => one.received[1])
    expect(other.received).toEqual([])
    expect(one.received.map(({text}) => text)).toEqual(['begin', 'twotwo'])
  })

  it('proves its peer by what the peer sends there', async () => {
    const {listener, scope} = await world()
    const {received, send} = await client()
    send('begin', listener.port)
    const {from} = await eventually(() => received[0])
    expect(scope.proven.trust('127.0.0.2', Date.now())).not.toBe('handshake')
    send('two', from.port)
    await eventually(() => received[1])
    expect(scope.proven.trust('127.0.0.2', Date.now())).toBe('handshake')
  })

  it('is abandoned when the port of requests is closed', async () => {
    const {listener, events} = await world()
    const {received, send} = await client()
    send('begin', listener.port)
    await eventually(() => received[0])
    await listener.close()
    expect(events().at(-1)).toMatchObject({event: 'file.read', data: {path: 'abandoned'}})
  })

  it('is one of few: a source that opens more is not served, and that is recorded', async () => {
    const {listener, events} = await world()
    const {received, send} = await client()
    for (let count = 0; count < 20; count++) send(`begin ${count}`, listener.port)
    await eventually(() => events().some(({data}) => data?.reason === 'transfers'))
    expect(received.length).toBeLessThanOrEqual(16)
  })

  it('that opens with its last word leaves no port behind', async () => {
    const {listener, events} = await world({
      datagram: () => ({
        replies: [],
        events: [],
        transfer: {
          opening: [Buffer.from('no')],
          over: true,
          datagram: () => ({replies: [], events: []}),
          abandoned: () => [],
        },
      }),
    })
    const {received, send} = await client()
    for (let count = 1; count <= 40; count++) {
      send('x'.repeat(10), listener.port)
      await eventually(() => received.length === count)
    }
    expect(events()).toEqual([])
  })
})

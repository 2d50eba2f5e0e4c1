/** What a service says by itself, with real sockets and a clock that stands still. */
import {createSocket, type Socket} from 'node:dgram'
import {afterEach, describe, expect, it} from 'vitest'

import {BeaconKeeper} from '../../src/decoy/beacon-keeper.ts'
import {deckyScope} from '../../src/decoy/decky-scope.ts'
import {Evidence} from '../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import {Runtime} from '../../src/decoy/runtime.ts'
import type {Beacon, Beacons, Service} from '../../src/decoy/service.ts'
import {listenUdp} from '../../src/decoy/udp-listener.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {eventually} from '../support/serve.ts'

/** Not that of any protocol, lest somebody else on this machine hears it. */
const GROUP = {address: '224.0.0.253', ttl: 1}
const open: {close(): unknown}[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

interface Timer {
  readonly ms: number
  readonly run: () => void
}

function world(beacons: Beacons) {
  const events: EvidenceEvent[] = []
  const sink = {write: (line: string) => events.push(JSON.parse(line) as EvidenceEvent) > 0}
  const scope = deckyScope('decky', '127.77.0.5', DEFAULT_LIMITS, new Evidence({sink, eventsPerSecond: 100}))
  const timers: Timer[] = []
  const sent: unknown[] = []
  const keeper = new BeaconKeeper(scope, 'test', beacons, {
    sendFrom: (port, bytes, to) => sent.push([port, bytes.toString(), to]),
    after: (ms, run) => {
      const timer = {ms, run}
      timers.push(timer)
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
      }
    },
  })
  open.push({close: () => keeper.stop()})
  return {keeper, scope, events, timers, sent}
}

/** Says the same each time. */
const saying = (beacons: readonly Beacon[], heard: Beacons['heard'] = () => []): Beacons => ({
  next: () => ({beacons, waitMs: 60_000}),
  heard,
})

/** Somebody on the loopback who answers whatever the group is told. */
async function neighbour(answer: string): Promise<{port: number; heard: string[]}> {
  const socket: Socket = createSocket({type: 'udp4', reuseAddr: true})
  const heard: string[] = []
  open.push(socket)
  socket.on('message', (bytes, {port, address}) => {
    heard.push(`${bytes} from ${address}`)
    socket.send(answer, port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve))
  socket.addMembership(GROUP.address, '127.0.0.1')
  return {port: socket.address().port, heard}
}

describe('a service that speaks first', () => {
  it('reaches the group from the decky’s own address, and hears who answers', async () => {
    const {port, heard} = await neighbour('it is me')
    const beacon = {bytes: Buffer.from('who?'), to: {...GROUP, port}, from: 'a conversation'}
    const {keeper, events} = world(
      saying([beacon], (bytes, {peer}) => [{event: 'poisoner', data: {said: `${bytes}`, by: peer.ip}}]),
    )
    keeper.start()
    const event = await eventually(() => events[0])
    expect(heard).toEqual(['who? from 127.77.0.5'])
    expect(event).toMatchObject({event: 'poisoner', service: 'test', src: {port}, data: {said: 'it is me'}})
  })

  it('sends from its own port what is to come from there', () => {
    const beacon = {bytes: Buffer.from('who?'), to: {...GROUP, port: 5353}, from: 5353}
    const {keeper, sent} = world(saying([beacon]))
    keeper.start()
    expect(sent).toEqual([[5353, 'who?', {port: 5353, address: GROUP.address}]])
  })

  it('reaches all of its own subnet', () => {
    const beacon = {bytes: Buffer.from('who?'), to: {broadcast: 137}, from: 5353}
    const {keeper, sent} = world(saying([beacon]))
    keeper.start()
    expect(sent).toEqual([[5353, 'who?', {port: 137, address: '127.255.255.255'}]])
  })

  it.each(['192.168.1.7', '239.255.255.250', '8.8.8.8'])('never reaches %s', (address) => {
    const {keeper, sent, events, timers} = world(
      saying([{bytes: Buffer.from('x'), to: {address, port: 9, ttl: 1}, from: 1}]),
    )
    keeper.start()
    expect(sent).toEqual([])
    expect(events).toMatchObject([{event: 'service.error', data: {stage: 'beacon'}}])
    expect(timers).toEqual([])
  })

  it('is asked again when it said, and no more once it was stopped', () => {
    const {keeper, sent, timers} = world(saying([{bytes: Buffer.from('x'), to: {...GROUP, port: 9}, from: 1}]))
    keeper.start()
    expect(timers.map(({ms}) => ms)).toEqual([60_000])
    timers.shift()?.run()
    expect(sent).toHaveLength(2)
    keeper.stop()
    expect(timers).toEqual([])
    keeper.start()
    expect(sent).toHaveLength(2)
  })

  it('is not heard any more some seconds after it spoke', async () => {
    const {port} = await neighbour('it is me')
    const beacon = {bytes: Buffer.from('who?'), to: {...GROUP, port}, from: 'a conversation'}
    const {keeper, timers, events} = world(saying([beacon], () => [{event: 'poisoner'}]))
    keeper.start()
    await eventually(() => events.length > 0)
    expect(timers.map(({ms}) => ms)).toEqual([5000, 60_000])
    timers.shift()?.run()
    expect(timers.map(({ms}) => ms)).toEqual([60_000])
  })

  it('whose answers make it fail goes on', async () => {
    const {port} = await neighbour('it is me')
    const beacon = {bytes: Buffer.from('who?'), to: {...GROUP, port}, from: 'a conversation'}
    const {keeper, events} = world(
      saying([beacon], () => {
        throw new Error('cannot read it')
      }),
    )
    keeper.start()
    await eventually(() => events.length > 0)
    expect(events).toMatchObject([{event: 'service.error', data: {message: 'Error: cannot read it'}}])
  })
})

describe('a port with a group', () => {
  it('says to the group what is for all', async () => {
    const {port, heard} = await neighbour('')
    const handler = {
      group: {...GROUP, port},
      datagram: () => ({replies: [], events: [], toGroup: [Buffer.from('to all')]}),
    }
    const {scope} = world(saying([]))
    const listener = await listenUdp(scope, 'test', 0, handler)
    open.push(listener)
    const asker = createSocket('udp4')
    open.push(asker)
    asker.send('?', listener.port, '127.77.0.5')
    await eventually(() => heard.some((line) => line.startsWith('to all from 127.77.0.5')))
  })

  it('that is none of the link is refused', async () => {
    const {scope} = world(saying([]))
    const handler = {group: {address: '239.1.1.1', port: 9, ttl: 1}, datagram: () => ({replies: [], events: []})}
    await expect(listenUdp(scope, 'test', 0, handler)).rejects.toThrow(/no group of the link/)
  })
})

describe('a decky', () => {
  const persona = {hostname: 'ws', domain: null, os: 'linux', distro: 'debian', archetype: null} as const

  it('speaks from the ports of its services once they are open, until it is stopped', async () => {
    const {port, heard} = await neighbour('')
    const beacon = {bytes: Buffer.from('who?'), to: {...GROUP, port}, from: 5353}
    let asked = 0
    const service: Service = {
      udp: () => ({group: {...GROUP, port}, datagram: (bytes) => ({replies: [bytes], events: []})}),
      selfTest: () => ({send: Buffer.from('?'), accepts: () => true}),
      beacons: () => ({
        next: () => ({beacons: asked++ === 0 ? [beacon] : [], waitMs: 100}),
        heard: () => [],
      }),
    }
    const {scope} = world(saying([]))
    const status = {set: () => {}, setAll: () => {}, remove: () => {}}
    const loaders = new Map([['chatty', async () => () => service]])
    const runtime = new Runtime({
      manifest: {
        v: 1,
        deckies: [
          {
            name: 'decky',
            bind: '127.77.0.5',
            portOffset: 20_000,
            persona: {
              ...persona,
              ip: '127.77.0.5',
              mac: '00:15:5d:01:02:03',
              seed: '11'.repeat(32),
              since: '2026-01-01T00:00:00.000Z',
            },
            services: [{name: 'chatty', ports: [{port: 5353, protocol: 'udp'}], options: {}}],
          },
        ],
      },
      evidence: scope.evidence,
      status,
      loaders,
    })
    await runtime.start()
    await eventually(() => heard.includes('who? from 127.77.0.5'))
    await eventually(() => asked > 2)
    await runtime.stop()
    const before = asked
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(asked).toBe(before)
  })
})

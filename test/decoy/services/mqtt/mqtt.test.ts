import {describe, expect, it} from 'vitest'

import type {Service} from '../../../../src/decoy/service.ts'
import {acknowledge, connect, DISCONNECT, login, publish, subscribe, unsubscribe, will} from './packets.ts'
import {connectTo, FACTS, mqttService, NOW, type TestClient, type World} from './support.ts'

const OPEN = {anonymous: true, topics: 'none'}

/** Topics and payloads of the PUBLISH packets in what was written; of clients before version 5, quality 0 and 1. */
function published(hex: string): [topic: string, payload: string][] {
  let bytes = Buffer.from(hex, 'hex')
  const found: [string, string][] = []
  while (bytes.length > 0) {
    let digits = 1
    let size = bytes.readUInt8(1) & 0x7f
    if ((bytes.readUInt8(1) & 0x80) !== 0) size += bytes.readUInt8(1 + digits++) * 128
    const body = bytes.subarray(1 + digits, 1 + digits + size)
    if (bytes.readUInt8(0) >> 4 === 3) {
      const end = 2 + body.readUInt16BE(0)
      const behind = end + ((bytes.readUInt8(0) & 6) === 0 ? 0 : 2)
      found.push([body.toString('utf8', 2, end), body.toString('utf8', behind)])
    }
    bytes = bytes.subarray(1 + digits + size)
  }
  return found
}

function enter(service: Service, id: string, world?: World, level = 4): TestClient {
  const client = connectTo(service, world)
  expect(client.send(connect(level, {id})).hex).toMatch(/^20..00/)
  return client
}

const topicsOf = (hex: string): string[] => published(hex).map(([topic]) => topic)

describe('logins', () => {
  it('keeps what was tried, and lets honey users in', async () => {
    const service = await mqttService({users: ['app:sec:ret']})
    const stranger = connectTo(service)
    expect(stranger.send(login(4, 'root', 'hunter2'))).toEqual({hex: '20020005', ended: 'closed'})
    expect(stranger.events[0]).toMatchObject({
      event: 'auth.attempt',
      credential: {principal: 'root', method: 'password', secret: {text: 'hunter2'}, outcome: 'failure'},
      data: {version: '3.1.1', clientId: 'c1'},
    })
    const known = connectTo(service)
    expect(known.send(login(5, 'app', 'sec:ret')).hex).toMatch(/^20090000/)
    expect(known.events[0]?.credential?.outcome).toBe('success')
    expect(known.session.authenticated).toBe(true)
  })

  it('answers a client of version 5 in version 5, whatever it says', async () => {
    for (const options of [{}, OPEN]) {
      const {hex} = connectTo(await mqttService(options)).send(connect(5))
      expect(hex).not.toMatch(/^2002/)
    }
  })

  it('without a password file, a broker that is open takes any user', async () => {
    expect(connectTo(await mqttService(OPEN)).send(login(4, 'any', 'body')).hex).toBe('20020000')
    const guarded = await mqttService({...OPEN, users: ['app:secret']})
    expect(connectTo(guarded).send(login(4, 'any', 'body')).hex).toBe('20020005')
    expect(connectTo(guarded).send(connect(4)).hex).toBe('20020000')
  })

  it('a client without a user is a request, not a login', async () => {
    const client = connectTo(await mqttService())
    client.send(connect(4, {id: 'probe'}))
    expect(client.events[0]).toMatchObject({event: 'request', data: {clientId: 'probe', accepted: false}})
  })
})

describe('messages between clients', () => {
  it('reach who subscribed, unasked', async () => {
    const service = await mqttService(OPEN)
    const reader = enter(service, 'reader')
    reader.send(subscribe(4, 1, ['home/+/light', 1]))
    const writer = enter(service, 'writer')
    writer.send(publish(4, 2, 'home/kitchen/light', 'on', 9))
    expect(published(reader.pushed())).toEqual([['home/kitchen/light', 'on']])
    expect(writer.events.at(-1)).toMatchObject({
      event: 'command',
      data: {command: 'PUBLISH', topic: {text: 'home/kitchen/light'}, payload: {text: 'on'}, qos: 1, reached: 1},
    })
    reader.send(unsubscribe(4, 2, 'home/+/light'))
    writer.send(publish(4, 0, 'home/kitchen/light', 'off'))
    expect(reader.pushed()).toBe('')
  })

  it('are shared out in turn among a group', async () => {
    const service = await mqttService(OPEN)
    const members = ['a', 'b'].map((id) => enter(service, id, undefined, 5))
    for (const member of members) member.send(subscribe(5, 1, ['$share/workers/job', 0]))
    const writer = enter(service, 'writer')
    for (const job of ['1', '2', '3', '4']) writer.send(publish(4, 0, 'job', job))
    const received = members.map((member) => member.pushed().length)
    expect(received[0]).toBe(received[1])
    expect(received[0]).toBeGreaterThan(0)
  })

  it('a will is told when its client goes without a word, and not otherwise', async () => {
    const service = await mqttService(OPEN)
    const reader = enter(service, 'reader')
    reader.send(subscribe(4, 1, ['wills', 0]))
    const polite = connectTo(service)
    polite.send(will(4, 'wills', 'polite'))
    polite.send(DISCONNECT)
    polite.session.closed?.()
    expect(reader.pushed()).toBe('')
    const abrupt = connectTo(service)
    abrupt.send(will(4, 'wills', 'abrupt'))
    abrupt.session.closed?.()
    expect(published(reader.pushed())).toEqual([['wills', 'abrupt']])
  })

  it('a second client of the same name takes the place of the first', async () => {
    const service = await mqttService(OPEN)
    const first = enter(service, 'same')
    enter(service, 'same')
    expect(first.over()).toBe(true)
  })

  it('subscriptions outlive a client that asked for it', async () => {
    const service = await mqttService(OPEN)
    const first = connectTo(service)
    first.send(connect(4, {id: 'keep', flags: 0}))
    first.send(subscribe(4, 1, ['k', 0]))
    first.session.closed?.()
    const again = connectTo(service)
    expect(again.send(connect(4, {id: 'keep', flags: 0})).hex).toBe('20020100')
    enter(service, 'writer').send(publish(4, 0, 'k', 'x'))
    expect(published(again.pushed())).toEqual([['k', 'x']])
  })

  it('what a client does not read is dropped, not heaped up', async () => {
    const service = await mqttService(OPEN)
    const reader = connectTo(service)
    reader.session.begin?.({perform: () => {}, performAfter: () => {}})
    reader.send(connect(4, {id: 'slow'}))
    reader.send(subscribe(4, 1, ['#', 0]))
    const writer = enter(service, 'writer')
    for (let count = 0; count < 100; count++) writer.send(publish(4, 0, 'big', 'x'.repeat(60_000)))
    expect(reader.send(publish(4, 0, 'other', 'y')).hex.length / 2).toBeLessThan(512 * 1024)
  })

  it('what a client does not acknowledge waits, and no more than so many of it', async () => {
    const service = await mqttService(OPEN)
    const reader = enter(service, 'lazy')
    reader.send(subscribe(4, 1, ['#', 1]))
    const writer = enter(service, 'writer')
    for (let count = 0; count < 200; count++) writer.send(publish(4, 2, 'q', String(count), 1 + count))
    expect(published(reader.pushed()).map(([, payload]) => payload)).toEqual(
      Array.from({length: 20}, (_, at) => String(at)),
    )
    const later: string[] = []
    for (let id = 1; id <= 200; id++)
      later.push(...published(reader.send(acknowledge(0x40, id)).hex).map(([, payload]) => payload))
    expect(later).toEqual(Array.from({length: 100}, (_, at) => String(20 + at)))
  })

  it('a client is held to its keep-alive', async () => {
    const world = {now: NOW}
    const client = connectTo(await mqttService(OPEN), world)
    client.send(connect(4, {keepAlive: 10}))
    world.now += 14_000
    client.tick()
    expect(client.over()).toBe(false)
    world.now += 2000
    client.tick()
    expect(client.over()).toBe(true)
  })
})

describe('what devices tell', () => {
  it.each([
    ['office', /temperature$/],
    ['plant', /speed_rpm$/],
    ['camera', /stream\/url$/],
  ])('%s: is kept for whoever asks, and goes on', async (topics, typical) => {
    const world = {now: NOW}
    const client = enter(await mqttService({anonymous: true, topics}), 'c', world)
    const first = published(client.send(subscribe(4, 1, ['#', 0])).hex)
    expect(first.some(([topic]) => typical.test(topic))).toBe(true)
    expect(first.some(([topic]) => topic.startsWith('$'))).toBe(false)
    for (let second = 0; second < 120; second++) {
      world.now += 1000
      client.tick()
    }
    const told = published(client.pushed())
    expect(told.length).toBeGreaterThan(10)
    const before = new Map(first)
    expect(told.some(([topic, value]) => before.has(topic) && before.get(topic) !== value)).toBe(true)
  })

  it('fits the archetype', async () => {
    const service = await mqttService({anonymous: true}, {archetype: 'iot-device', os: 'embedded', distro: 'embedded'})
    expect(topicsOf(enter(service, 'c').send(subscribe(4, 1, ['#', 0])).hex)).toContain('axis/005056010203/status')
    const plant = await mqttService({anonymous: true}, {archetype: 'industrial-control'})
    expect(topicsOf(enter(plant, 'c').send(subscribe(4, 1, ['#', 0])).hex).join()).toMatch(/motor_current/)
  })

  it('an intruder writes over it until the device speaks again', async () => {
    const world = {now: NOW}
    const service = await mqttService({anonymous: true, topics: 'camera'})
    const client = enter(service, 'c', world)
    const topic = 'axis/005056010203/temperature'
    client.send(publish(4, 1, topic, '99'))
    expect(published(client.send(subscribe(4, 1, [topic, 0])).hex)).toEqual([[topic, '99']])
    world.now += 61_000
    const again = published(client.send(subscribe(4, 2, [topic, 0])).hex)
    expect(again[0]?.[1]).not.toBe('99')
  })

  it('the $SYS tree names the broker, grows, and is told every ten seconds', async () => {
    const world = {now: NOW}
    const client = enter(await mqttService({anonymous: true}), 'c', world)
    const first = new Map(published(client.send(subscribe(4, 1, ['$SYS/#', 0])).hex))
    expect(first.get('$SYS/broker/version')).toBe('mosquitto version 2.0.11')
    expect(first.get('$SYS/broker/uptime')).toMatch(/^\d+ seconds$/)
    for (let second = 0; second < 10; second++) {
      world.now += 1000
      client.tick()
    }
    const told = new Map(published(client.pushed()))
    const seconds = (text = '') => Number(text.split(' ')[0])
    expect(seconds(told.get('$SYS/broker/uptime'))).toBe(seconds(first.get('$SYS/broker/uptime')) + 10)
    expect(Number(told.get('$SYS/broker/messages/received'))).toBeGreaterThan(
      Number(first.get('$SYS/broker/messages/received')),
    )
    expect(told.has('$SYS/broker/version')).toBe(false)
  })

  it('no two deckies and no two installs tell the same', async () => {
    const of = async (seed: string) => {
      const client = enter(await mqttService({anonymous: true, topics: 'office'}, {seed}), 'c')
      return published(client.send(subscribe(4, 1, ['#', 0])).hex)
    }
    const secret = (all: [string, string][]) => all.find(([topic]) => topic.endsWith('/config'))?.[1]
    const [one, two, again] = [await of('11'.repeat(32)), await of('12'.repeat(32)), await of('11'.repeat(32))]
    expect(again).toEqual(one)
    expect(secret(two)).not.toBe(secret(one))
    expect(JSON.stringify(one)).not.toContain(FACTS.seed)
  })
})

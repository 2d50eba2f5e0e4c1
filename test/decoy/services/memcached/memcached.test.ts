import {describe, expect, it} from 'vitest'

import {connect, memcachedService, NOW} from './support.ts'

const keysIn = (dump: string): string[] =>
  [...dump.matchAll(/^key=(\S+)/gm)].map(([, key = '']) => decodeURIComponent(key))
const DUMP = 'lru_crawler metadump all\r\n'

describe('what the application keeps', () => {
  it('is found by a dump, and read', async () => {
    const client = connect(await memcachedService())
    const keys = keysIn(client.send(DUMP).text)
    expect(keys.filter((key) => key.startsWith('memc.sess.key.')).length).toBeGreaterThan(8)
    const config = keys.find((key) => key.endsWith(':config')) ?? ''
    expect(client.send(`get ${config}\r\n`).text).toMatch(/^VALUE \S+ 4 \d+\r\na:4:\{s:7:"db_host"/)
    const {text} = client.send('stats\r\n')
    expect(Number(/STAT curr_items (\d+)/.exec(text)?.[1])).toBe(keys.length)
    expect(Number(/STAT uptime (\d+)/.exec(text)?.[1])).toBeGreaterThan(1000)
  })

  it('comes back when the application has written it again', async () => {
    let now = NOW
    const client = connect(await memcachedService(), {}, () => now)
    client.send('flush_all\r\n')
    expect(keysIn(client.send(DUMP).text)).toEqual([])
    now += 16 * 60_000
    expect(keysIn(client.send(DUMP).text).length).toBeGreaterThan(8)
  })

  it('is not there where the operator says so', async () => {
    const client = connect(await memcachedService({items: false}))
    expect(client.send(DUMP).text).toBe('END\r\n')
  })

  it('is of one decky and install', async () => {
    const of = async (seed: string) => keysIn(connect(await memcachedService({}, {seed})).send(DUMP).text)
    const [one, two, again] = [await of('11'.repeat(32)), await of('12'.repeat(32)), await of('11'.repeat(32))]
    expect(again).toEqual(one)
    const sessions = one.filter((key) => key.startsWith('memc.sess'))
    expect(sessions.filter((key) => two.includes(key))).toEqual([])
  })
})

describe('what an intruder leaves', () => {
  it('is there for the next connection, and bounded', async () => {
    const service = await memcachedService()
    connect(service).send('set note 0 0 5\r\nhello\r\n')
    expect(connect(service).send('get note\r\n').text).toBe('VALUE note 0 5\r\nhello\r\nEND\r\n')
    const flood = connect(service)
    const value = 'x'.repeat(60_000)
    for (let index = 0; index < 200; index++) flood.send(`set big${index} 0 0 60000\r\n${value}\r\n`)
    expect(flood.send('get note\r\n').text).toBe('END\r\n')
    const {text} = flood.send('stats\r\n')
    expect(Number(/STAT bytes (\d+)/.exec(text)?.[1])).toBeLessThan(5_000_000)
    expect(Number(/STAT evictions (\d+)/.exec(text)?.[1])).toBeGreaterThan(100)
  })

  it('a value without room is refused as by a full server', async () => {
    const client = connect(await memcachedService())
    const value = 'x'.repeat(100_000)
    expect(client.send(`set big 0 0 100000\r\n${value}\r\nmn\r\n`).text).toBe(
      'SERVER_ERROR out of memory storing object\r\nMN\r\n',
    )
  })

  it('cannot be asked for in multiples', async () => {
    const client = connect(await memcachedService())
    client.send(`set a 0 0 60000\r\n${'x'.repeat(60_000)}\r\n`)
    expect(client.send(`get ${'a '.repeat(900)}\r\n`).text).toBe('SERVER_ERROR out of memory writing get response\r\n')
  })
})

describe('evidence', () => {
  it('has commands with what they store, and marks what destroys', async () => {
    const client = connect(await memcachedService())
    client.send('set cmd 0 0 9\r\n<?php x;?\r\nflush_all\r\nnosuch thing\r\n')
    expect(client.events).toMatchObject([
      {event: 'command', data: {command: 'set', args: {text: 'cmd 0 0 9'}, value: {text: '<?php x;?'}, known: true}},
      {event: 'command', data: {command: 'flush_all', dangerous: true}},
      {event: 'command', data: {command: 'nosuch', known: false}},
    ])
  })

  it('takes the password of a SASL login', async () => {
    const client = connect(await memcachedService())
    const head = Buffer.from('802100050000000000000012000000010000000000000000', 'hex').toString('latin1')
    client.send(`${head}PLAIN\0admin\0secret`)
    expect(client.events[0]?.credential).toMatchObject({
      principal: 'admin',
      secret: {text: 'secret'},
      outcome: 'failure',
    })
  })

  it('calls HTTP a probe', async () => {
    const client = connect(await memcachedService())
    expect(client.send('GET / HTTP/1.1\r\n')).toEqual({text: '', closed: true})
    expect(client.events).toMatchObject([{event: 'probe', data: {kind: 'http'}}])
  })

  it('names the port and the memory that the operator chose', async () => {
    const {text} = connect(await memcachedService({port: 22_122, memory: 1024})).send('stats settings\r\n')
    expect(text).toContain('STAT maxbytes 1073741824\r\n')
    expect(text).toContain('STAT tcpport 22122\r\n')
  })
})

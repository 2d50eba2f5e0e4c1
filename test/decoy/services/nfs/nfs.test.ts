import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {record} from '../../../../src/decoy/services/nfs/wire/rpc.ts'
import {opaque, text, uint, type XdrReader} from '../../../../src/decoy/services/nfs/wire/xdr.ts'
import {call, connection, dial, mount, nfsService} from './support.ts'

interface Golden {
  readonly exchanges: readonly {
    readonly name: string
    readonly sent: string
    readonly udp: string | null
    readonly tcp: string | null
    readonly closed: boolean
  }[]
}

const {exchanges} = JSON.parse(readFileSync(new URL('rpcbind-1.2.6.json', import.meta.url), 'utf8')) as Golden

/** The real one was asked at 127.0.0.1; ours says its own address, which is as long in text. */
const own = (hex: string | null): string =>
  (hex ?? '').replace(Buffer.from('127.0.0.1.0.111').toString('hex'), Buffer.from('192.168.1.5.0.111').toString('hex'))
const withoutAddress = (hex: string): string =>
  hex.replace(/000000(?:0f|11)3[12](?:3.|2e)+(?:00)*$/, 'ADDRESS').replace(/^.{8}(?=11223344)/, '')

describe('rpcbind 1.2.6', () => {
  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))(
    '%s',
    async (_, {sent, udp, tcp, closed}) => {
      const service = await nfsService()
      const bytes = Buffer.from(sent, 'hex')
      const datagram = service.udp?.(111).datagram(bytes, connection(111))
      const replies = Buffer.concat(datagram?.replies ?? []).toString('hex')
      expect(withoutAddress(replies)).toBe(withoutAddress(own(udp)))
      const client = dial(service, 111)
      expect(withoutAddress(client.send(record(bytes)).toString('hex'))).toBe(withoutAddress(own(tcp)))
      expect(client.closed).toBe(closed)
    },
  )
})

describe('the port mapper', () => {
  const ask = async (...args: number[]): Promise<number> =>
    dial(await nfsService(), 111)
      .ask(100_000, 2, 3, uint(...args))
      .uint()

  it('tells where programs are', async () => {
    expect(await ask(100_003, 3, 6, 0)).toBe(2049)
    expect(await ask(100_005, 3, 17, 0)).toBe(20_048)
    expect(await ask(100_005, 1, 6, 0)).toBe(20_048)
    expect(await ask(100_003, 3, 17, 0)).toBe(0)
    expect(await ask(100_024, 1, 6, 0)).toBe(0)
  })

  it('lists them', async () => {
    const reply = dial(await nfsService(), 111).ask(100_000, 2, 4)
    const found: string[] = []
    while (reply.uint() === 1) found.push([reply.uint(), reply.uint(), reply.uint(), reply.uint()].join(' '))
    expect(found).toContain('100003 3 6 2049')
    expect(found).toContain('100005 3 17 20048')
    expect(found[0]).toBe('100000 4 6 111')
  })

  it('lets nobody register, and asks nobody on behalf of others', async () => {
    const client = dial(await nfsService(), 111)
    expect(client.ask(100_000, 2, 1, uint(300_000, 1, 6, 999)).uint()).toBe(0)
    expect(client.send(record(call(100_000, 2, 5, uint(100_005, 3, 5, 0))))).toHaveLength(0)
    expect(client.events).toMatchObject([
      {event: 'command', data: {action: 'set', program: 300_000, refused: true}},
      {event: 'probe', data: {action: 'call', program: 100_005, procedure: 5}},
    ])
  })

  it('hangs up on records in fragments and of no size', async () => {
    for (const bytes of [`00000008${'00'.repeat(8)}`, '80000000', `ffffffff${'00'.repeat(8)}`]) {
      const client = dial(await nfsService(), 111)
      expect(client.send(Buffer.from(bytes, 'hex'))).toHaveLength(0)
      expect(client.closed).toBe(true)
      expect(client.events).toMatchObject([{event: 'malformed'}])
    }
  })
})

describe('mountd', () => {
  const exportsOf = (reply: XdrReader): string[] => {
    const found: string[] = []
    while (reply.uint() === 1) {
      const path = reply.text(255)
      const groups: string[] = []
      while (reply.uint() === 1) groups.push(reply.text(255))
      found.push(`${path} ${groups.join()}`)
    }
    return found
  }

  it('lists the exports to everybody', async () => {
    const service = await nfsService({exports: ['/srv/backup/', '/home'], clients: '192.168.1.0/24'})
    const client = dial(service, 20_048)
    const expected = ['/srv/backup 192.168.1.0/24', '/home 192.168.1.0/24']
    expect(exportsOf(client.ask(100_005, 3, 5))).toEqual(expected)
    expect(exportsOf(client.ask(100_005, 1, 5))).toEqual(expected)
    expect(client.events[0]).toMatchObject({event: 'query', data: {action: 'exports', uid: 1000, machine: 'kali'}})
  })

  it('has some of its own, and others on another machine', async () => {
    const shown = async (seed: string) =>
      exportsOf(dial(await nfsService({}, {seed: seed.repeat(32)}), 20_048).ask(100_005, 3, 5)).join()
    const seen = new Set(await Promise.all(['01', '02', '03', '04', '05', '06'].map(shown)))
    expect(seen.size).toBeGreaterThan(2)
  })

  it('gives a handle, and keeps who asked', async () => {
    const service = await nfsService({exports: ['/srv']})
    const client = dial(service, 20_048)
    const reply = client.ask(100_005, 3, 1, text('/srv'), 0)
    expect(reply.uint()).toBe(0)
    expect(reply.opaque(64)).toHaveLength(20)
    expect(client.events).toMatchObject([
      {event: 'request', data: {action: 'mount', path: '/srv', refused: false, uid: 0, machine: 'kali'}},
    ])
    expect(mount(service, '/srv/backup')).toHaveLength(28)
  })

  it.each([
    ['what is not exported', {exports: ['/srv']}, '/etc', 13],
    ['what is not there', {exports: ['/srv']}, '/srv/nothing', 2],
    ['everything, where that is asked for', {exports: ['/srv'], access: 'refused'}, '/srv', 13],
  ])('refuses %s', async (_, options, path, status) => {
    const client = dial(await nfsService(options), 20_048)
    expect(client.ask(100_005, 3, 1, text(path)).uint()).toBe(status)
    expect(client.events).toMatchObject([{event: 'request', data: {path, refused: true}}])
  })

  it('names one machine where it refuses everybody', async () => {
    const [line] = exportsOf(dial(await nfsService({access: 'refused', exports: ['/srv']}), 20_048).ask(100_005, 3, 5))
    expect(line).toMatch(/^\/srv 192\.168\.1\.\d+$/)
  })

  it('says no more to a datagram of a stranger than it was asked: the list is long, the handle short', async () => {
    const service = await nfsService({exports: ['/srv']})
    const {replies = []} = service.udp?.(20_048).datagram(call(100_005, 3, 1, text('/srv')), connection(20_048)) ?? {}
    expect(Buffer.concat([...replies]).length).toBeLessThanOrEqual(call(100_005, 3, 1, text('/srv')).length)
  })
})

describe('NFS 3', () => {
  const at = async (options = {exports: ['/srv']}, path = '/srv') => {
    const service = await nfsService(options)
    const root = mount(service, path)
    const client = dial(service, 2049)
    const lookUp = (directory: Buffer, name: string): Buffer | number => {
      const reply = client.ask(100_003, 3, 3, Buffer.concat([opaque(directory), text(name)]))
      const status = reply.uint()
      return status === 0 ? reply.opaque(64) : status
    }
    const handleOf = (names: string): Buffer =>
      names.split('/').reduce((directory, name) => {
        const found = lookUp(directory, name)
        if (typeof found === 'number') throw new Error(`${name}: ${found}`)
        return found
      }, root)
    return {service, root, client, lookUp, handleOf}
  }

  const namesOf = (reply: XdrReader, plus: boolean): {names: string[]; end: boolean; cookie: bigint} => {
    expect(reply.uint()).toBe(0)
    expect(reply.uint()).toBe(1)
    reply.fixed(84)
    reply.fixed(8)
    const names: string[] = []
    let cookie = 0n
    while (reply.uint() === 1) {
      reply.hyper()
      names.push(reply.text(255))
      cookie = reply.hyper()
      if (!plus) continue
      expect(reply.uint()).toBe(1)
      reply.fixed(84)
      expect(reply.uint()).toBe(1)
      reply.opaque(64)
    }
    return {names, end: reply.uint() === 1, cookie}
  }

  it('lists a directory, whole and in parts', async () => {
    const {client, handleOf} = await at()
    const directory = opaque(handleOf('backup'))
    const whole = namesOf(client.ask(100_003, 3, 17, Buffer.concat([directory, uint(0, 0, 0, 0, 4096, 32_768)])), true)
    expect(whole.end).toBe(true)
    expect(whole.names).toContain('dump.sh')
    const parts: string[] = []
    for (let cookie = 0n, end = false; !end; ) {
      const args = Buffer.concat([directory, uint(0, Number(cookie), 0, 0, 200)])
      const part = namesOf(client.ask(100_003, 3, 16, args), false)
      parts.push(...part.names)
      ;({cookie, end} = part)
    }
    expect(parts).toEqual(whole.names)
  })

  it('gives a file in pieces, and tells that it was read once', async () => {
    const {client, handleOf} = await at()
    const handle = opaque(handleOf('backup/dump.sh'))
    const read = (offset: number, count: number) => {
      const reply = client.ask(100_003, 3, 6, Buffer.concat([handle, uint(0, offset, count)]))
      reply.fixed(4 + 4 + 84)
      reply.uint()
      return {end: reply.uint() === 1, data: reply.opaque(70_000).toString()}
    }
    const first = read(0, 10)
    expect(first).toEqual({end: false, data: '#!/bin/sh\n'})
    const rest = read(10, 65_536)
    expect(rest.end).toBe(true)
    expect(rest.data).toMatch(/mysqldump -h 192\.168\.1\.\d+ -u \w+ -p'\w+!'/)
    expect(read(100_000, 10)).toEqual({end: true, data: ''})
    expect(client.events.filter(({event}) => event === 'file.read')).toMatchObject([
      {data: {path: '/srv/backup/dump.sh', bait: true, uid: 1000, machine: 'kali'}},
    ])
  })

  it('knows its handles again after a restart', async () => {
    const [one, other] = [await at(), await at()]
    expect(other.handleOf('backup/dump.sh')).toEqual(one.handleOf('backup/dump.sh'))
  })

  it('believes whoever says who he is, but for root', async () => {
    const {service, client, handleOf} = await at()
    const [archive] = namesOf(
      client.ask(100_003, 3, 16, Buffer.concat([opaque(handleOf('backup')), uint(0, 0, 0, 0, 4096)])),
      false,
    ).names.filter((name) => name.endsWith('.gz'))
    const handle = opaque(handleOf(`backup/${archive}`))
    const status = (uid: number) =>
      dial(service, 2049)
        .ask(100_003, 3, 6, Buffer.concat([handle, uint(0, 0, 16)]), uid)
        .uint()
    expect([status(1000), status(0), status(34)]).toEqual([13, 13, 0])
  })

  it('changes nothing, and keeps what was tried', async () => {
    const {client, root} = await at()
    const args = Buffer.concat([opaque(root), text('backdoor.sh'), uint(0)])
    expect(client.ask(100_003, 3, 8, args).uint()).toBe(30)
    expect(client.events).toMatchObject([{event: 'command', data: {action: 'create', path: '/srv', refused: true}}])
    for (const procedure of [2, 7, 9, 10, 11, 12, 13, 14, 15, 21]) {
      expect(client.ask(100_003, 3, procedure, args).uint()).toBe(30)
    }
  })

  it('does not know what is not there', async () => {
    const {client, root, lookUp} = await at()
    expect(lookUp(root, 'nothing')).toBe(2)
    expect(lookUp(root, '..')).toEqual(root)
    expect(client.ask(100_003, 3, 1, opaque(Buffer.alloc(28, 1))).uint()).toBe(70)
    expect(client.ask(100_003, 3, 1, opaque(Buffer.alloc(8))).uint()).toBe(10_001)
    expect(client.events).toMatchObject([
      {event: 'probe', data: {action: 'handle'}},
      {event: 'probe', data: {action: 'handle'}},
    ])
  })

  it('is none of version 4', async () => {
    const {client} = await at()
    const reply = client.send(record(call(100_003, 4, 0)))
    expect(reply.subarray(24).toString('hex')).toBe('000000020000000300000003')
  })

  it('shows the home directories that the machine has', async () => {
    const {client, root} = await at({exports: ['/home']}, '/home')
    const {names} = namesOf(client.ask(100_003, 3, 16, Buffer.concat([opaque(root), uint(0, 0, 0, 0, 4096)])), false)
    expect(names.length).toBeGreaterThan(2)
  })
})

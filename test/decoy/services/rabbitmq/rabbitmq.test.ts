import {describe, expect, it} from 'vitest'

import {topicMatches} from '../../../../src/decoy/services/rabbitmq/broker/routing.ts'
import {
  CHANNEL,
  declare,
  dial,
  frame,
  get,
  HEADER,
  inside,
  method,
  publish,
  rabbitService,
  startOk,
  TUNE_OK,
} from './support.ts'

const USERS = {users: ['ops:hunter2']}
const REFUSED =
  /ACCESS_REFUSED - Login was refused using authentication mechanism (?:AMQ)?PLAIN\. For details see the broker logfile\./

describe('logging in', () => {
  it.each([
    ['PLAIN', '\0root\0toor'],
    ['AMQPLAIN', '\x05LOGINS\0\0\0\x04root\x08PASSWORDS\0\0\0\x04toor'],
  ])('with %s gives the password away', async (mechanism, response) => {
    const client = dial(await rabbitService(USERS))
    client.send(HEADER)
    expect(client.send(startOk(response, mechanism)).toString('latin1')).toMatch(REFUSED)
    expect(client.delays).toEqual([3000])
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([
      {
        event: 'auth.attempt',
        credential: {principal: 'root', method: mechanism.toLowerCase(), secret: {text: 'toor'}, outcome: 'failure'},
        data: {client: {product: 'test'}},
      },
    ])
  })

  it('as guest is refused from another machine', async () => {
    const client = dial(await rabbitService(USERS))
    client.send(HEADER)
    expect(client.send(startOk('\0guest\0guest')).toString('latin1')).toMatch(REFUSED)
    expect(client.events).toMatchObject([{credential: {principal: 'guest', outcome: 'failure'}}])
  })

  it('is not told to a client that does not ask to be', async () => {
    const client = dial(await rabbitService(USERS))
    client.send(HEADER)
    expect(client.send(startOk('\0guest\0guest', 'PLAIN', Buffer.alloc(0)))).toHaveLength(0)
    expect(client.delays).toEqual([3000])
    expect(client.closed).toBe(true)
  })

  it('with honey credentials succeeds', async () => {
    const client = dial(await rabbitService(USERS))
    client.send(HEADER)
    expect(client.send(startOk('\0ops\0hunter2')).toString('hex')).toBe('0100000000000c000a001e07ff00020000003cce')
    expect(client.events).toMatchObject([{credential: {principal: 'ops', outcome: 'success'}}])
  })

  it('is no way around: nothing else is answered before', async () => {
    const client = dial(await rabbitService(USERS))
    client.send(HEADER)
    expect(client.send(CHANNEL)).toHaveLength(0)
    expect(client.closed).toBe(true)
    const other = dial(await rabbitService(USERS))
    other.send(HEADER)
    expect(other.send(TUNE_OK)).toHaveLength(0)
    expect(other.closed).toBe(true)
  })

  it('is a probe where another protocol is asked for', async () => {
    const client = dial(await rabbitService(USERS))
    expect(client.send('AMQP\x00\x01\x00\x00').toString('latin1')).toBe('AMQP\0\0\x09\x01')
    expect(client.events).toMatchObject([{event: 'probe', data: {what: 'version', header: '00010000'}}])
  })
})

describe('inside', () => {
  it('what one connection publishes another gets', async () => {
    const service = await rabbitService(USERS)
    const writer = inside(service)
    writer.send(Buffer.concat([declare('work'), publish('', 'work', 'rm -rf /\n')]))
    expect(inside(service).send(get('work')).toString('latin1')).toContain('rm -rf /\n')
    expect(writer.events).toMatchObject([
      {event: 'command', data: {method: 'queue.declare', queue: 'work'}},
      {
        event: 'command',
        data: {method: 'basic.publish', key: 'work', size: 9, routed: 1, body: {text: 'rm -rf /\\x0a'}},
      },
    ])
  })

  it('what was not acknowledged comes back when the connection ends', async () => {
    const service = await rabbitService(USERS)
    const client = inside(service)
    client.send(Buffer.concat([declare('work'), publish('', 'work', 'once'), get('work', 0)]))
    expect(inside(service).send(get('work')).toString('hex')).toContain('003c0048')
    client.session.end()
    expect(inside(service).send(get('work')).toString('latin1')).toContain('once')
  })

  it('queues wait that tell of other machines, and of others on another decky', async () => {
    const messages = async (seed: string): Promise<string> => {
      const {send} = inside(await rabbitService(USERS, {seed: seed.repeat(32)}))
      const names = [
        'orders',
        'invoices',
        'mail.outgoing',
        'erp.sync',
        'audit',
        'provisioning',
        'backup.jobs',
        'reports',
      ]
      const found: string[] = []
      for (const name of names) {
        const reply = send(get(name)).toString('latin1')
        found.push(/\{.*\}/.exec(reply)?.[0] ?? '')
        if (reply.includes('NOT_FOUND')) send(Buffer.concat([method(1, 20, 41), CHANNEL]))
      }
      return found.join('')
    }
    const one = await messages('66')
    expect(one).toMatch(/"host":"192\.168\.1\.\d+","user":"\w+","password":"\w+!"/)
    expect(await messages('67')).not.toBe(one)
  })

  it('holds no more than its budget, however much is published', async () => {
    const client = inside(await rabbitService(USERS))
    client.send(declare('flood'))
    for (let count = 0; count < 200; count++) client.send(publish('', 'flood', 'x'.repeat(60_000)))
    const told = client.send(declare('flood', 1))
    const waiting = told.readUInt32BE(told.length - 9)
    expect(waiting).toBeGreaterThan(10)
    expect(waiting * 60_000).toBeLessThanOrEqual(4 * 1024 * 1024)
  })

  it('queues are limited', async () => {
    const client = inside(await rabbitService(USERS))
    let reply = ''
    for (let count = 0; count < 80 && reply === ''; count++) {
      const said = client.send(declare(`q${count}`)).toString('latin1')
      if (said.includes('PRECONDITION')) reply = said
    }
    expect(reply).toMatch(/queue limit in vhost '\/' \(64\) is reached/)
  })

  it('a frame that is none ends the connection, and is recorded', async () => {
    const client = inside(await rabbitService(USERS))
    expect(client.send(frame(9, 0, Buffer.from('x'))).toString('latin1')).toContain('unknown_frame')
    expect(client.events).toMatchObject([{event: 'malformed'}])
    expect(client.send(declare('late'))).toHaveLength(0)
  })
})

describe('topics', () => {
  it.each([
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.c', false],
    ['#', '', true],
    ['a.#', 'a', true],
    ['a.#.z', 'a.b.c.z', true],
    ['a.#.z', 'a.b.c', false],
    ['*', 'a.b', false],
  ])('%s and %s: %s', (pattern, key, fits) => {
    expect(topicMatches(pattern.split('.'), key.split('.'))).toBe(fits)
  })
})

describe('the port mapper', () => {
  it('names the node as the real one does', async () => {
    const client = dial(await rabbitService(), 4369)
    expect(client.send('\0\x01n').toString('latin1')).toBe('\0\0\x11\x11name rabbit at port 25672\n')
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'query', data: {action: 'epmd-names'}}])
  })

  it('tells where it listens', async () => {
    const ask = async (name: string) =>
      dial(await rabbitService(), 4369)
        .send(Buffer.from(`\0${String.fromCharCode(name.length + 1)}z${name}`, 'latin1'))
        .toString('hex')
    expect(await ask('rabbit')).toBe(`770064484d00000600050006${Buffer.from('rabbit').toString('hex')}0000`)
    expect(await ask('other')).toBe('7701')
  })

  it('is not ended by strangers', async () => {
    const client = dial(await rabbitService(), 4369)
    expect(client.send('\0\x01k')).toHaveLength(0)
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'probe', data: {action: 'epmd-kill'}}])
  })
})

describe('the management API', () => {
  const ask = async (request: string, options = USERS) => {
    const client = dial(await rabbitService(options), 15_672)
    return {reply: client.send(request).toString('latin1'), events: client.events}
  }
  const path = (target: string, login?: string) =>
    `GET ${target} HTTP/1.1\r\nHost: mq01:15672\r\n${login === undefined ? '' : `Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`}\r\n`

  /** Recorded with curl from RabbitMQ 3.10.8 of Debian 12. */
  it('asks for a login as the real one does', async () => {
    expect((await ask(path('/api/overview'))).reply).toBe(
      [
        'HTTP/1.1 401 Unauthorized',
        'content-length: 0',
        "content-security-policy: script-src 'self' 'unsafe-eval' 'unsafe-inline'; object-src 'self'",
        'date: Wed, 04 Mar 2026 05:06:07 GMT',
        'server: Cowboy',
        'vary: origin',
        'www-authenticate: Basic realm="RabbitMQ Management"',
        '\r\n',
      ].join('\r\n'),
    )
  })

  it('refuses a wrong one in JSON, and keeps it', async () => {
    const {reply, events} = await ask(path('/api/whoami', 'guest:guest'))
    expect(reply).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\ncontent-length: 50\r\n/)
    expect(reply).toMatch(/\r\n\r\n\{"error":"not_authorized","reason":"Login failed"\}$/)
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'auth.attempt',
        credential: expect.objectContaining({principal: 'guest', method: 'basic', outcome: 'failure'}),
      }),
    )
  })

  it('tells a honey user who he is, and what queues there are', async () => {
    expect((await ask(path('/api/whoami', 'ops:hunter2'))).reply).toMatch(
      /\r\n\r\n\{"name":"ops","tags":\["administrator"\]\}$/,
    )
    expect((await ask(path('/api/overview', 'ops:hunter2'))).reply).toMatch(/"cluster_name":"rabbit@mq01"/)
    expect((await ask(path('/api/queues/%2F', 'ops:hunter2'))).reply).toMatch(/"vhost":"\/","durable":true/)
  })

  it('shows its page to everybody, and nothing else', async () => {
    const {reply} = await ask(path('/'))
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-length: \d+\r\ncontent-security-policy: /)
    expect(reply).toContain('<title>RabbitMQ Management</title>')
    expect((await ask(path('/nonexistent'))).reply).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\ncontent-length: 49\r\n[\s\S]*\{"error":"Object Not Found","reason":"Not Found"\}$/,
    )
    expect((await ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n')).reply).toMatch(
      /^HTTP\/1\.1 405 Method Not Allowed\r\nallow: HEAD, GET, OPTIONS\r\n/,
    )
  })

  it('says nothing of itself to what is no HTTP', async () => {
    expect((await ask('GET / HTTP/1337\r\nHost: x\r\n\r\n')).reply).toBe(
      'HTTP/1.1 505 HTTP Version Not Supported\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    )
  })
})

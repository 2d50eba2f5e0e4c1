import {describe, expect, it} from 'vitest'

import {Persona} from '../../../../src/decoy/persona.ts'
import type {Connection, Service, UdpHandler} from '../../../../src/decoy/service.ts'
import {hasCommand} from '../../../lab/debian.ts'
import {udpConnection} from '../../../support/abuse-udp.ts'
import {runTool} from '../../../support/client-tool.ts'
import {serveUdp, UDP_ADDRESS} from '../../../support/serve-udp.ts'
import {CLIENT, MONLIST, QUESTIONS, READ_VARIABLES, ROASTING} from './corpus.ts'
import golden from './golden-chrony-4.3.json' with {type: 'json'}
import {FACTS, server, WINDOWS} from './support.ts'

const NOW = udpConnection(123).now()
const EPOCH = 2_208_988_800

function tell(service: Service, bytes: Buffer, more: Partial<Connection> = {}): ReturnType<UdpHandler['datagram']> {
  const handler = service.udp?.(123)
  if (handler === undefined) throw new TypeError('no UDP port')
  return handler.datagram(bytes, udpConnection(123, more))
}

function replyOf(service: Service, bytes: Buffer = CLIENT, more: Partial<Connection> = {}): Buffer {
  const [reply] = tell(service, bytes, more).replies
  if (reply === undefined) throw new Error('no reply')
  return reply
}

/** What does not depend on clocks: first octet, interval, the client's own time, and the size. */
const shape = (hex: string | null): unknown =>
  hex === null ? null : {first: hex.slice(0, 2), poll: hex.slice(4, 6), origin: hex.slice(48, 64), size: hex.length / 2}

/** Milliseconds since 1970 of a timestamp. */
const at = (bytes: Buffer, offset: number): number =>
  (bytes.readUInt32BE(offset) - EPOCH) * 1000 + (bytes.readUInt32BE(offset + 4) / 2 ** 32) * 1000

describe(`as ${golden.server}`, () => {
  const answers: Readonly<Record<string, string | null>> = golden.answers

  it.each(QUESTIONS)('%s', async (name, bytes) => {
    const [reply] = tell(await server(), bytes).replies
    expect(shape(reply?.toString('hex') ?? null)).toEqual(shape(answers[name] ?? null))
  })
})

describe('the time', () => {
  it('is that of the machine, in the order of its steps', async () => {
    const bytes = replyOf(await server())
    const [reference, received, sent] = [at(bytes, 16), at(bytes, 32), at(bytes, 40)]
    expect(bytes.subarray(24, 32)).toEqual(CLIENT.subarray(40))
    expect(Math.abs(received - NOW)).toBeLessThan(1.1)
    expect(sent).toBeGreaterThan(received)
    expect(sent - received).toBeLessThan(1)
    expect(reference).toBeLessThan(received)
    expect(received - reference).toBeLessThan(1100 * 1000)
  })

  it('is set anew every few minutes, and gets worse in between', async () => {
    const service = await server()
    const seen = Array.from({length: 40}, (_, step) => {
      const bytes = replyOf(service, CLIENT, {now: () => NOW + step * 60_000})
      return {set: at(bytes, 16), dispersion: bytes.readUInt32BE(8)}
    })
    expect(new Set(seen.map(({set}) => set)).size).toBeGreaterThan(1)
    for (const [step, {set, dispersion}] of seen.entries()) {
      const before = seen[step - 1]
      if (before === undefined) continue
      expect(set).toBeGreaterThanOrEqual(before.set)
      if (set === before.set) expect(dispersion).toBeGreaterThan(before.dispersion)
    }
  })

  it('is never of before the machine booted', async () => {
    const {bootedAt} = Persona.prototype
    const boot = bootedAt.call(new Persona(FACTS), NOW)
    expect(at(replyOf(await server(), CLIENT, {now: () => boot + 3000}), 16)).toBeGreaterThanOrEqual(boot - 1)
  })
})

describe('products', () => {
  it('Windows answers in version 3, and does not sign for anybody', async () => {
    const service = await server(WINDOWS)
    expect(replyOf(service).readUInt8(0)).toBe(0x1c)
    expect(replyOf(service).readInt8(3)).toBe(-23)
    expect(tell(service, ROASTING)).toEqual({
      replies: [],
      events: [{event: 'probe', data: {what: 'timeroasting', version: 3, rid: 1104, previousPassword: false}}],
    })
  })

  it('ntpd answers a wrong key with a crypto-NAK, and peers not at all', async () => {
    const service = await server({os: 'cisco'})
    expect(replyOf(service, ROASTING)).toHaveLength(52)
    const peer = Buffer.from(CLIENT)
    peer.writeUInt8(0x21, 0)
    expect(tell(service, peer).replies).toEqual([])
  })

  it('can be chosen, and so can the stratum', async () => {
    const service = await server({}, {product: 'w32time', stratum: 9})
    expect([...replyOf(service).subarray(0, 2)]).toEqual([0x1c, 9])
    const primary = replyOf(await server({}, {stratum: 1}))
    expect(primary.toString('latin1', 12, 16)).toBe('GPS\0')
  })

  it.each([{}, WINDOWS, {os: 'bsd'} as const])('of %o are at a plausible stratum', async (facts) => {
    expect([2, 3, 4]).toContain(replyOf(await server(facts)).readUInt8(1))
  })
})

describe('what serves reflection attacks', () => {
  it.each([
    ['read variables', READ_VARIABLES, {what: 'read variables', mode: 6}],
    ['monlist', MONLIST, {what: 'monlist', mode: 7, code: 42}],
    ['a response to monlist', Buffer.from('d700032a00000000', 'hex'), {what: 'unasked response', mode: 7}],
    ['a server’s answer', Buffer.concat([Buffer.from([0x24]), CLIENT.subarray(1)]), {what: 'unasked server'}],
  ])('%s gets no answer and is recorded', async (_, bytes, data) => {
    expect(tell(await server(), bytes)).toMatchObject({replies: [], events: [{event: 'probe', data}]})
  })

  it('never gets more than it sent', async () => {
    for (const facts of [{}, WINDOWS, {os: 'cisco'} as const]) {
      const service = await server(facts)
      for (const [, bytes] of QUESTIONS) {
        for (const reply of tell(service, bytes).replies) expect(reply.length).toBeLessThanOrEqual(bytes.length)
      }
    }
  })
})

describe('two deckies', () => {
  it('are not set at the same moment, nor equally well', async () => {
    const seeds = ['01', '02', '03']
    const replies = await Promise.all(seeds.map(async (seed) => replyOf(await server({seed: seed.repeat(32)}))))
    expect(new Set(replies.map((reply) => reply.toString('hex', 4, 12))).size).toBe(3)
    expect(new Set(replies.map((reply) => reply.toString('hex', 16, 24))).size).toBe(3)
    expect(replyOf(await server()).subarray(0, 24)).toEqual(replyOf(await server()).subarray(0, 24))
  })
})

describe('the self-test', () => {
  it.each([{}, WINDOWS])('is answered by %o', async (facts) => {
    const service = await server(facts)
    const test = service.selfTest(123, 'udp')
    expect(test.accepts(replyOf(service, test.send))).toBe(true)
  })
})

const installed = hasCommand('chronyd')
if (!installed) console.warn('chronyd is not installed: it is not tested as a client')

describe.skipIf(!installed)('chronyd', () => {
  it.each([{}, WINDOWS])('as a client of %o takes the time', {timeout: 30_000}, async (facts) => {
    const served = await serveUdp(await server(facts), {port: 123, name: 'ntp'})
    try {
      // The distance is what chrony's manual says to allow for Windows, whose clocks are no better than that.
      const source = `server ${UDP_ADDRESS} port ${served.port} iburst maxsamples 1`
      const {stdout, stderr} = await runTool('/usr/sbin/chronyd', ['-U', '-Q', '-t', '10', source, 'maxdistance 16'])
      expect(`${stdout}${stderr}`).toMatch(/System clock wrong by -?0\.0\d+ seconds/)
      expect(served.named('query')[0]?.data).toMatchObject({operation: 'time', version: 4, answered: true})
    } finally {
      await served.close()
    }
  })
})

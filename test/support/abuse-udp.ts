/** What every UDP service has to stand, whoever sends it. */
import {describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import type {Connection, Service, UdpHandler} from '../../src/decoy/service.ts'
import {FUZZ_MS, INPUTS} from './abuse.ts'
import {tallied} from './promise-tally.ts'
import {Random, seedOfRun} from './random.ts'

export interface UdpSubject {
  readonly name: string
  /** The UDP port of the manifest. */
  readonly port: number
  readonly service: () => Promise<Service>
  /** What right clients send. */
  readonly datagrams: readonly Buffer[]
  /** What right clients send to the port of a transfer, where there are transfers. */
  readonly following?: readonly Buffer[]
}

const NOW = Date.parse('2026-03-04T05:06:07.089Z')
const LARGEST_DATAGRAM = 65_507
const MOST_RECORDED = 64 * 1024
/** What the process may have grown by after all of them, in bytes. */
const MOST_KEPT = 200 * 1024 * 1024
/** Other processes may take the processor away for a moment, and the collector for another. */
const SLOW_MS = 2000

export function udpConnection(port: number, more: Partial<Connection> = {}): Connection {
  let drawn = 0
  return {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
    ...more,
  }
}

/** Declares the tests of what a service must stand on a UDP port. */
export function abuseUdp(subject: UdpSubject): void {
  const handlerOf = async (): Promise<UdpHandler> => {
    const handler = (await subject.service()).udp?.(subject.port)
    if (handler === undefined) throw new TypeError(`${subject.name} has no UDP port ${subject.port}`)
    return handler
  }

  describe(`${subject.name} under abuse`, () => {
    it('stands datagrams of every size, and is done with them in time', async () => {
      const handler = await handlerOf()
      for (const size of [0, 1, 2, 3, 4, 8, 511, 1472, LARGEST_DATAGRAM]) {
        for (const filler of [0, 0xff, 0x41, 0x0a, 0x30])
          expectBounded(handler, Buffer.alloc(size, filler), [], udpConnection(subject.port, {proven: true}))
      }
    })

    it('never throws, never hangs and never says without end, whatever it reads', {timeout: FUZZ_MS}, async () => {
      const seed = seedOfRun()
      const random = new Random(seed)
      const handler = await handlerOf()
      const following = subject.following ?? []
      const before = process.memoryUsage().rss
      await tallied('P25', `${subject.name}: mutated datagrams`, INPUTS, async () => {
        for (let input = 0; input < INPUTS; input++) {
          const bytes = mutated(random, random.pick(subject.datagrams))
          const later = following.length === 0 ? [] : [random.pick(following), mutated(random, random.pick(following))]
          try {
            expectBounded(handler, bytes, later, someConnection(random, subject.port, input))
          } catch (error) {
            throw new Error(`input ${input} of DECNET_SEED=${seed}: ${bytes.toString('hex')}`, {cause: error})
          }
        }
        expect(process.memoryUsage().rss - before).toBeLessThan(MOST_KEPT)
      })
    })
  })
}

/** Half of them come from one source, the others each from another: what is kept of sources has to be bounded. */
function someConnection(random: Random, port: number, input: number): Connection {
  const stranger = `10.${(input >> 16) & 0xff}.${(input >> 8) & 0xff}.${input & 0xff}`
  return udpConnection(port, {
    peer: {ip: random.pick(['192.168.1.77', stranger]), port: random.pick([port, 40_000])},
    proven: random.pick([true, false]),
    now: () => NOW + input,
  })
}

function expectBounded(handler: UdpHandler, bytes: Buffer, later: readonly Buffer[], connection: Connection): void {
  const begun = performance.now()
  const answer = handler.datagram(bytes, connection)
  const steps = later.map((packet) => answer.transfer?.datagram(packet))
  const replies = [
    ...answer.replies,
    ...(answer.toGroup ?? []),
    ...(answer.transfer?.opening ?? []),
    ...steps.flatMap((step) => step?.replies ?? []),
  ]
  const events = [
    ...answer.events,
    ...steps.flatMap((step) => step?.events ?? []),
    ...(answer.transfer?.abandoned() ?? []),
  ]
  for (const reply of replies) expect(reply.length).toBeLessThanOrEqual(LARGEST_DATAGRAM)
  expect(JSON.stringify(events).length).toBeLessThan(MOST_RECORDED)
  if (performance.now() - begun > SLOW_MS) throw new Error(`it took ${performance.now() - begun} ms`)
}

/** Numbers that lengths and offsets are got wrong with. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff]

/** Some of it flipped, cut, doubled or blown up. */
function mutated(random: Random, original: Buffer): Buffer {
  let bytes = Buffer.from(original)
  for (let left = random.between(0, 3); left > 0; left--) {
    const at = bytes.length === 0 ? 0 : random.between(0, bytes.length - 1)
    switch (random.between(0, 5)) {
      case 0:
        if (bytes.length > 0) bytes[at] = random.between(0, 255)
        break
      case 1:
        if (bytes.length > 0) bytes[at] = random.pick(EDGES)
        break
      case 2:
        bytes = Buffer.from(bytes.subarray(0, at))
        break
      case 3:
        bytes = Buffer.from(bytes.subarray(at))
        break
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.alloc(random.between(1, 600), random.between(0, 255)),
          bytes,
        ])
        break
      default:
        bytes = Buffer.concat([bytes, original])
    }
  }
  return bytes
}

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {TYPE} from '../../../../src/decoy/codecs/dns/constants.ts'
import {nameText} from '../../../../src/decoy/codecs/dns/name.ts'
import {address} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'
import {decodeName} from '../../../../src/decoy/codecs/netbios-name.ts'
import {lureNames} from '../../../../src/decoy/persona/lures.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import type {Beacons, Service} from '../../../../src/decoy/service.ts'
import {baitNames} from '../../../../src/decoy/services/llmnr/bait-names.ts'
import {read} from '../dns/client.ts'
import {
  ask,
  beaconsOf,
  connection,
  LINUX,
  llmnrService,
  NOW,
  POISONER,
  poisoned,
  poisonedNbns,
  protocolOf,
  type Spoken,
  spokenIn,
  WINDOWS,
} from './support.ts'

const MINUTE = 60_000
const OPTIONS = {interval: 60, names: ['filesrv']}
const LLMNR = '224.0.0.252 5355'
const MDNS = '224.0.0.251 5353'
const NBNS = 'nbns 137'

const from = (ip: string, at: number) => connection({peer: {ip, port: 5355}, now: () => at})
const by = (spoken: readonly Spoken[], protocol: string): Spoken[] =>
  spoken.filter(({beacon}) => protocolOf(beacon) === protocol)

async function trap(facts = WINDOWS): Promise<{service: Service; beacons: Beacons; spoken: Spoken[]}> {
  const service = await llmnrService(OPTIONS, facts)
  const beacons = beaconsOf(service)
  // Until the first question of the first round.
  const {waitMs} = beacons.next(NOW)
  return {service, beacons, spoken: spokenIn(beacons, 1, NOW + waitMs)}
}

const only = (spoken: readonly Spoken[], protocol: string): Spoken => {
  const [first] = by(spoken, protocol)
  if (first === undefined) throw new TypeError(`nothing was asked by ${protocol}`)
  return first
}

describe('a machine whose user mistyped a name', () => {
  it('asks as Windows does, each way as often', async () => {
    const beacons = beaconsOf(await llmnrService(OPTIONS, WINDOWS))
    const {waitMs} = beacons.next(NOW)
    const spoken = spokenIn(beacons, 2000, NOW + waitMs)
    const times = (protocol: string) => by(spoken, protocol).map(({at}) => at - NOW - waitMs)
    expect([times(LLMNR), times(MDNS), times(NBNS)]).toEqual([
      [0, 410],
      [0, 1000],
      [0, 750, 1500],
    ])
    const {questions, id} = read(only(spoken, LLMNR).beacon.bytes)
    expect(questions).toEqual([{name: ['filesrv'], type: TYPE.A, class: 1}])
    expect(by(spoken, LLMNR).map(({beacon}) => read(beacon.bytes).id)).toEqual([id, id])
    expect(only(spoken, MDNS).beacon.from).toBe(5353)
    expect(read(only(spoken, MDNS).beacon.bytes)).toMatchObject({id: 0, questions: [{name: ['filesrv', 'local']}]})
    expect(decodeName(only(spoken, NBNS).beacon.bytes, 12)).toEqual({name: 'FILESRV', kind: 0})
  })

  it('asks from one port for each name and protocol', async () => {
    const beacons = beaconsOf(await llmnrService(OPTIONS, WINDOWS))
    const spoken = spokenIn(beacons, 5 * MINUTE)
    const ports = by(spoken, LLMNR).map(({beacon}) => beacon.from)
    expect(new Set(ports).size).toBe(ports.length / 2)
    expect(by(spoken, NBNS).map(({beacon}) => beacon.from)).not.toContain(ports[0])
  })

  it('does not ask by NetBIOS where it is no Windows', async () => {
    const spoken = spokenIn(beaconsOf(await llmnrService(OPTIONS)), 5 * MINUTE)
    expect(by(spoken, LLMNR).length).toBeGreaterThan(0)
    expect(by(spoken, NBNS)).toEqual([])
  })

  it('lets irregular times pass, of the length that the operator gives', async () => {
    const begun = (spoken: readonly Spoken[]) =>
      by(spoken, LLMNR)
        .filter((_, index) => index % 2 === 0)
        .map(({at}) => at)
    const rounds = begun(spokenIn(beaconsOf(await llmnrService(OPTIONS, WINDOWS)), 120 * MINUTE))
    const gaps = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(92_000)
    expect(new Set(gaps).size).toBeGreaterThan(gaps.length / 2)
    const seldom = begun(spokenIn(beaconsOf(await llmnrService({interval: 1200}, WINDOWS)), 120 * MINUTE))
    expect(seldom.length).toBeLessThan(rounds.length / 8)
  })

  it('does not at all where the operator says so', async () => {
    expect((await llmnrService({trap: false}, WINDOWS)).beacons).toBeUndefined()
  })
})

describe('whoever answers', () => {
  it('by LLMNR is a poisoner', async () => {
    const {beacons, spoken} = await trap()
    const {beacon, at} = only(spoken, LLMNR)
    const bytes = poisoned(beacon)
    expect(beacons.heard(bytes, from(POISONER, at + 20))).toEqual([
      {
        event: 'poisoner',
        data: {
          protocol: 'llmnr',
          name: 'filesrv',
          address: POISONER,
          afterMs: 20,
          input: expect.objectContaining({base64: bytes.toString('base64')}),
        },
      },
    ])
  })

  it('by NetBIOS is one, unless it says no', async () => {
    const {beacons, spoken} = await trap()
    const {beacon, at} = only(spoken, NBNS)
    expect(beacons.heard(poisonedNbns(beacon, 0x8503), from(POISONER, at))).toEqual([])
    const expected = {event: 'poisoner', data: {protocol: 'nbns', name: 'filesrv', address: '10.99.0.66'}}
    expect(beacons.heard(poisonedNbns(beacon), from(POISONER, at))).toMatchObject([expected])
  })

  it('by mDNS is one, whether to us or to all', async () => {
    const {service, spoken} = await trap()
    const {beacon, at} = only(spoken, MDNS)
    const facts = {peer: {ip: POISONER, port: 5353}, now: () => at}
    expect(ask(service, 5353, poisoned(beacon), facts).events).toMatchObject([
      {event: 'poisoner', data: {protocol: 'mdns', name: 'filesrv', address: POISONER}},
    ])
  })

  it('is told of so often and no more, from however many addresses it answers', async () => {
    const {beacons, spoken} = await trap()
    const {beacon, at} = only(spoken, LLMNR)
    const told = Array.from({length: 2000}, (_, source) => `10.1.${source >> 8}.${source & 0xff}`).flatMap((ip) =>
      beacons.heard(poisoned(beacon, ip), from(ip, at)),
    )
    expect(told).toHaveLength(256)
  })

  it('is told of once for each name, and is not asked again', async () => {
    const {beacons, spoken} = await trap()
    const {beacon, at} = only(spoken, LLMNR)
    expect(beacons.heard(poisoned(beacon), from(POISONER, at))).toHaveLength(1)
    expect(beacons.heard(poisoned(beacon), from(POISONER, at))).toEqual([])
    expect(beacons.heard(poisoned(beacon, '10.99.0.67'), from('10.99.0.67', at))).toHaveLength(1)
    const rest = spokenIn(beacons, 1800, at + 410)
    expect(by(rest, LLMNR)).toEqual([])
    expect(by(rest, NBNS)).not.toEqual([])
  })

  it('for another name, or long after, is none', async () => {
    const {beacons, spoken} = await trap()
    const {beacon, at} = only(spoken, LLMNR)
    const {id} = read(beacon.bytes)
    const other = writeMessage({id, flags: 0x8000, answers: [address(['printer'], 30, POISONER)]})
    expect(beacons.heard(other, from(POISONER, at))).toEqual([])
    expect(beacons.heard(beacon.bytes, from(POISONER, at))).toEqual([])
    expect(beacons.heard(poisoned(beacon), from(POISONER, at + MINUTE))).toEqual([])
    expect(beacons.heard(poisoned(beacon), from(POISONER, at + MINUTE - 1))).toHaveLength(1)
  })

  it('with bytes that mean nothing is ignored', async () => {
    const {beacons, spoken} = await trap()
    const bytes = poisoned(only(spoken, LLMNR).beacon)
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 60}), fc.nat(50), (noise, at) => {
        const spoiled = Buffer.from(bytes)
        Buffer.from(noise).copy(spoiled, Math.min(at, spoiled.length))
        for (const each of [spoiled, Buffer.from(noise)]) beacons.heard(each, from(POISONER, NOW + 1e9))
      }),
      {numRuns: 2000},
    )
  })
})

describe('names that nobody has', () => {
  const names = (seed: string) => baitNames(new Persona({...WINDOWS, seed}))

  it('are slips of the keyboard, and a NetBIOS name each', () => {
    const bait = names('11'.repeat(32))
    expect(bait).toHaveLength(16)
    const real = new Set([...lureNames(new Persona(WINDOWS)), 'wpad', 'isatap', WINDOWS.hostname.toLowerCase()])
    for (const name of bait) {
      expect(name).toMatch(/^[a-z][a-z0-9-]{1,14}$/)
      expect(real.has(name)).toBe(false)
    }
  })

  it('are others on another decky, and the same after a restart', () => {
    expect(names('11'.repeat(32))).toEqual(names('11'.repeat(32)))
    expect(names('11'.repeat(32))).not.toEqual(names('22'.repeat(32)))
  })

  it('are asked for one after the other', async () => {
    const spoken = spokenIn(beaconsOf(await llmnrService({interval: 60}, LINUX)), 120 * MINUTE)
    const asked = new Set(by(spoken, LLMNR).map(({beacon}) => nameText(read(beacon.bytes).questions[0]?.name ?? [])))
    expect(asked.size).toBeGreaterThan(8)
  })
})

/** Byte for byte what avahi-daemon 0.8 of Debian 12 answered on a link of its own, less the addresses of IPv6. */
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {TYPE} from '../../../../src/decoy/codecs/dns/constants.ts'
import {nameOf, nameText} from '../../../../src/decoy/codecs/dns/name.ts'
import {address} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'
import {query, read} from '../dns/client.ts'
import {ask, connection, LINUX, llmnrService, NOW, WINDOWS} from './support.ts'

const PLAIN = {flags: 0}
const PEER = {peer: {ip: '10.99.0.1', port: 5353}}
const OFFERS = {announce: ['http:80']}
const WANTS_IT_ALONE = {id: 0, flags: 0, class: 0x8001}

describe('avahi to a plain resolver', () => {
  it.each([
    [
      'files01.local',
      'A',
      '1337840000010001000000000766696c65733031056c6f63616c0000010001c00c000100010000000a00040a630002',
    ],
    [
      'FILES01.local',
      'A',
      '1337840000010001000000000746494c45533031056c6f63616c00000100010766696c65733031c014000100010000000a00040a630002',
    ],
    [
      'files01.local',
      'ANY',
      '1337840000010001000000000766696c65733031056c6f63616c0000ff0001c00c000100010000000a00040a630002',
    ],
    [
      '2.0.99.10.in-addr.arpa',
      'PTR',
      '1337840000010001000000000132013002393902313007696e2d61646472046172706100000c0001c00c000c00010000000a000f0766696c65733031056c6f63616c00',
    ],
    [
      '_services._dns-sd._udp.local',
      'PTR',
      '133784000001000100000000095f7365727669636573075f646e732d7364045f756470056c6f63616c00000c0001c00c000c00010000000a000d055f68747470045f746370c023',
    ],
    [
      '_http._tcp.local',
      'PTR',
      '133784000001000400000000055f68747470045f746370056c6f63616c00000c0001c00c000c00010000000a000a0766696c65733031c00cc02e001000010000000a000100c02e002100010000000a00100000000000500766696c65733031c017c057000100010000000a00040a630002',
    ],
    [
      'files01._http._tcp.local',
      'SRV',
      '1337840000010002000000000766696c65733031055f68747470045f746370056c6f63616c0000210001c00c002100010000000a00100000000000500766696c65733031c01fc03c000100010000000a00040a630002',
    ],
  ] as const)('answers %s %s', async (name, type, golden) => {
    const {replies, toGroup} = ask(await llmnrService(OFFERS), 5353, query(name, type, PLAIN))
    expect(replies.map((reply) => reply.toString('hex'))).toEqual([golden])
    expect(toGroup).toBeUndefined()
  })

  it('says nothing of others, nor of types that it has not', async () => {
    const service = await llmnrService(OFFERS)
    for (const bytes of [query('nobody.local', 'A', PLAIN), query('files01.local', 'AAAA', PLAIN)]) {
      expect(ask(service, 5353, bytes)).toEqual({replies: [], events: []})
    }
  })
})

describe('avahi to the others of the link', () => {
  const golden = '0000840000000001000000000766696c65733031056c6f63616c00000180010000007800040a630002'

  it('answers to the group, once in a second', async () => {
    const service = await llmnrService()
    const asked = query('files01.local', 'A', {id: 0, flags: 0})
    const said = (now: number) => ask(service, 5353, asked, {...PEER, now: () => now})
    expect(said(NOW)).toMatchObject({replies: [], toGroup: [Buffer.from(golden, 'hex')]})
    expect(said(NOW + 500)).toMatchObject({replies: [], toGroup: []})
    expect(said(NOW + 1000).toGroup).toHaveLength(1)
  })

  it('says only so much to it in a second, in however many ways it is asked', async () => {
    const service = await llmnrService()
    const name = nameOf('files01.local')
    const asked = (count: number) =>
      writeMessage({
        id: 0,
        flags: 0,
        questions: Array.from({length: count % 32}, (_, at) => ({
          name,
          type: ((count >> 5) >> at) & 1 ? TYPE.A : TYPE.ANY,
          class: 1,
        })),
      })
    const said = Array.from({length: 2000}, (_, at) => ask(service, 5353, asked(at), PEER).toGroup?.length ?? 0)
    expect(said.reduce((sum, count) => sum + count, 0)).toBe(64)
  })

  it('answers whoever wants it alone, and nobody who has it', async () => {
    const service = await llmnrService()
    const alone = ask(service, 5353, query('files01.local', 'A', WANTS_IT_ALONE), PEER)
    expect(alone.replies.map((reply) => reply.toString('hex'))).toEqual([golden])
    const known = (ttl: number) =>
      writeMessage({
        id: 0,
        flags: 0,
        questions: [{name: nameOf('files01.local'), type: TYPE.A, class: 1}],
        answers: [address(nameOf('files01.local'), ttl, LINUX.ip)],
      })
    expect(ask(service, 5353, known(60), PEER).toGroup).toBeUndefined()
    expect(ask(service, 5353, known(59), PEER).toGroup).toHaveLength(1)
  })

  it('announces what it was told to', async () => {
    const service = await llmnrService({announce: ['http:80', 'ipp:631']})
    const {replies} = ask(service, 5353, query('_services._dns-sd._udp.local', 'PTR', PLAIN))
    expect(read(replies[0]).answers).toHaveLength(2)
  })
})

describe('Windows', () => {
  it('knows its name by mDNS, and offers nothing', async () => {
    const service = await llmnrService(OFFERS, WINDOWS)
    const {answers} = read(ask(service, 5353, query('desktop-7q2k1lm.local', 'A', PLAIN)).replies[0])
    expect(answers.map(({name}) => nameText(name))).toEqual(['DESKTOP-7Q2K1LM.local'])
    expect(ask(service, 5353, query('_services._dns-sd._udp.local', 'PTR', PLAIN)).replies).toEqual([])
  })
})

describe('what is recorded', () => {
  it('is what was asked of it, and nothing that goes by on every link', async () => {
    const service = await llmnrService()
    expect(ask(service, 5353, query('files01.local', 'A', PLAIN)).events).toEqual([
      {event: 'query', data: {protocol: 'mdns', name: 'files01.local', type: 'A'}},
    ])
    const announcement = writeMessage({id: 0, flags: 0x8400, answers: [address(nameOf('tv.local'), 120, '10.99.0.7')]})
    expect(ask(service, 5353, announcement, PEER).events).toEqual([])
    expect(ask(service, 5353, Buffer.from('x')).events).toMatchObject([{event: 'malformed'}])
  })
})

describe('bytes that nobody would send', () => {
  it('never make it throw, and bring about little', async () => {
    const services = [await llmnrService(OFFERS), await llmnrService({}, WINDOWS)]
    const samples = [
      query('files01.local', 'A', PLAIN),
      query('_http._tcp.local', 'PTR', PLAIN),
      query('DESKTOP-7Q2K1LM', 'A'),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.uint8Array({maxLength: 60}),
        fc.nat(40),
        fc.constantFrom(5353, 5355),
        fc.constantFrom(5353, 40_000),
        (bytes, noise, at, port, from) => {
          const spoiled = Buffer.from(bytes)
          Buffer.from(noise).copy(spoiled, Math.min(at, spoiled.length))
          for (const service of services) {
            for (const each of [spoiled, Buffer.from(noise)]) {
              const {
                replies,
                toGroup = [],
                events,
              } = ask(service, port, each, {peer: {ip: connection().peer.ip, port: from}})
              expect(replies.length + toGroup.length + events.length).toBeLessThan(8)
            }
          }
        },
      ),
      {numRuns: 3000},
    )
  })
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {UdpHandler} from '../../../../src/decoy/service.ts'
import {nbnsService, question, STATUS, WINDOWS} from './support.ts'

async function handlerOf(facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Promise<UdpHandler> {
  const handler = (await nbnsService(facts, options)).udp?.(137)
  if (handler === undefined) throw new TypeError('no UDP port')
  return handler
}

function ask(handler: UdpHandler, bytes: Buffer) {
  return handler.datagram(bytes, {
    peer: {ip: '10.213.7.2', port: 40_000},
    local: {ip: '10.213.7.1', port: 137},
    limits: DEFAULT_LIMITS,
    now: () => 0,
    random: (size) => Buffer.alloc(size, 7),
  })
}

/** As nmbd 4.17.12-Debian answered in a network of its own: names, flags, lifetimes and all. */
const NMBD_STATUS =
  '13378400000000010000000020434b41414141414141414141414141414141414141414141414141414141414100002100010000000000890546494c45533031202020202020202000040046494c45533031202020202020202003040046494c455330312020202020202020200400574f524b47524f5550202020202020008400574f524b47524f55502020202020201e840000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
const NMBD_NAME =
  '133885800000000100000000204547454a454d454646444441444243414341434143414341434143414341434100002000010003f480000600000ad50701'
const NMBD_GROUP =
  '13408580000000010000000020464845504643454c45484643455046464641434143414341434143414341414100002000010003f480000680000ad50701'

describe('the name service of Samba', () => {
  it('answers byte for byte as nmbd does', async () => {
    const handler = await handlerOf()
    const hex = (bytes: Buffer) => ask(handler, bytes).replies.map((reply) => reply.toString('hex'))
    expect(hex(STATUS)).toEqual([NMBD_STATUS])
    expect(hex(question(0x1338, 'FILES01', 0x20, 0x20))).toEqual([NMBD_NAME])
    expect(hex(question(0x1340, 'WORKGROUP', 0, 0x20))).toEqual([NMBD_GROUP])
  })

  it('says nothing to questions for others, and records them', async () => {
    const handler = await handlerOf()
    const {replies, events} = ask(handler, question(1, 'WPAD', 0, 0x20))
    expect(replies).toEqual([])
    expect(events).toMatchObject([{event: 'query', data: {operation: 'name-query', name: 'WPAD', ours: false}}])
  })
})

describe('the name service of Windows', () => {
  it('tells its names and its card', async () => {
    const [reply] = ask(await handlerOf(WINDOWS), STATUS).replies
    expect(reply?.toString('latin1')).toContain('FILES01        \x20')
    expect(reply?.toString('hex')).toContain('00155d010203')
  })

  it('has the names of a controller only on a controller', async () => {
    const controller = {...WINDOWS, archetype: 'domain-controller', domain: 'corp.example'}
    const [reply] = ask(await handlerOf(controller), STATUS).replies
    expect(reply?.toString('latin1')).toContain('CORP           \x1c')
    const [member] = ask(await handlerOf({...WINDOWS, domain: 'corp.example'}), STATUS).replies
    expect(member?.toString('latin1')).not.toContain('\x1c')
  })
})

describe('options', () => {
  it('product and workgroup change the table', async () => {
    const handler = await handlerOf(WINDOWS, {product: 'samba', workgroup: 'office'})
    const [reply] = ask(handler, STATUS).replies
    expect(reply?.toString('latin1')).toContain('OFFICE         \x1e')
    expect(reply?.toString('hex')).not.toContain('00155d010203')
  })
})

describe('what is no question', () => {
  it('is never answered', async () => {
    const handler = await handlerOf()
    const response = question(1, 'FILES01', 0x20, 0x20, 0x8500)
    expect(ask(handler, response)).toMatchObject({replies: [], events: [{event: 'probe'}]})
    expect(ask(handler, question(1, 'FILES01', 0x20, 0x20, 0x2800)).replies).toEqual([])
    expect(ask(handler, Buffer.alloc(50))).toMatchObject({replies: [], events: [{event: 'malformed'}]})
  })

  it('never makes it throw', async () => {
    const handler = await handlerOf()
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 80}), fc.nat(49), (noise, at) => {
        const bytes = Buffer.from(STATUS)
        Buffer.from(noise).copy(bytes, at)
        expect(ask(handler, bytes).replies.length).toBeLessThan(2)
        expect(ask(handler, Buffer.from(noise)).replies).toEqual([])
      }),
      {numRuns: 2000},
    )
  })
})

describe('two deckies', () => {
  it('have nothing in common but the form', async () => {
    const one = ask(await handlerOf(WINDOWS), STATUS).replies[0]
    const other = ask(await handlerOf({...WINDOWS, hostname: 'APP02', mac: '00:15:5d:aa:bb:cc'}), STATUS).replies[0]
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false)
    expect(other?.toString('hex')).toContain('00155daabbcc')
  })
})

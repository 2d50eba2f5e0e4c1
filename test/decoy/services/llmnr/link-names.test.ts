import {describe, expect, it} from 'vitest'

import {LLMNR} from '../../../../src/decoy/services/llmnr/definition.ts'
import {query, read} from '../dns/client.ts'
import {ask, LINUX, llmnrService, WINDOWS} from './support.ts'

const PLAIN = {flags: 0}

describe('link-local names', () => {
  it('are answered as Windows does, which writes the name twice', async () => {
    const {replies, events} = ask(await llmnrService({}, WINDOWS), 5355, query('desktop-7q2k1lm', 'A', PLAIN))
    const name = Buffer.from('\x0fdesktop-7q2k1lm\0', 'latin1').toString('hex')
    expect(replies.map((reply) => reply.toString('hex'))).toEqual([
      `133780000001000100000000${name}00010001${name}000100010000001e00040a630002`,
    ])
    expect(events).toEqual([{event: 'query', data: {protocol: 'llmnr', name: 'desktop-7q2k1lm', type: 'A'}}])
  })

  it('are answered as systemd-resolved does, which points to it', async () => {
    const [reply] = ask(await llmnrService(), 5355, query('files01', 'A', PLAIN)).replies
    expect(reply?.toString('hex')).toMatch(/c00c000100010000001e00040a630002$/)
  })

  it('have an address and a name of it, and nothing of any other type', async () => {
    const service = await llmnrService()
    const counts = (name: string, type: 'A' | 'AAAA' | 'PTR' | 'ANY') => {
      const [reply] = ask(service, 5355, query(name, type, PLAIN)).replies
      return reply === undefined ? null : [read(reply).rcode, read(reply).answers.length]
    }
    expect(counts('files01', 'AAAA')).toEqual([0, 0])
    expect(counts('files01', 'ANY')).toEqual([0, 1])
    expect(counts('2.0.99.10.in-addr.arpa', 'PTR')).toEqual([0, 1])
    expect(counts('files01.local', 'A')).toBeNull()
  })

  it('of others are nobody’s business', async () => {
    const service = await llmnrService()
    expect(ask(service, 5355, query('wpad', 'A', PLAIN))).toEqual({replies: [], events: []})
  })

  it('are not claimed by what is no query', async () => {
    const service = await llmnrService()
    const said = (bytes: Buffer) => ask(service, 5355, bytes)
    expect(said(query('files01', 'A', {flags: 0x8000}))).toMatchObject({replies: [], events: [{event: 'probe'}]})
    expect(said(query('files01', 'A', {opcode: 4}))).toMatchObject({replies: [], events: [{event: 'malformed'}]})
    expect(said(Buffer.alloc(12))).toMatchObject({replies: [], events: [{event: 'malformed'}]})
  })

  it('can be those of another product', async () => {
    const windows = await llmnrService({product: 'windows'})
    const linux = await llmnrService({product: 'avahi'}, WINDOWS)
    const length = async (service: typeof windows, name: string) =>
      ask(service, 5355, query(name, 'A', PLAIN)).replies[0]?.length
    expect(await length(windows, LINUX.hostname)).toBe(12 + 13 + 9 + 14)
    expect(await length(linux, WINDOWS.hostname)).toBe(12 + 21 + 2 + 14)
  })

  it.each([5353, 5355])('are found by the self-test of port %i', async (port) => {
    const service = await llmnrService({}, WINDOWS)
    const test = service.selfTest(port, 'udp')
    expect(test.accepts(ask(service, port, test.send).replies[0] ?? Buffer.alloc(0))).toBe(true)
    expect(LLMNR.ports.map((each) => each.port)).toContain(port)
  })
})

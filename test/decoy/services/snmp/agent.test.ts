/** Who is served, what is recorded, and what is not answered. */
import {describe, expect, it} from 'vitest'

import type {Connection} from '../../../../src/decoy/service.ts'
import {PDU} from '../../../../src/decoy/services/snmp/wire/pdu.ts'
import {address, integer, text} from '../../../../src/decoy/services/snmp/wire/values.ts'
import {OID, request, usmRequest, V1} from './corpus.ts'
import {agent, ask, get, machine, pduOf, tell, textOf} from './support.ts'

const STRANGER: Partial<Connection> = {proven: false}
const from = (ip: string): Partial<Connection> => ({peer: {ip, port: 40_000}})

describe('a community', () => {
  it('that is wrong gets no answer, and every try is recorded', () => {
    const service = agent()
    for (const community of ['private', '', 'x'.repeat(1024), 'a\n<34>1 forged']) {
      const {reply, events} = tell(service, request({community, names: [OID.NAME]}))
      expect(reply).toBeNull()
      expect(events).toMatchObject([{event: 'auth.attempt', credential: {method: 'community', outcome: 'failure'}}])
      expect(events[0]?.credential?.secret?.base64).toBe(Buffer.from(community).toString('base64'))
      expect(JSON.stringify(events)).not.toContain('\\n')
    }
  })

  it('that is wrong is recorded whatever follows it', () => {
    const broken = request({community: 'guess', names: [OID.NAME]})
    broken.fill(0xff, 20)
    expect(tell(agent(), broken)).toMatchObject({reply: null, events: [{event: 'auth.attempt'}]})
  })

  it('that is right is recorded once for a source, its queries always', () => {
    const service = agent()
    const names = (source: string) =>
      tell(service, request({names: [OID.NAME]}), from(source)).events.map(({event}) => event)
    expect(names('10.0.0.1')).toEqual(['auth.attempt', 'query'])
    expect(names('10.0.0.1')).toEqual(['query'])
    expect(names('10.0.0.2')).toEqual(['auth.attempt', 'query'])
  })
})

describe('options', () => {
  it('community replaces `public`', () => {
    const service = agent({}, {community: 'monitoring'})
    expect(tell(service, request({names: [OID.NAME]})).reply).toBeNull()
    expect(ask(service, {community: 'monitoring', names: [OID.NAME]}).first).toBe(0)
  })

  it('write_community lets in who writes; without it nobody does', () => {
    const set = {community: 'rw', type: PDU.SET, names: [[OID.NAME, text('x')]] as const}
    expect(tell(agent(), request(set)).reply).toBeNull()
    expect(ask(agent({}, {write_community: 'rw'}), set).first).toBe(0)
    expect(ask(machine('printer'), {community: 'private', names: [OID.NAME]}).first).toBe(0)
    expect(
      tell(machine('printer', {write_community: 'rw'}), request({community: 'private', names: [OID.NAME]})).reply,
    ).toBeNull()
  })

  it('contact and location are told', () => {
    const service = agent({}, {contact: 'noc', location: 'cellar'})
    expect([textOf(service, OID.CONTACT), textOf(service, OID.LOCATION)]).toEqual(['noc', 'cellar'])
    expect(textOf(agent(), OID.CONTACT)).toMatch(/@corp\.example$/)
  })

  it('product replaces the kind of machine', () => {
    expect(textOf(agent({}, {product: 'ups'}), OID.DESCRIPTION)).toMatch(/^APC/)
  })
})

describe('writing', () => {
  const service = agent({}, {write_community: 'private'})
  const set = (names: Parameters<typeof ask>[1]['names']) => ({community: 'private', type: PDU.SET, names})

  it('is recorded with what was written, and stays', () => {
    const {events} = tell(service, request(set([[OID.LOCATION, text('owned\x1b[2J')]])))
    expect(events.at(-1)).toMatchObject({event: 'query', data: {operation: 'set', oids: [OID.LOCATION], status: 0}})
    expect(JSON.stringify(events)).toContain('owned\\\\x1b[2J')
    expect(textOf(service, OID.LOCATION)).toBe('owned\x1b[2J')
  })

  it('does all or nothing', () => {
    const answer = ask(
      service,
      set([
        [OID.CONTACT, text('me')],
        [OID.DESCRIPTION, text('x')],
      ]),
    )
    expect([answer.first, answer.second]).toEqual([17, 2])
    expect(textOf(service, OID.CONTACT)).not.toBe('me')
  })

  it('takes no text that is longer than a DisplayString', () => {
    expect(ask(service, set([[OID.NAME, text('x'.repeat(256))]])).first).toBe(8)
    expect(ask(service, {...set([[OID.NAME, text('x'.repeat(256))]]), version: V1}).first).toBe(3)
  })

  it('is bounded, however much is written', () => {
    const copying = machine('cisco', {write_community: 'private'})
    const column = '1.3.6.1.4.1.9.9.96.1.1.1.1.2'
    for (let row = 0; row < 400; row++) ask(copying, set([[`${column}.${row}`, integer(1)]]))
    expect(numberOfRows(copying, column)).toBeLessThanOrEqual(256)
  })

  it('has a switch send its configuration away, which is recorded and does not happen', () => {
    const copying = machine('cisco', {write_community: 'private'})
    const table = '1.3.6.1.4.1.9.9.96.1.1.1.1'
    const {events} = tell(
      copying,
      request(
        set([
          [`${table}.2.336`, integer(1)],
          [`${table}.5.336`, address('198.51.100.7')],
          [`${table}.6.336`, text('x.cfg')],
          [`${table}.14.336`, integer(4)],
        ]),
      ),
    )
    expect(events.at(-1)?.data).toMatchObject({
      operation: 'set',
      status: 0,
      values: [1, '198.51.100.7', {text: 'x.cfg'}, 4],
    })
    expect(get(copying, `${table}.14.336`).content).toEqual(Buffer.from([4]))
  })
})

function numberOfRows(service: ReturnType<typeof agent>, column: string): number {
  let rows = 0
  for (let name = column; rows < 1000; rows++) {
    const [varbind] = ask(service, {type: PDU.GET_NEXT, names: [name]}).varbinds
    if (varbind === undefined || !varbind.oid.startsWith(`${column}.`)) return rows
    name = varbind.oid
  }
  return rows
}

describe('a source that may be forged', () => {
  it('never gets more than it sent', () => {
    const service = agent()
    const requests = [
      request({names: [OID.DESCRIPTION]}),
      request({version: V1, names: [OID.DESCRIPTION]}),
      request({type: PDU.GET_BULK, second: 2_147_483_647, names: ['1.3.6.1.2.1']}),
      request({type: PDU.GET_BULK, second: 2_147_483_647, names: Array<string>(50).fill('1.3.6.1.2.1')}),
      request({type: PDU.GET_NEXT, names: ['1.3.6.1.2.1']}),
    ]
    for (const bytes of requests) {
      const {reply} = tell(service, bytes, STRANGER)
      expect(reply?.length).toBeLessThanOrEqual(bytes.length)
    }
  })

  it('is told that the answer is too big', () => {
    const {reply, events} = tell(agent(), request({names: [OID.DESCRIPTION]}), STRANGER)
    expect(reply).not.toBeNull()
    expect(pduOf(reply ?? Buffer.alloc(0))).toMatchObject({first: 1, varbinds: []})
    expect(events.at(-1)).toMatchObject({event: 'query', data: {status: 1}})
  })
})

describe('GetBulk', () => {
  it('ends before its message gets too long, and serves no more repetitions than a real agent', () => {
    const bytes = request({type: PDU.GET_BULK, second: 2_147_483_647, names: ['1.3.6.1.2.1']})
    expect(tell(machine('printer'), bytes).reply?.length).toBeLessThanOrEqual(1472)
    expect(ask(agent(), {type: PDU.GET_BULK, second: 2_147_483_647, names: ['1.3.6.1.2.1']}).varbinds).toHaveLength(100)
  })
})

describe('a walk', () => {
  it('is recorded where it begins and for each group that it gets to, not at every step', () => {
    const service = agent()
    const seen: string[][] = []
    let name = '1.3.6.1.2.1'
    for (let step = 0; step < 60; step++) {
      const {reply, events} = tell(service, request({type: PDU.GET_NEXT, names: [name]}))
      name = reply === null ? name : (pduOf(reply).varbinds[0]?.oid ?? name)
      const query = events.find(({event}) => event === 'query')
      if (query !== undefined) seen.push(query.data?.oids as string[])
    }
    expect(seen[0]).toEqual(['1.3.6.1.2.1'])
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.length).toBeLessThan(6)
  })

  it('of somebody else is another one', () => {
    const service = agent()
    const step = (ip: string, name: string) =>
      tell(service, request({type: PDU.GET_NEXT, names: [name]}), from(ip)).events.filter(
        ({event}) => event === 'query',
      ).length
    expect([step('10.0.0.1', OID.DESCRIPTION), step('10.0.0.1', OID.OBJECT_ID), step('10.0.0.2', OID.UPTIME)]).toEqual([
      1, 0, 1,
    ])
  })
})

describe('what is no request', () => {
  it.each([
    ['a response', request({type: PDU.RESPONSE, names: [OID.NAME]}), 'probe'],
    ['a trap of version 1', request({type: PDU.TRAP_V1, names: []}), 'probe'],
    ['an inform', request({type: PDU.INFORM, names: [OID.NAME]}), 'probe'],
    ['noise', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'malformed'],
    ['nothing', Buffer.alloc(0), 'malformed'],
  ])('%s is not answered, and recorded', (_, bytes, event) => {
    const {reply, events} = tell(agent(), bytes)
    expect(reply).toBeNull()
    expect(events.at(-1)?.event).toBe(event)
  })

  it('version 3 is nothing to agents that have none', () => {
    expect(tell(machine('windows'), usmRequest())).toMatchObject({reply: null, events: [{event: 'malformed'}]})
  })
})

describe('the self-test', () => {
  it.each([{}, {community: 'other'}])('is answered with %o', (options) => {
    const service = agent({}, options)
    const test = service.selfTest(161, 'udp')
    const {reply} = tell(service, test.send, {proven: false, rehearsal: true})
    expect(test.accepts(reply ?? Buffer.alloc(0))).toBe(true)
  })
})

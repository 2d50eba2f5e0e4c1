import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {OPCODE, RCODE, TYPE, typeName} from '../../../../src/decoy/codecs/dns/constants.ts'
import type {ReadRecord} from '../../../../src/decoy/codecs/dns/message.ts'
import {nameText, readName} from '../../../../src/decoy/codecs/dns/name.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {chaos, framed, query, read} from './client.ts'
import {CORPUS} from './corpus.ts'
import {answerTo, ask, connection, controller, dnsService, NOW, named} from './support.ts'
import {abuseOfWatch} from './watch-cases.ts'

const address = ({data}: ReadRecord): string => [...data].join('.')
/** The records of a transfer, as a secondary reads them. */
function transferred(service: Service, zone: string): readonly ReadRecord[] {
  const handler = service.tcp?.(53)
  if (handler?.kind !== 'protocol') throw new TypeError('dns is a protocol')
  const actions = handler.session(connection()).feed(framed(query(zone, 'AXFR')))
  const reply = Buffer.concat(actions.flatMap((each) => (each.type === 'write' ? [each.data] : [])))
  return read(reply.subarray(2)).answers
}

const target = (bytes: Buffer, {at}: ReadRecord, behind: number): string => nameText(readName(bytes, at + behind).name)

describe('the name server of a controller', () => {
  it.each([
    ['_ldap._tcp', 389],
    ['_ldap._tcp.Default-First-Site-Name._sites', 389],
    ['_kerberos._tcp', 88],
    ['_kerberos._udp', 88],
    ['_kpasswd._udp', 464],
    ['_gc._tcp', 3268],
    ['_ldap._tcp.dc._msdcs', 389],
    ['_ldap._tcp.pdc._msdcs', 389],
    ['_kerberos._tcp.dc._msdcs', 88],
    ['_ldap._tcp.gc._msdcs', 3268],
  ])('finds the domain’s own %s', async (name, port) => {
    const service = await controller()
    const bytes = ask(service, query(`${name}.corp.example`, 'SRV')).replies[0] ?? Buffer.alloc(0)
    const {answers, additionals} = read(bytes)
    const [srv] = answers
    if (srv === undefined) throw new TypeError('no SRV record')
    expect(srv.data.readUInt16BE(4)).toBe(port)
    expect(target(bytes, srv, 6)).toBe('ber-dc01.corp.example')
    expect(additionals.map(address)).toEqual(['192.168.1.5'])
  })

  it('is one of Windows: nothing of the class CHAOS, no cookies, datagrams of 4000 octets', async () => {
    const service = await controller()
    const asked = chaos('version.bind')
    const {flags, answers, questions} = answerTo(service, asked)
    expect([flags, answers.length, questions.length]).toEqual([0x8104, 0, 1])
    const cookie = {code: 10, data: Buffer.alloc(8, 1)}
    const [opt] = answerTo(service, query('corp.example', 'SOA', {edns: {options: [cookie]}})).additionals.slice(-1)
    expect([opt?.class, opt?.data.length]).toEqual([4000, 0])
  })

  it('knows the servers that the directory lists, and names in the letters of the client', async () => {
    const names = transferred(await controller({transfer: true}), 'corp.example').map(({name}) => nameText(name))
    expect(names.filter((name) => /^ber-(?:fs|sql|web)\d\d\./.test(name))).toHaveLength(3)
    const {answers} = answerTo(await controller(), query('BER-dc01.CORP.example', 'A'))
    expect(answers.map(({name}) => nameText(name))).toEqual(['BER-dc01.CORP.example'])
  })

  it('speaks for a domain on whatever machine it stands', async () => {
    const service = await dnsService({product: 'windows'}, {domain: null})
    expect(answerTo(service, query('_ldap._tcp.corp.local', 'SRV')).answers).toHaveLength(1)
  })
})

describe('the name server of a company', () => {
  it.each(['vpn', 'intranet', 'sccm', 'backup', 'www', 'vm', 'ns1', 'mail'])('leads %s to itself', async (name) => {
    const {answers} = answerTo(await dnsService(), query(`${name}.corp.example`, 'A'))
    expect(address(answers.at(-1) as ReadRecord)).toBe('192.168.1.5')
  })

  it('knows its network backwards', async () => {
    const bytes = ask(await dnsService(), query('5.1.168.192.in-addr.arpa', 'PTR')).replies[0] ?? Buffer.alloc(0)
    expect(target(bytes, read(bytes).answers[0] as ReadRecord, 0)).toBe('vm.corp.example')
  })

  it('resolves nothing else', async () => {
    for (const service of [await dnsService(), await controller()]) {
      const {flags, answers} = answerTo(service, query('www.wikipedia.org', 'A'))
      expect([flags & 0x8f, answers.length]).toEqual([RCODE.REFUSED, 0])
    }
  })
})

describe('options', () => {
  it('domain replaces that of the fleet', async () => {
    for (const product of ['bind', 'windows']) {
      const service = await dnsService({product, domain: 'Lab.Test'})
      expect(answerTo(service, query('lab.test', 'SOA')).answers).toHaveLength(1)
      expect(answerTo(service, query('corp.example', 'SOA')).rcode).toBe(RCODE.REFUSED)
    }
  })

  it('extra_records add names, and take the place of lures', async () => {
    const lines = [
      'sql01 A 192.168.1.80',
      'vpn A 192.168.1.81',
      'six AAAA 2001:db8::5',
      'files CNAME sql01',
      '@ TXT "hello"',
    ]
    for (const product of ['bind', 'windows']) {
      const service = await dnsService({product, extra_records: lines})
      const one = (name: string, type: keyof typeof TYPE) =>
        answerTo(service, query(`${name}corp.example`, type)).answers
      expect(one('vpn.', 'A').map(address)).toEqual(['192.168.1.81'])
      expect(one('files.', 'A').map((record) => typeName(record.type))).toEqual(['CNAME', 'A'])
      expect(one('six.', 'AAAA')[0]?.data.toString('hex')).toBe('20010db8000000000000000000000005')
      expect(one('', 'TXT').map(({data}) => data.toString('latin1', 1))).toContain('hello')
      const {answers} = answerTo(service, query('80.1.168.192.in-addr.arpa', 'PTR'))
      expect(answers).toHaveLength(1)
    }
  })

  it('bind_version and nsid are told', async () => {
    const service = await dnsService({bind_version: 'surely not', nsid: 'edge-7'})
    const text = (name: string) => answerTo(service, chaos(name)).answers.map(({data}) => data.toString('latin1', 1))
    expect([text('version.bind'), text('id.server')]).toEqual([['surely not'], ['edge-7']])
  })

  it('transfer gives the whole zone away', async () => {
    const records = transferred(await controller({transfer: true}), 'corp.example')
    expect([records.at(0)?.type, records.at(-1)?.type]).toEqual([TYPE.SOA, TYPE.SOA])
    expect(records.map(({name}) => nameText(name))).toContain('vpn.corp.example')
    expect(transferred(await controller(), 'corp.example')).toEqual([])
  })
})

describe('a sender whose address may be forged', () => {
  const stranger = {proven: false}

  it('never gets more than it sent, and is told to come by TCP', async () => {
    for (const service of [await dnsService({transfer: true, nsid: 'edge-7'}), await controller()]) {
      for (const question of [...Object.values(CORPUS), query('_ldap._tcp.corp.example', 'SRV', {edns: {}})]) {
        for (const reply of ask(service, question, stranger).replies)
          expect(reply.length).toBeLessThanOrEqual(question.length)
      }
      const asked = query('corp.example', 'SOA', {edns: {}})
      const {flags, answers} = answerTo(service, asked, stranger)
      expect([flags & 0x0200, answers.length]).toEqual([0x0200, 0])
    }
  })

  it('is known once it shows a cookie that it got', async () => {
    const service = await dnsService()
    const asked = (data: Buffer) => query('corp.example', 'SOA', {edns: {options: [{code: 10, data}]}})
    const [opt] = answerTo(service, asked(Buffer.alloc(8, 7))).additionals
    const cookie = opt?.data.subarray(4) ?? Buffer.alloc(0)
    expect(cookie).toHaveLength(24)
    expect(ask(service, asked(cookie), stranger)).toMatchObject({proven: true})
    expect(answerTo(service, asked(cookie), stranger).answers).toHaveLength(1)
    const elsewhere = {...stranger, peer: {ip: '10.9.9.9', port: 53}}
    expect(ask(service, asked(cookie), elsewhere).proven).toBe(false)
    const later = {...stranger, now: () => NOW + 2 * 3_600_000}
    expect(ask(service, asked(cookie), later).proven).toBe(false)
  })
})

describe('what is recorded', () => {
  it('is each question with its answer', async () => {
    const {events} = ask(await dnsService(), query('vpn.corp.example', 'A'))
    expect(events).toEqual([
      {event: 'query', data: {name: 'vpn.corp.example', type: 'A', transport: 'udp', answer: 'NOERROR'}},
    ])
    expect(ask(await controller(), chaos('version.bind')).events).toMatchObject([
      {data: {class: 'CH', answer: 'NOTIMP'}},
    ])
  })

  it('is who wanted a zone, or to change one', async () => {
    const service = await dnsService()
    const handler = service.tcp?.(53)
    if (handler?.kind !== 'protocol') throw new TypeError('dns is a protocol')
    const actions = handler.session(connection()).feed(framed(query('corp.example', 'AXFR')))
    const events = actions.flatMap((each) => (each.type === 'event' ? [each.event] : []))
    expect(named(events, 'probe')).toMatchObject([
      {data: {what: 'zone transfer', name: 'corp.example', granted: false}},
    ])
    const update = ask(service, CORPUS.update ?? Buffer.alloc(0))
    expect(read(update.replies[0]).rcode).toBe(RCODE.REFUSED)
    expect(update.events).toMatchObject([
      {
        event: 'request',
        data: {operation: 'update', changes: [{operation: 'add', name: 'new.corp.example', type: 'PTR'}]},
      },
    ])
  })

  it('is what no resolver sends', async () => {
    const service = await dnsService()
    const what = (bytes: Buffer) => ask(service, bytes).events
    expect(what(query('corp.example', 'A', {flags: 0x8000}))).toMatchObject([
      {event: 'probe', data: {what: 'unasked response'}},
    ])
    expect(what(query('corp.example', 'A', {opcode: OPCODE.STATUS}))).toMatchObject([
      {event: 'probe', data: {what: 'status'}},
    ])
    expect(what(Buffer.from('short'))).toMatchObject([{event: 'malformed'}])
  })

  it('has no octet of a name that could forge a line', async () => {
    const hostile = Buffer.concat([
      Buffer.from('133701000001000000000000', 'hex'),
      Buffer.from('\x07a\x1b[2J\nb\0\0\x01\0\x01', 'latin1'),
    ])
    expect(JSON.stringify(ask(await dnsService(), hostile).events)).toContain('a\\\\x1b[2J\\\\x0ab')
  })
})

describe('many queries of one source', () => {
  it('that carry data in names are a tunnel, told once', async () => {
    const service = await dnsService()
    const events = abuseOfWatch.tunnel.flatMap((name) => ask(service, query(name, 'TXT')).events)
    expect(named(events, 'probe')).toMatchObject([{data: {what: 'tunnel', domain: 'evil.example'}}])
  })

  it('for hosts as they are called everywhere are none', async () => {
    const service = await dnsService()
    const events = abuseOfWatch.ordinary.flatMap((name) => ask(service, query(name, 'A')).events)
    expect(named(events, 'probe')).toEqual([])
  })

  it('in a short time are a flood, told once', async () => {
    const service = await dnsService()
    const flood = () => Array.from({length: 400}, () => ask(service, query('corp.example', 'A')).events).flat()
    expect(named(flood(), 'probe')).toMatchObject([{data: {what: 'flood'}}])
    const others = Array.from({length: 400}, (_, index) =>
      ask(service, query('corp.example', 'A'), {peer: {ip: `10.0.0.${index % 100}`, port: 1}}),
    )
    expect(
      named(
        others.flatMap(({events}) => [...events]),
        'probe',
      ),
    ).toEqual([])
  })
})

describe('two deckies and two installs', () => {
  it('have zones of their own', async () => {
    const fleet = {seed: '44'.repeat(32), site: 'par', controller: 'DC01'}
    const serial = async (facts: Parameters<typeof dnsService>[1]) =>
      transferred(await dnsService({transfer: true}, facts), 'corp.example').map(
        ({name, data}) => `${nameText(name)} ${data.toString('hex')}`,
      )
    const [one, other] = [await serial({}), await serial({fleet, hostname: 'ns7', seed: '55'.repeat(32)})]
    expect(one[0]).not.toBe(other[0])
    expect(new Set([...one, ...other]).size).toBeGreaterThan(one.length)
  })
})

describe('bytes that nobody would send', () => {
  it('never make it throw', async () => {
    const services = [await dnsService({transfer: true}), await controller()]
    const samples = Object.values(CORPUS)
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.uint8Array({maxLength: 40}), fc.nat(60), (bytes, noise, at) => {
        const spoiled = Buffer.from(bytes)
        Buffer.from(noise).copy(spoiled, Math.min(at, spoiled.length))
        for (const service of services) for (const each of [spoiled, Buffer.from(noise)]) ask(service, each)
      }),
      {numRuns: 3000},
    )
  })
})

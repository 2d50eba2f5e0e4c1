import {describe, expect, it} from 'vitest'

import {adu, bytes, connect, FACTS, modbusService, NOW} from './support.ts'

const text = (value: string): string => Buffer.from(value).toString('hex')

describe('tables', () => {
  it('answer with the transaction and the unit of the request', async () => {
    const client = connect(await modbusService())
    const reply = client.send(adu('03 0010 0002', 9))
    expect(reply.subarray(0, 7).toString('hex')).toBe('01020000000709')
    expect(reply.subarray(7, 9).toString('hex')).toBe('0304')
  })

  it('pack bits from the lowest place on (V1.1b3 §6.1, §6.11)', async () => {
    const client = connect(await modbusService())
    expect(client.ask('0f 0013 000a 02 cd01')).toBe('0f0013000a')
    expect(client.ask('01 0013 000a')).toBe('0102cd01')
    expect(client.ask('05 0014 ff00')).toBe('050014ff00')
    expect(client.ask('01 0013 0003')).toBe('010107')
    expect(client.ask('05 0014 0000')).toBe('0500140000')
    expect(client.ask('01 0013 0003')).toBe('010105')
  })

  it('keep words (§6.6, §6.12)', async () => {
    const client = connect(await modbusService())
    expect(client.ask('10 0080 0002 04 000a 0102')).toBe('1000800002')
    expect(client.ask('06 0082 0003')).toBe('0600820003')
    expect(client.ask('03 0080 0003')).toBe('0306000a01020003')
  })

  it('are the same for the next connection', async () => {
    const service = await modbusService()
    connect(service).ask('06 0090 beef')
    expect(connect(service).ask('03 0090 0001')).toBe('0302beef')
  })

  it('mask a word as §6.16 computes it', async () => {
    const client = connect(await modbusService({product: 'wago'}))
    client.ask('06 3040 0012')
    expect(client.ask('16 3040 00f2 0025')).toBe('16304000f20025')
    expect(client.ask('03 3040 0001')).toBe('03020017')
  })

  it('write before they read (§6.17)', async () => {
    const client = connect(await modbusService({product: 'schneider'}))
    expect(client.ask('17 0080 0002 0081 0001 02 00ff')).toBe('1704000000ff')
  })
})

describe('exceptions', () => {
  it.each([
    ['a function it has not', '11', '9101'],
    ['a function nobody has', '5a 00', 'da01'],
    ['an address behind the end', '03 0100 0001', '8302'],
    ['a range over the end', '03 00ff 0002', '8302'],
    ['no register', '03 0000 0000', '8303'],
    ['too many registers', '03 0000 007e', '8303'],
    ['too many coils', '01 0000 07d1', '8103'],
    ['a coil that is neither on nor off', '05 0000 1234', '8503'],
    ['a count that is not that of the bytes', '10 0000 0002 02 0001', '9003'],
    ['a request cut short', '03 00', '8303'],
  ])('of %s', async (_, request, reply) => {
    expect(connect(await modbusService()).ask(request)).toBe(reply)
  })

  it('write nothing of a range that is partly outside', async () => {
    const client = connect(await modbusService())
    expect(client.ask('10 00ff 0002 04 1111 2222')).toBe('9002')
    expect(client.ask('03 00ff 0001')).toBe('03020000')
  })

  it('come late from a gateway for a meter that is not there', async () => {
    const client = connect(await modbusService({product: 'gateway'}))
    expect(client.ask('03 0000 0001', 77)).toBe('830b')
    expect(client.actions.some((action) => action.type === 'delay' && action.ms === 1000)).toBe(true)
    expect(client.events).toMatchObject([{event: 'query', data: {unit: 77, exception: 11}}])
  })
})

describe('identification', () => {
  it('of Schneider names vendor, product and revision', async () => {
    const client = connect(await modbusService({product: 'schneider'}))
    const reply = bytes(client.ask('2b 0e 01 00')).toString('latin1')
    expect(reply.slice(0, 7)).toBe('\x2b\x0e\x01\x81\x00\x00\x03')
    expect(reply.slice(7)).toMatch(
      /^\x00\x12Schneider Electric\x01[\x0c\x0d]BMX P34 20[0-9]{2,3}\x02\x05v[23]\.[0-9]{2}$/,
    )
    expect(client.ask('2b 0e 04 00')).toBe(`2b0e0481000001${'0012'}${text('Schneider Electric')}`)
    expect(client.ask('2b 0e 04 05')).toBe('ab02')
    expect(client.ask('2b 0e 07 00')).toBe('ab03')
    expect(client.ask('2b 0d 01 00')).toBe('ab01')
  })

  it('of a Siemens controller there is none, as its program has none', async () => {
    expect(connect(await modbusService()).ask('2b 0e 01 00')).toBe('ab01')
  })

  it('of a meter has a server identifier', async () => {
    const client = connect(await modbusService({product: 'gateway'}))
    const reply = bytes(client.ask('11'))
    expect(reply.subarray(2, 4).toString('hex')).toBe('faff')
    expect(reply.subarray(4).toString()).toMatch(/^PM\d+/)
    expect(reply[1]).toBe(reply.length - 2)
    expect(bytes(client.ask('2b 0e 01 00', 255)).toString('latin1')).toMatch(/EGX/)
  })

  it('of WAGO is in registers', async () => {
    const client = connect(await modbusService({product: 'wago'}))
    expect(client.ask('03 2000 0005')).toBe('030a0000ffff1234aaaa5555')
    expect(client.ask('03 2011 0002')).toMatch(/^030402ee03(?:49|70|71)$/)
    expect(client.ask('06 2010 0001')).toBe('8602')
  })

  it('follows the vendor of the Ethernet address', async () => {
    const client = connect(await modbusService({}, {mac: '00:80:F4:01:02:03'}))
    expect(bytes(client.ask('2b 0e 01 00')).toString('latin1')).toContain('Schneider Electric')
  })
})

describe('diagnostics', () => {
  it('return what was sent, and count', async () => {
    const client = connect(await modbusService({product: 'schneider'}))
    expect(client.ask('08 0000 a537')).toBe('080000a537')
    expect(client.ask('08 000b 0000')).toBe('08000b0001')
    expect(client.ask('08 000a 0000')).toBe('08000a0000')
    expect(client.ask('08 0063 0000')).toBe('8801')
  })
})

describe('the process', () => {
  const values = async (at: number, facts = {}): Promise<number[]> => {
    const reply = bytes(connect(await modbusService({}, facts), () => at).ask('03 0008 0006'))
    return Array.from({length: 6}, (_, index) => reply.readUInt16BE(2 + index * 2))
  }

  it('moves with time, and not at random', async () => {
    const [one, again, later] = [await values(NOW), await values(NOW), await values(NOW + 3_600_000)]
    expect(again).toEqual(one)
    expect(later).not.toEqual(one)
  })

  it('does not jump', async () => {
    const [one, soon] = [await values(NOW), await values(NOW + 2000)]
    for (const [index, value] of one.entries()) expect(Math.abs((soon[index] ?? 0) - value)).toBeLessThan(60)
  })

  it('is another on another machine', async () => {
    expect(await values(NOW, {seed: '34'.repeat(32)})).not.toEqual(await values(NOW))
  })

  it('follows a set point that somebody writes', async () => {
    let now = NOW
    const client = connect(await modbusService(), () => now)
    const read = (register: number): number =>
      bytes(client.ask(`03 ${register.toString(16).padStart(4, '0')} 0001`)).readUInt16BE(2)
    const [setPoint, before] = [read(0), read(8)]
    client.ask(
      `06 0000 ${Math.round(setPoint * 0.7)
        .toString(16)
        .padStart(4, '0')}`,
    )
    expect(read(0)).toBe(Math.round(setPoint * 0.7))
    expect(Math.abs(read(8) - before)).toBeLessThan(2)
    now += 600_000
    expect(read(8)).toBeLessThan(before * 0.9)
  })

  it('cannot be told what it measures', async () => {
    const client = connect(await modbusService())
    const measured = client.ask('03 0008 0001')
    expect(client.ask('06 0008 0001')).toBe('0600080001')
    expect(client.ask('03 0008 0001')).toBe(measured)
  })
})

describe('what is no Modbus', () => {
  it('gets the exception that nmap knows the protocol by, and the end', async () => {
    const client = connect(await modbusService())
    const reply = client.send(Buffer.from('GET / HTTP/1.0\r\n\r\n'))
    expect(reply.toString('latin1')).toMatch(/^GET [\0/]\x03H\xd4[\x01-\x03]/)
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'malformed', data: {reason: 'length'}}])
  })

  it.each([0, 1, 255, 65_535])('has the length %i', async (length) => {
    const client = connect(await modbusService())
    const request = adu('03 0000 0001')
    request.writeUInt16BE(length, 4)
    expect(client.send(request).subarray(7).toString('hex')).toBe('8301')
    expect(client.closed).toBe(true)
  })

  it('is recorded when it is cut short', async () => {
    const client = connect(await modbusService())
    client.send(adu('03 0000 0001').subarray(0, 9))
    const events = client.session.end().flatMap((action) => (action.type === 'event' ? [action.event.event] : []))
    expect(events).toEqual(['malformed'])
  })
})

describe('evidence', () => {
  it('tells reading from writing and from asking for what nobody has', async () => {
    const client = connect(await modbusService())
    for (const pdu of ['03 0000 0002', '10 0040 0001 02 abcd', '05 0003 ff00', '5a 00']) client.ask(pdu, 3)
    expect(client.events).toMatchObject([
      {event: 'query', data: {function: 'read-holding-registers', unit: 3, address: 0, count: 2}},
      {event: 'command', data: {function: 'write-multiple-registers', address: 64, values: {text: '\\xab\\xcd'}}},
      {event: 'command', data: {function: 'write-single-coil', address: 3, value: true}},
      {event: 'probe', data: {function: 'function-90', exception: 1}},
    ])
  })
})

it('shares no measurement and no meter line-up with another install', async () => {
  const shown = async (seed: string): Promise<string> => {
    const service = await modbusService({product: 'gateway'}, {...FACTS, seed})
    const client = connect(service)
    return [1, 2, 3].map((unit) => client.ask('2b 0e 01 00', unit)).join() + client.ask('03 0000 0048')
  }
  expect(await shown('35'.repeat(32))).not.toBe(await shown('36'.repeat(32)))
})

import {describe, expect, it} from 'vitest'

import {PLC_VENDORS, plcOf} from '../../../../src/decoy/persona/plc.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {createService as createModbus} from '../../../../src/decoy/services/modbus/server.ts'
import {createService} from '../../../../src/decoy/services/s7/server.ts'
import {connect as connectModbus} from '../modbus/support.ts'
import {
  bytes,
  connected,
  dial,
  FACTS,
  item,
  job,
  NMAP,
  NOW,
  password,
  read,
  readList,
  START,
  STOP,
  s7Service,
  userData,
  whole,
  writeOctets,
} from './support.ts'

const zero = (buffer: Buffer, at: number): string => buffer.subarray(at, buffer.indexOf(0, at)).toString('latin1')
/** The outcome of user data: class and code. */
const outcome = (reply: Buffer): string => reply.subarray(27, 29).toString('hex')
/** Of a job: type, class and code. */
const refusal = (reply: Buffer): string => reply.subarray(8, 9).toString('hex') + reply.subarray(17, 19).toString('hex')
const values = (reply: Buffer): Buffer => reply.subarray(21)

describe('the transport', () => {
  it('confirms a connection to the place of the CPU', async () => {
    const client = dial(await s7Service())
    expect(client.send(NMAP.connect).toString('hex')).toBe('0300001611d00014070700c0010ac1020100c2020102')
    expect(client.events).toMatchObject([
      {event: 'request', data: {action: 'connect', called: '0102', calling: '0100'}},
    ])
  })

  it('refuses one to another slot', async () => {
    const client = dial(await s7Service())
    const reply = client.send(bytes('0300001611e00000000500c1020100c2020200c0010a'))
    expect(reply.toString('hex')).toBe('0300000b06800005000003')
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'probe', data: {called: '0200', refused: true}}])
  })

  it('refuses S7 communication plus, and knows it', async () => {
    const selector = Buffer.from('SIMATIC-ROOT-ES')
    const rest = Buffer.concat([bytes('e000000001 00 c1020600 c20f'), selector])
    const packet = Buffer.concat([bytes('030000'), Buffer.from([5 + rest.length, rest.length]), rest])
    const client = dial(await s7Service())
    expect(client.send(packet).subarray(5, 6).toString('hex')).toBe('80')
    expect(client.events).toMatchObject([{event: 'probe', data: {action: 'connect-plus', called: 'SIMATIC-ROOT-ES'}}])
    const plain = connected(await s7Service())
    expect(plain.send(bytes('0300000c02f080 7201000000')).length).toBe(0)
    expect(plain.closed).toBe(true)
    expect(plain.events).toMatchObject([{event: 'probe', data: {action: 'plus'}}])
  })

  it('joins the parts of a message', async () => {
    const client = dial(await s7Service())
    client.send(NMAP.connect)
    const message = NMAP.setup.subarray(7)
    const parts = [message.subarray(0, 4), message.subarray(4)].map((part, index) =>
      Buffer.concat([Buffer.from([3, 0, 0, 7 + part.length, 2, 0xf0, index === 1 ? 0x80 : 0]), part]),
    )
    expect(client.send(Buffer.concat(parts)).toString('hex')).toBe(
      '0300001b02f080320300000000000800000000f0000001000100f0',
    )
  })

  it.each([
    ['GET / HTTP/1.0\r\n\r\n', 'version'],
    ['\x03\0\0\x04', 'length'],
    ['\x03\0\xff\xff', 'length'],
    ['\x03\0\0\x07\x02\x33\x80', 'code'],
    ['\x03\0\0\x07\xff\xe0\x80', 'header'],
  ])('hangs up on %j', async (sent, reason) => {
    const client = dial(await s7Service())
    expect(client.send(Buffer.from(sent, 'latin1'))).toHaveLength(0)
    expect(client.closed).toBe(true)
    expect(client.events).toMatchObject([{event: 'malformed', data: {reason}}])
  })
})

describe('what nmap asks for', () => {
  it('is where nmap looks for it', async () => {
    const client = dial(await s7Service())
    client.send(NMAP.connect)
    expect(client.send(NMAP.setup).toString('hex')).toBe('0300001b02f080320300000000000800000000f0000001000100f0')
    const plc = plcOf(new Persona(FACTS), 'siemens')
    const module = client.send(NMAP.module)
    expect(zero(module, 43).trim()).toBe(plc.orderCode)
    expect(zero(module, 71).trim()).toBe(plc.orderCode)
    expect([...module.subarray(122, 125)].join('.')).toBe(plc.firmware)
    const component = client.send(NMAP.component)
    expect(component.length).toBeLessThanOrEqual(247)
    expect(zero(component, 43)).toBe('plc07')
    expect(zero(component, 77)).toBe(plc.name)
    expect(zero(component, 111)).toBe(plc.plant)
    expect(zero(component, 145)).toBe('Original Siemens Equipment')
    expect(zero(component, 179)).toBe(plc.serial)
  })

  it('is nobody else’s', () => {
    const serials = ['33', '34', '35'].map(
      (seed) => plcOf(new Persona({...FACTS, seed: seed.repeat(32)}), 'siemens').serial,
    )
    expect(new Set(serials).size).toBe(3)
    for (const serial of serials) expect(serial).toMatch(/^S C-[A-Z]{2}\d{10}$/)
    const known = PLC_VENDORS.map((vendor) => JSON.stringify(plcOf(new Persona(FACTS), vendor)))
    expect(known.join()).not.toMatch(/88111222|Technodrome|Mouser Factory|S7-200/)
  })
})

describe('status lists', () => {
  it('longer than a PDU come in parts', async () => {
    const list = whole(connected(await s7Service()), readList('001c'))
    expect(list.subarray(0, 8).toString('hex')).toBe('001c00000022000a')
    expect(list).toHaveLength(8 + 10 * 34)
  })

  it('end when the rest was fetched', async () => {
    const client = connected(await s7Service())
    const first = client.send(readList('001c'))
    expect(first[26]).toBe(1)
    const last = client.send(userData(4, 1, '', first[24]))
    expect(last[26]).toBe(0)
    expect(outcome(client.send(userData(4, 1, '', first[24])))).toBe('d405')
  })

  it.each([
    ['0011', '0000', '0011 0000 001c 0004'],
    ['0111', '0006', '0111 0006 001c 0001'],
    ['011c', '0005', '011c 0005 0022 0001'],
    ['0131', '0001', '0131 0001 0028 0001'],
    ['0132', '0004', '0132 0004 0028 0001'],
    ['0232', '0004', '0232 0004 0028 0001'],
    ['0424', '0000', '0424 0000 0014 0001'],
    ['0074', '0000', '0074 0000 0004 0005'],
  ])('%s with index %s is there', async (id, index, head) => {
    const list = whole(connected(await s7Service()), readList(id, index))
    expect(list.subarray(0, 8).toString('hex')).toBe(head.replaceAll(' ', ''))
    expect(list).toHaveLength(8 + list.readUInt16BE(4) * list.readUInt16BE(6))
  })

  it('list themselves', async () => {
    const list = whole(connected(await s7Service()), readList('0000'))
      .subarray(8)
      .toString('hex')
    for (const id of ['0011', '001c', '0131', '0132', '0424']) expect(list.match(/.{4}/g)).toContain(id)
  })

  it('tell the size of a PDU', async () => {
    expect(whole(connected(await s7Service()), readList('0131', '0001')).readUInt16BE(10)).toBe(240)
  })

  it.each([
    ['0999', '0000'],
    ['0131', '0063'],
  ])('%s with index %s is not there', async (id, index) => {
    const client = connected(await s7Service())
    expect(outcome(client.send(readList(id, index)))).toBe('d401')
    expect(client.events).toMatchObject([{event: 'query', data: {action: 'status-list', id: `0x${id}`, known: false}}])
  })
})

describe('variables', () => {
  it('are written and read back', async () => {
    const service = await s7Service()
    const client = connected(service)
    const target = item(4, 1, 1, 0x84, 400)
    expect(values(client.send(writeOctets(target, 'beef'))).toString('hex')).toBe('ff')
    expect(values(connected(service).send(read(target))).toString('hex')).toBe('ff040010beef')
    expect(client.events).toMatchObject([
      {event: 'command', data: {action: 'write', items: ['DB1.400 x 1'], values: {text: '\\xbe\\xef'}, refused: false}},
    ])
  })

  it('are bits, too', async () => {
    const client = connected(await s7Service())
    const bit = item(1, 1, 0, 0x83, 10, 3)
    client.send(job(Buffer.concat([bytes('0501'), bit]), '00 03 0001 01'))
    expect(values(client.send(read(bit))).toString('hex')).toBe('ff03000101')
    expect(values(client.send(read(item(2, 1, 0, 0x83, 10)))).toString('hex')).toBe('ff04000808')
  })

  it('are filled to whole words between items', async () => {
    const client = connected(await s7Service())
    const reply = values(client.send(read(item(2, 1, 0, 0x83, 0), item(2, 1, 0, 0x83, 1))))
    expect(reply.toString('hex')).toBe('ff0400080000ff04000800')
  })

  it.each([
    ['a block that is not there', item(2, 1, 9999, 0x84, 0), '0a000000'],
    ['behind the end', item(2, 8, 1, 0x84, 510), '05000000'],
    ['an area that is none', item(2, 1, 0, 0x99, 0), '0a000000'],
    ['a size that is none', item(0x55, 1, 0, 0x83, 0), '06000000'],
  ])('of %s are refused', async (_, target, reply) => {
    expect(values(connected(await s7Service()).send(read(target))).toString('hex')).toBe(reply)
  })

  it('that would not fit are refused', async () => {
    expect(refusal(connected(await s7Service()).send(read(item(2, 300, 1, 0x84, 0))))).toBe('028500')
  })

  it('are what Modbus shows of the same machine', async () => {
    const persona = new Persona(FACTS)
    const [s7, modbus] = [await createService(persona, {}), await createModbus(persona, {})]
    const words = connectModbus(modbus).ask('03 0000 0010').slice(4)
    expect(
      values(connected(s7).send(read(item(2, 32, 1, 0x84, 0))))
        .subarray(4)
        .toString('hex'),
    ).toBe(words)
    connectModbus(modbus).ask('06 0090 1234')
    expect(
      values(connected(s7).send(read(item(4, 1, 1, 0x84, 0x120))))
        .subarray(4)
        .toString('hex'),
    ).toBe('1234')
  })
})

describe('stop and start', () => {
  const mode = (list: Buffer): number | undefined => list[11]

  it('are obeyed where nothing protects the CPU', async () => {
    const service = await s7Service()
    const client = connected(service)
    expect(mode(whole(client, readList('0424')))).toBe(8)
    expect(client.send(STOP).subarray(17).toString('hex')).toBe('000029')
    expect(mode(whole(connected(service), readList('0424')))).toBe(4)
    expect(values(client.send(read(item(2, 1, 0, 0x82, 0)))).toString('hex')).toBe('ff04000800')
    expect(client.send(START).subarray(17).toString('hex')).toBe('000028')
    expect(mode(whole(client, readList('0424')))).toBe(8)
    expect(client.events.filter(({event}) => event === 'command')).toMatchObject([
      {data: {action: 'stop', refused: false}},
      {data: {action: 'start', program: 'P_PROGRAM', refused: false}},
    ])
  })

  it('stop the process, and with it what answers Modbus', async () => {
    const persona = new Persona({...FACTS, seed: '44'.repeat(32)})
    const [s7, modbus] = [await createService(persona, {}), await createModbus(persona, {})]
    const client = connectModbus(modbus)
    expect(client.ask('03 0008 0001')).toMatch(/^0302/)
    connected(s7).send(STOP)
    expect(client.ask('03 0008 0001')).toBe('')
  })

  it.each(['write', 'full'])('are refused at protection level %s', async (protection) => {
    const client = connected(await s7Service({protection, password: 'pump3'}))
    expect(refusal(client.send(STOP))).toBe('02d241')
    expect(client.events).toMatchObject([{event: 'command', data: {action: 'stop', refused: true}}])
    expect(mode(whole(client, readList('0424')))).toBe(8)
  })

  it('need the password then, which is recorded as it was typed', async () => {
    const client = connected(await s7Service({protection: 'write', password: 'pump3'}))
    expect(outcome(client.send(password('guess')))).toBe('d602')
    expect(refusal(client.send(STOP))).toBe('02d241')
    expect(outcome(client.send(password('pump3')))).toBe('0000')
    expect(refusal(client.send(STOP))).toBe('030000')
    expect(client.events.filter(({event}) => event === 'auth.attempt')).toMatchObject([
      {credential: {method: 'password', secret: {text: 'guess'}, outcome: 'failure'}},
      {credential: {method: 'password', secret: {text: 'pump3'}, outcome: 'success'}},
    ])
  })

  it('tell that there is no password where there is none', async () => {
    expect(outcome(connected(await s7Service()).send(password('guess')))).toBe('d605')
  })

  it('tell the level', async () => {
    const level = async (protection: string) =>
      whole(connected(await s7Service({protection})), readList('0232', '0004')).readUInt16BE(14)
    expect([await level('none'), await level('write'), await level('full')]).toEqual([1, 2, 3])
  })
})

describe('blocks and the clock', () => {
  it('are counted and listed', async () => {
    const client = connected(await s7Service())
    const counts = whole(client, userData(3, 1, ''))
    expect(counts).toHaveLength(28)
    const blocks = counts.readUInt16BE(counts.indexOf('0A') + 2)
    const listed = whole(client, userData(3, 2, '3041'))
    expect(listed).toHaveLength(blocks * 4)
    expect(listed.readUInt16BE(0)).toBe(1)
    for (let at = 0; at < listed.length; at += 4) {
      const reply = client.send(read(item(2, 4, listed.readUInt16BE(at), 0x84, 0)))
      expect(values(reply)[0]).toBe(0xff)
    }
    expect(outcome(client.send(userData(3, 2, '3039')))).toBe('d20e')
  })

  it('shows the time of its place', async () => {
    const service = await s7Service({}, {fleet: {seed: '55'.repeat(32), site: 'ber', controller: 'DC01'}})
    const clock = connected(service, () => NOW).send(userData(7, 1, ''))
    expect(clock.subarray(33).toString('hex')).toBe('00202603040606070894')
  })

  it('downloads are refused, with their block recorded', async () => {
    const client = connected(await s7Service())
    expect(refusal(client.send(job('1a 00 0100 00000000 09 5f30413030303031')))).toBe('02d241')
    expect(client.events).toMatchObject([{event: 'command', data: {action: 'download', refused: true}}])
  })

  it('what no CPU has is a probe', async () => {
    const client = connected(await s7Service())
    expect(refusal(client.send(job('77 00')))).toBe('028104')
    expect(outcome(client.send(userData(9, 1, '00')))).toBe('d405')
    expect(client.events).toMatchObject([{event: 'probe'}, {event: 'probe'}])
  })
})

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/s7/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  hostname: 'plc07',
  domain: null,
  os: 'embedded',
  distro: 'embedded',
  archetype: 'industrial-control',
  ip: '192.168.1.5',
  mac: '00:1b:1b:01:02:03',
  seed: '33'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}

export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** What nmap's s7-info sends, in its order. */
export const NMAP = {
  connect: bytes('0300001611e00000001400c1020100c2020102c0010a'),
  setup: bytes('0300001902f08032010000000000080000f0000001000101e0'),
  module: bytes('0300002102f080320700000000000800080001120411440100ff09000400110001'),
  component: bytes('0300002102f080320700000000000800080001120411440100ff090004001c0001'),
} as const

const packet = (message: Buffer): Buffer => {
  const head = bytes('03000000 02f080')
  head.writeUInt16BE(head.length + message.length, 2)
  return Buffer.concat([head, message])
}

const pdu = (type: number, parameters: Buffer, data: Buffer): Buffer => {
  const head = bytes('3200 0000 0042 0000 0000')
  head.writeUInt8(type, 1)
  head.writeUInt16BE(parameters.length, 6)
  head.writeUInt16BE(data.length, 8)
  return packet(Buffer.concat([head, parameters, data]))
}

export const job = (parameters: string | Buffer, data: string | Buffer = ''): Buffer =>
  pdu(1, typeof parameters === 'string' ? bytes(parameters) : parameters, typeof data === 'string' ? bytes(data) : data)

export function userData(group: number, code: number, data: string, sequence = 0): Buffer {
  const body = bytes(data)
  const head = Buffer.from(sequence === 0 ? [0xff, 9, 0, body.length] : [0x0a, 0, 0, 0])
  const method = sequence === 0 ? [4, 0x11] : [8, 0x12]
  const tail = sequence === 0 ? [] : [0, 0, 0, 0]
  return pdu(
    7,
    Buffer.from([0, 1, 0x12, ...method, 0x40 | group, code, sequence, ...tail]),
    Buffer.concat([head, body]),
  )
}

export const readList = (id: string, index = '0000'): Buffer => userData(4, 1, id + index)

/** `area`: 84 for data blocks; the address in octets. */
export function item(size: number, count: number, block: number, area: number, octet: number, bit = 0): Buffer {
  const bytesOfItem = bytes('120a10 00 0000 0000 00 000000')
  bytesOfItem.writeUInt8(size, 3)
  bytesOfItem.writeUInt16BE(count, 4)
  bytesOfItem.writeUInt16BE(block, 6)
  bytesOfItem.writeUInt8(area, 8)
  bytesOfItem.writeUIntBE(octet * 8 + bit, 9, 3)
  return bytesOfItem
}

export const read = (...items: Buffer[]): Buffer => job(Buffer.concat([Buffer.from([4, items.length]), ...items]))

export const writeOctets = (target: Buffer, octets: string): Buffer => {
  const values = bytes(octets)
  const head = Buffer.from([0, 4, 0, 0])
  head.writeUInt16BE(values.length * 8, 2)
  return job(Buffer.concat([Buffer.from([5, 1]), target]), Buffer.concat([head, values]))
}

export const STOP = job('29 0000000000 09 505f50524f4752414d')
export const START = job('28 000000000000fd 0000 09 505f50524f4752414d')

/** As a programming device encodes it. */
export function password(text: string): Buffer {
  const plain = Buffer.from(text.padEnd(8, ' '))
  const encoded: number[] = []
  for (const [index, octet] of plain.entries()) encoded.push(octet ^ 0x55 ^ (index < 2 ? 0 : (encoded[index - 2] ?? 0)))
  return userData(5, 1, Buffer.from(encoded).toString('hex'))
}

export async function s7Service(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  closed: boolean
  send(input: Buffer): Buffer
}

export function dial(service: Service, now: () => number = () => NOW): TestClient {
  const handler = service.tcp?.(102)
  if (handler?.kind !== 'protocol') throw new TypeError('s7 is a protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port: 102},
    limits: DEFAULT_LIMITS,
    now,
    random: (size) => Buffer.alloc(size, 7),
  })
  const client: TestClient = {
    session,
    events: [],
    closed: false,
    send: (input) => {
      const actions: Action[] = session.feed(input)
      client.events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      client.closed ||= actions.some(({type}) => type === 'close')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
  }
  return client
}

/** Connected, with a PDU of 240. */
export function connected(service: Service, now: () => number = () => NOW): TestClient {
  const client = dial(service, now)
  client.send(NMAP.connect)
  client.send(NMAP.setup)
  client.events.length = 0
  return client
}

/** All parts of a reply of user data, joined. */
export function whole(client: TestClient, request: Buffer): Buffer {
  const parts: Buffer[] = []
  let reply = client.send(request)
  const [group, code] = [(request[22] ?? 0) & 0x0f, request[23] ?? 0]
  for (;;) {
    parts.push(reply.subarray(33))
    if (reply[26] === 0) return Buffer.concat(parts)
    reply = client.send(userData(group, code, '', reply[24]))
  }
}

import {
  encodePdu,
  PDU,
  PDU_FLAG,
  parsePdu,
  pduLength,
  type SecurityTrailer,
} from '../../../../src/decoy/codecs/dcerpc/pdu.ts'
import {encodeUuid} from '../../../../src/decoy/codecs/dcerpc/uuid.ts'
import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/msrpc/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const FACTS: PersonaFacts = {
  hostname: 'BER-DC01',
  domain: 'corp.example',
  os: 'windows_server',
  distro: 'windows2019',
  archetype: 'domain-controller',
  ip: '192.168.1.7',
  mac: '00:50:56:01:02:05',
  seed: '66'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}
export const OPTIONS: OptionValues = {users: ['alice:Winter-2024']}
export const EPM = 'e1af8308-5d1f-11c9-91a4-08002b14a0fa'
export const OBJECT_EXPORTER = '99fcfec4-5260-101b-bbcb-00aa0021347a'
export const MANAGEMENT = 'afa8bd80-7d8a-11c9-bef4-08002b102989'
export const SAMR = '12345778-1234-abcd-ef00-0123456789ac'
export const NDR = ['8a885d04-1ceb-11c9-9fe8-08002b104860', 2] as const
export const NDR64 = ['71710533-beba-4937-8319-b5dbef9ccc36', 1] as const

export const msrpcService = async (
  options: OptionValues = OPTIONS,
  facts: Partial<PersonaFacts> = {},
): Promise<Service> => createService(new Persona({...FACTS, ...facts}), options)

export interface Talk {
  readonly greeting: Buffer
  readonly sent: Buffer[]
  readonly events: ServiceEvent[]
  readonly closed: () => boolean
  send(bytes: Buffer): Buffer
}

/** Random octets are those of the abuse suite. */
export function talk(service: Service, port = 135): Talk {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('msrpc is a protocol')
  let drawn = 0
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port},
    limits: DEFAULT_LIMITS,
    now: () => Date.parse('2026-03-04T05:06:07.089Z'),
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  const [sent, events]: [Buffer[], ServiceEvent[]] = [[], []]
  let closed = false
  const opening = session.open().flatMap((action) => (action.type === 'write' ? [action.data] : []))
  return {
    greeting: Buffer.concat(opening),
    sent,
    events,
    closed: () => closed,
    send(bytes) {
      sent.push(bytes)
      const actions = session.feed(bytes)
      events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      closed ||= actions.some(({type}) => type === 'close')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
  }
}

export function bind(
  uuid: string,
  version: number,
  {syntax = NDR, security = null}: {syntax?: readonly [string, number]; security?: SecurityTrailer | null} = {},
): Buffer {
  const body = new LittleEndianWriter()
    .u16(5840, 5840)
    .u32(0, 1)
    .u16(0, 1)
    .bytes(encodeUuid(uuid))
    .u32(version)
    .bytes(encodeUuid(syntax[0]))
    .u32(syntax[1])
    .done()
  return encodePdu(PDU.BIND, 7, body, {security})
}

export const request = (operation: number, stub: Buffer = Buffer.alloc(0)): Buffer =>
  encodePdu(PDU.REQUEST, 8, new LittleEndianWriter().u32(stub.length).u16(0, operation).bytes(stub).done())

/** ept_lookup of everything. */
export const lookup = (most: number, handle: Buffer = Buffer.alloc(20)): Buffer =>
  request(2, new LittleEndianWriter().u32(0, 0, 0, 1).bytes(handle).u32(most).done())

/** ept_map of an interface over TCP. */
export function map(uuid: string): Buffer {
  const floor = (protocol: number, data: Buffer, right: Buffer) =>
    new LittleEndianWriter()
      .u16(1 + data.length)
      .u8(protocol)
      .bytes(data)
      .u16(right.length)
      .bytes(right)
      .done()
  const two = Buffer.alloc(2)
  const syntax = (id: string) => floor(0x0d, Buffer.concat([encodeUuid(id), Buffer.from([1, 0])]), two)
  const floors = [syntax(uuid), syntax(NDR[0]), floor(0x0b, Buffer.alloc(0), two), floor(7, Buffer.alloc(0), two)]
  const tower = Buffer.concat([Buffer.from([5, 0]), ...floors, floor(9, Buffer.alloc(0), Buffer.alloc(4))])
  const writer = new LittleEndianWriter().u32(0, 1, tower.length, tower.length).bytes(tower).align(4)
  return request(3, writer.zeros(20).u32(4).done())
}

/** The stub of a response of one fragment, or the status of a fault. */
export function resultOf(answer: Buffer): {stub: Buffer} | {fault: number} {
  const pdu = parsePdu(answer.subarray(0, pduLength(answer) ?? 0))
  if (pdu.type === PDU.FAULT) return {fault: pdu.body.readUInt32LE(8)}
  if ((pdu.flags & PDU_FLAG.LAST) === 0) throw new RangeError('more than one fragment')
  return {stub: pdu.body.subarray(8)}
}

export function stubOf(answer: Buffer): Buffer {
  const result = resultOf(answer)
  if ('fault' in result) throw new RangeError(`fault ${result.fault}`)
  return result.stub
}

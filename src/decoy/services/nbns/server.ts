import type {ServiceEvent} from '../../../events/event.ts'
import {encodeName} from '../../codecs/netbios-name.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection, CreateService, SelfTest, Service, UdpHandler} from '../../service.ts'
import {type NameRequest, OPCODE, readPacket, respond, TYPE} from './message.ts'
import {addressData, type NameTable, nameTable, statusData} from './name-table.ts'

/** How a name is told: Samba says that it could have asked others for it (4.17), and both how long it holds. */
const NAME_ANSWER = {windows: {flags: 0x0100, ttl: 300_000}, samba: {flags: 0x0180, ttl: 259_200}} as const
const STATUS_ANSWER = {flags: 0, ttl: 0} as const
/** Longer ones are no packets of this service. */
const MAX_PACKET = 576
const STATUS_REQUEST = Buffer.concat([
  Buffer.from('133700000001000000000000', 'hex'),
  encodeName({name: '*', kind: 0}),
  Buffer.from('00210001', 'hex'),
])

const SELF_TEST: SelfTest = {
  send: STATUS_REQUEST,
  accepts: (reply) => reply.readUInt16BE(0) === 0x1337 && (reply.readUInt16BE(2) & 0x8000) !== 0,
}

const OPCODE_NAMES: Readonly<Record<number, string>> = {
  [OPCODE.REGISTRATION]: 'registration',
  [OPCODE.RELEASE]: 'release',
  [OPCODE.WACK]: 'wait',
  [OPCODE.REFRESH]: 'refresh',
}

export const createService: CreateService = (persona, options): Service => {
  const table = nameTable(persona, options)
  const handler: UdpHandler = {datagram: (bytes, connection) => answer(table, bytes, connection)}
  return {udp: () => handler, selfTest: () => SELF_TEST}
}

function answer(table: NameTable, bytes: Buffer, {limits}: Connection): ReturnType<UdpHandler['datagram']> {
  const read = readPacket(bytes.subarray(0, MAX_PACKET))
  if (read.state !== 'request') {
    const what = read.state === 'response' ? 'unasked response' : 'packet'
    const event = read.state === 'response' ? ('probe' as const) : ('malformed' as const)
    return {replies: [], events: [{event, data: {what, sample: sample(bytes, Math.min(limits.sample, 512))}}]}
  }
  const {request} = read
  const data = dataFor(table, request)
  const form = request.type === TYPE.STATUS ? STATUS_ANSWER : NAME_ANSWER[table.product]
  return {replies: data === null ? [] : [respond(request, {...form, data})], events: [eventOf(request, data !== null)]}
}

/** Registrations and releases of others are nobody's business who owns none of the names; queries for others, too. */
function dataFor(table: NameTable, {opcode, type, name}: NameRequest): Buffer | null {
  if (opcode !== OPCODE.QUERY) return null
  if (type === TYPE.NAME) return addressData(table, name)
  if (type !== TYPE.STATUS) return null
  return name.name === '*' || addressData(table, name) !== null ? statusData(table) : null
}

function eventOf({opcode, type, name}: NameRequest, ours: boolean): ServiceEvent {
  const operation =
    opcode === OPCODE.QUERY ? (type === TYPE.STATUS ? 'node-status' : 'name-query') : OPCODE_NAMES[opcode]
  return {
    event: 'query',
    data: {
      operation: operation ?? `opcode-${opcode}`,
      name: printable(Buffer.from(name.name, 'latin1')),
      kind: `0x${name.kind.toString(16).padStart(2, '0')}`,
      ours,
    },
  }
}

/** What clients ask an agent, as Net-SNMP's tools and scanners write it. */
import {writeMessage} from '../../../../src/decoy/services/snmp/wire/message.ts'
import {PDU, type VarBind} from '../../../../src/decoy/services/snmp/wire/pdu.ts'
import {FLAG, type UsmMessage, writeUsmMessage} from '../../../../src/decoy/services/snmp/wire/usm-message.ts'
import {integer, NULL, text, type Value} from '../../../../src/decoy/services/snmp/wire/values.ts'

export const OID = {
  DESCRIPTION: '1.3.6.1.2.1.1.1.0',
  OBJECT_ID: '1.3.6.1.2.1.1.2.0',
  UPTIME: '1.3.6.1.2.1.1.3.0',
  CONTACT: '1.3.6.1.2.1.1.4.0',
  NAME: '1.3.6.1.2.1.1.5.0',
  LOCATION: '1.3.6.1.2.1.1.6.0',
  SERVICES: '1.3.6.1.2.1.1.7.0',
  LAST: '1.3.6.1.7',
} as const

export const V1 = 0
export const V2C = 1

export interface Asking {
  readonly version?: number
  readonly community?: string
  readonly type?: number
  readonly id?: number
  readonly first?: number
  readonly second?: number
  readonly names: readonly (string | readonly [string, Value])[]
}

export function request({version = V2C, community = 'public', type = PDU.GET, id = 7, ...rest}: Asking): Buffer {
  const {first = 0, second = 0, names} = rest
  const varbinds = names.map((name): VarBind => {
    const [oid, value] = typeof name === 'string' ? [name, NULL] : name
    return {oid, value}
  })
  const pdu = {type, requestId: id, first, second, varbinds}
  return writeMessage({version, community: Buffer.from(community, 'latin1'), pdu})
}

const EMPTY = Buffer.alloc(0)

/** A message of version 3 without a user: what a client learns the engine with. */
export function usmRequest(over: Partial<UsmMessage> = {}): Buffer {
  const pdu = {type: PDU.GET, requestId: 7, first: 0, second: 0, varbinds: []}
  return writeUsmMessage({
    messageId: 19,
    maxSize: 65_507,
    flags: FLAG.REPORTABLE,
    engineId: EMPTY,
    boots: 0,
    time: 0,
    user: EMPTY,
    authentication: EMPTY,
    privacy: EMPTY,
    scoped: {contextEngineId: EMPTY, contextName: EMPTY, pdu},
    encrypted: EMPTY,
    ...over,
  })
}

/** nmap 7.93's probe of version 3. */
const NMAP_V3 = Buffer.from(
  '303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400301204000400a00c020237f00201000201003000',
  'hex',
)

/** Whose answers hold an engine of their own. */
export const DISCOVERIES: readonly (readonly [string, Buffer])[] = [
  ['discovery', usmRequest()],
  ['discovery by who wants no report', usmRequest({flags: 0})],
  ['discovery by nmap', NMAP_V3],
]

/** What an agent with community `public` and writing community `private` is asked, whose answers hold no time. */
export const QUESTIONS: readonly (readonly [string, Buffer])[] = [
  ['get', request({names: [OID.OBJECT_ID, OID.CONTACT, OID.LOCATION, OID.SERVICES]})],
  ['get in version 1', request({version: V1, names: [OID.OBJECT_ID, OID.NAME]})],
  ['get without an instance', request({names: ['1.3.6.1.2.1.1.5']})],
  ['get another instance', request({names: ['1.3.6.1.2.1.1.5.1', '1.3.6.1.2.1.2.2.1.2.99']})],
  ['get no object', request({names: ['1.3.6.1.2.1.99.1.0', '1.3.6.1.2.1.1.20.0', OID.CONTACT]})],
  ['get no object in version 1', request({version: V1, names: [OID.CONTACT, '1.3.6.1.2.1.99.1.0', OID.NAME]})],
  ['get nothing', request({names: []})],
  ['getnext', request({type: PDU.GET_NEXT, names: ['1.3.6.1.2.1.1.3.0', '1.3.6.1.2.1.1.5']})],
  ['getnext in version 1', request({version: V1, type: PDU.GET_NEXT, names: ['1.3.6.1.2.1.1.4']})],
  ['getnext at the end', request({type: PDU.GET_NEXT, names: [OID.LAST]})],
  ['getnext at the end in version 1', request({version: V1, type: PDU.GET_NEXT, names: [OID.NAME, OID.LAST]})],
  ['getbulk', request({type: PDU.GET_BULK, first: 1, second: 3, names: ['1.3.6.1.2.1.1.4', '1.3.6.1.2.1.1.8']})],
  ['getbulk of nothing', request({type: PDU.GET_BULK, first: 0, second: 0, names: ['1.3.6.1.2.1.1.4']})],
  ['getbulk, both numbers negative', request({type: PDU.GET_BULK, first: -1, second: -1, names: ['1.3.6.1.2.1.1.4']})],
  ['set by who may read', request({type: PDU.SET, names: [[OID.NAME, text('x')]]})],
  ['set by who may read in version 1', request({version: V1, type: PDU.SET, names: [[OID.NAME, text('x')]]})],
  ['set what cannot be', request({community: 'private', type: PDU.SET, names: [[OID.DESCRIPTION, text('x')]]})],
  [
    'set what cannot be in version 1',
    request({version: V1, community: 'private', type: PDU.SET, names: [[OID.DESCRIPTION, text('x')]]}),
  ],
  ['set another type', request({community: 'private', type: PDU.SET, names: [[OID.NAME, integer(3)]]})],
  [
    'set another type in version 1',
    request({version: V1, community: 'private', type: PDU.SET, names: [[OID.NAME, integer(3)]]}),
  ],
  ['set', request({community: 'private', type: PDU.SET, names: [[OID.NAME, text('renamed')]]})],
  ['get what was set', request({names: [OID.NAME]})],
  ['getbulk in version 1', request({version: V1, type: PDU.GET_BULK, second: 2, names: ['1.3.6.1.2.1.1.4']})],
]

/** What no agent answers. */
export const UNANSWERED: readonly (readonly [string, Buffer])[] = [
  ['a wrong community', request({community: 'secret', names: [OID.NAME]})],
  ['a community in other letters', request({community: 'Public', names: [OID.NAME]})],
  ['a response', request({type: PDU.RESPONSE, names: [OID.NAME]})],
  ['a trap', request({type: PDU.TRAP, names: [OID.NAME]})],
  ['version 2 as it was planned', request({version: 2, names: [OID.NAME]})],
  ['a report nobody may send', request({type: PDU.REPORT, names: [OID.NAME]})],
  ['half a message', request({names: [OID.NAME]}).subarray(0, 30)],
]

/**
 * Multipoint communication (T.125), as far as a connection goes before it is refused. The connect PDUs are BER, those
 * of the domain are PER:
 *
 *   connect-initial  = [APPLICATION 101] { OCTET STRING, OCTET STRING, BOOLEAN, 3 × parameters, userData OCTET STRING }
 *   connect-response = [APPLICATION 102] { result ENUMERATED, calledConnectId INTEGER, parameters, userData }
 *   domain           = (type << 2 | flags):u8 *OCTET
 */
import {BerReader} from '../../../codecs/ber/reader.ts'
import {application, TAG} from '../../../codecs/ber/tags.ts'
import {constructed, enumerated, integer, octetString, sequence} from '../../../codecs/ber/writer.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {perLength, readPerLength} from './per.ts'

export const SERVER_USER = 1002
export const IO_CHANNEL = 1003
const FIRST_USER = 1001
/** Priority high, first and last segment. */
const SEGMENTATION = 0x70

const DOMAIN = {
  ERECT: 1,
  DISCONNECT: 8,
  ATTACH_REQUEST: 10,
  ATTACH_CONFIRM: 11,
  JOIN_REQUEST: 14,
  JOIN_CONFIRM: 15,
  SEND_REQUEST: 25,
  SEND_INDICATION: 26,
} as const

/** What the user data of a Connect-Initial holds. */
export function parseConnectInitial(bytes: Buffer): Buffer {
  const reader = new BerReader(bytes).enter(application(101))
  reader.octetString()
  reader.octetString()
  reader.boolean()
  for (let parameters = 0; parameters < 3; parameters++) reader.expect(TAG.SEQUENCE)
  return reader.octetString()
}

/** What Windows grants: 34 channels, 3 users, 1 priority, PDUs of 65,528 octets, version 2. */
const PARAMETERS = [34, 3, 0, 1, 0, 1, 65_528, 2]

export function buildConnectResponse(userData: Buffer): Buffer {
  return constructed(application(102), [
    enumerated(0),
    integer(0),
    sequence(PARAMETERS.map((value) => integer(value))),
    octetString(userData),
  ])
}

export type DomainPdu =
  | {readonly type: 'erect'}
  | {readonly type: 'attach'}
  | {readonly type: 'join'; readonly user: number; readonly channel: number}
  | {readonly type: 'data'; readonly channel: number; readonly data: Buffer}
  | {readonly type: 'disconnect'}

export function parseDomainPdu(bytes: Buffer): DomainPdu {
  const kind = (bytes[0] ?? 0) >> 2
  switch (kind) {
    case DOMAIN.ERECT:
      return {type: 'erect'}
    case DOMAIN.ATTACH_REQUEST:
      return {type: 'attach'}
    case DOMAIN.DISCONNECT:
      return {type: 'disconnect'}
    case DOMAIN.JOIN_REQUEST:
      if (bytes.length < 5) throw new CodecError('a channel join request')
      return {type: 'join', user: bytes.readUInt16BE(1) + FIRST_USER, channel: bytes.readUInt16BE(3)}
    case DOMAIN.SEND_REQUEST: {
      if (bytes.length < 7) throw new CodecError('a send data request')
      const {value, end} = readPerLength(bytes, 6)
      if (end + value > bytes.length) throw new CodecError('data longer than its PDU')
      return {type: 'data', channel: bytes.readUInt16BE(3), data: bytes.subarray(end, end + value)}
    }
    default:
      throw new CodecError(`an MCS PDU of type ${kind}`)
  }
}

/** Its one optional field is there: the user that the client has become. */
export const attachConfirm = (user: number): Buffer => domainPdu(DOMAIN.ATTACH_CONFIRM, 2, [0], user - FIRST_USER)

export const joinConfirm = (user: number, channel: number): Buffer =>
  domainPdu(DOMAIN.JOIN_CONFIRM, 2, [0], user - FIRST_USER, channel, channel)

export function sendIndication(channel: number, data: Buffer): Buffer {
  const head = domainPdu(DOMAIN.SEND_INDICATION, 0, [], SERVER_USER - FIRST_USER, channel)
  return Buffer.concat([head, Buffer.from([SEGMENTATION]), perLength(data.length), data])
}

/** rn-user-requested, the reason that Windows gives for everything (MS-RDPBCGR §2.2.2.3). */
export const DISCONNECT_ULTIMATUM = Buffer.from([0x21, 0x80])

function domainPdu(type: number, flags: number, octets: readonly number[], ...words: readonly number[]): Buffer {
  return Buffer.from([(type << 2) | flags, ...octets, ...words.flatMap((word) => [word >> 8, word & 0xff])])
}

/**
 * Messages with a community (RFC 1157 §4, RFC 1901 §3):
 *
 *   Message = SEQUENCE { version INTEGER, community OCTET STRING, PDU }      version = 0 (SNMPv1) | 1 (SNMPv2c)
 *
 * Version 3 shares no more than the first field and is read by `usm-message.ts`.
 */
import {BerReader} from '../../../codecs/ber/reader.ts'
import {integer, octetString, sequence} from '../../../codecs/ber/writer.ts'
import {type Pdu, readPdu, writePdu} from './pdu.ts'

export const VERSION = {V1: 0, V2C: 1, V3: 3} as const

export interface CommunityMessage {
  readonly version: number
  readonly community: Buffer
  readonly pdu: Pdu
}

/** The version and what comes behind it. Octets after the message are ignored, as agents do. */
export function openMessage(bytes: Buffer): {version: number; fields: BerReader} {
  const fields = new BerReader(bytes).sequence()
  return {version: fields.integer(), fields}
}

/** The community alone: it counts as a guess, whatever the rest of the message is worth. */
export function readCommunity(fields: BerReader): Buffer {
  return fields.octetString()
}

export const readCommunityPdu = (fields: BerReader): Pdu => readPdu(fields)

export function writeMessage({version, community, pdu}: CommunityMessage): Buffer {
  return sequence([integer(version), octetString(community), writePdu(pdu)])
}

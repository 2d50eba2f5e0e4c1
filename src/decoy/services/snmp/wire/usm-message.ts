/**
 * Messages of version 3 with the user-based security model (RFC 3412 §6, RFC 3414 §2.4):
 *
 *   Message    = SEQUENCE { version 3, Header, securityParameters OCTET STRING, ScopedPDU | OCTET STRING }
 *   Header     = SEQUENCE { msgID INTEGER, msgMaxSize INTEGER, msgFlags OCTET STRING, msgSecurityModel INTEGER }
 *   parameters = SEQUENCE { engineID OCTET STRING, boots INTEGER, time INTEGER, user OCTET STRING,
 *                           authentication OCTET STRING, privacy OCTET STRING }
 *   ScopedPDU  = SEQUENCE { contextEngineID OCTET STRING, contextName OCTET STRING, PDU }
 */

import {BerReader} from '../../../codecs/ber/reader.ts'
import {TAG} from '../../../codecs/ber/tags.ts'
import {element, integer, octetString, sequence} from '../../../codecs/ber/writer.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {type Pdu, readPdu, writePdu} from './pdu.ts'

export const FLAG = {AUTHENTICATED: 1, PRIVATE: 2, REPORTABLE: 4} as const
const SECURITY_MODEL_USM = 3

export interface UsmMessage {
  readonly messageId: number
  readonly maxSize: number
  readonly flags: number
  readonly engineId: Buffer
  readonly boots: number
  readonly time: number
  readonly user: Buffer
  readonly authentication: Buffer
  /** Salt of the privacy protocol. */
  readonly privacy: Buffer
  /** Null: encrypted. */
  readonly scoped: ScopedPdu | null
  /** What stands in the place of the ScopedPDU where it is encrypted. */
  readonly encrypted: Buffer
}

export interface ScopedPdu {
  readonly contextEngineId: Buffer
  readonly contextName: Buffer
  readonly pdu: Pdu
}

/** From behind the version. */
export function readUsmMessage(fields: BerReader): UsmMessage {
  const header = fields.sequence()
  const [messageId, maxSize, flags] = [header.integer(), header.integer(), header.octetString()[0]]
  if (flags === undefined || header.integer() !== SECURITY_MODEL_USM) throw new CodecError('another security model')
  const security = new BerReader(fields.octetString()).sequence()
  const parameters = {
    engineId: security.octetString(),
    boots: security.integer(),
    time: security.integer(),
    user: security.octetString(),
    authentication: security.octetString(),
    privacy: security.octetString(),
  }
  const plain = fields.peek() === TAG.SEQUENCE
  const scoped = plain ? readScopedPdu(fields) : null
  return {messageId, maxSize, flags, ...parameters, scoped, encrypted: plain ? Buffer.alloc(0) : fields.octetString()}
}

export function readScopedPdu(reader: BerReader): ScopedPdu {
  const fields = reader.sequence()
  return {contextEngineId: fields.octetString(), contextName: fields.octetString(), pdu: readPdu(fields)}
}

export function writeScopedPdu({contextEngineId, contextName, pdu}: ScopedPdu): Buffer {
  return sequence([octetString(contextEngineId), octetString(contextName), writePdu(pdu)])
}

/** Writes it as it is told to be: whoever authenticates it fills in the digest afterwards. */
export function writeUsmMessage(message: UsmMessage): Buffer {
  const {messageId, maxSize, flags, engineId, boots, time, user, authentication, privacy, scoped} = message
  const header = sequence([
    integer(messageId),
    integer(maxSize),
    octetString(Buffer.from([flags])),
    integer(SECURITY_MODEL_USM),
  ])
  const parameters = sequence([
    octetString(engineId),
    integer(boots),
    integer(time),
    octetString(user),
    octetString(authentication),
    octetString(privacy),
  ])
  const data = scoped === null ? element(TAG.OCTET_STRING, message.encrypted) : writeScopedPdu(scoped)
  return sequence([integer(3), header, octetString(parameters), data])
}

/** Where in the bytes of a message a field of it stands: fields are views of their message. */
export const offsetOf = (bytes: Buffer, field: Buffer): number => field.byteOffset - bytes.byteOffset

/**
 * Protocol data units (RFC 1157 §4.1, RFC 3416 §3):
 *
 *   PDU      = [n] { request-id INTEGER, error-status INTEGER, error-index INTEGER, SEQUENCE OF VarBind }
 *   VarBind  = SEQUENCE { OBJECT IDENTIFIER, value }
 *
 * A GetBulkRequest has non-repeaters and max-repetitions in the two fields of errors.
 */

import type {BerReader} from '../../../codecs/ber/reader.ts'
import {context, TAG, type Tag} from '../../../codecs/ber/tags.ts'
import {constructed, element, integer, sequence} from '../../../codecs/ber/writer.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {oidOctets, readOid, type Value} from './values.ts'

export const PDU = {
  GET: context(0),
  GET_NEXT: context(1),
  RESPONSE: context(2),
  SET: context(3),
  TRAP_V1: context(4),
  GET_BULK: context(5),
  INFORM: context(6),
  TRAP: context(7),
  REPORT: context(8),
} as const

/** What an agent answers. */
export const REQUESTS: ReadonlySet<Tag> = new Set([PDU.GET, PDU.GET_NEXT, PDU.GET_BULK, PDU.SET])

export const PDU_NAMES: Readonly<Record<Tag, string>> = {
  [PDU.GET]: 'get',
  [PDU.GET_NEXT]: 'getnext',
  [PDU.RESPONSE]: 'response',
  [PDU.SET]: 'set',
  [PDU.TRAP_V1]: 'trap',
  [PDU.GET_BULK]: 'getbulk',
  [PDU.INFORM]: 'inform',
  [PDU.TRAP]: 'trap',
  [PDU.REPORT]: 'report',
}

/** error-status (RFC 3416 §3); those up to `GEN_ERR` are version 1's, too. */
export const ERROR = {
  NONE: 0,
  TOO_BIG: 1,
  NO_SUCH_NAME: 2,
  BAD_VALUE: 3,
  GEN_ERR: 5,
  NO_ACCESS: 6,
  WRONG_TYPE: 7,
  WRONG_LENGTH: 8,
  WRONG_VALUE: 10,
  AUTHORIZATION: 16,
  NOT_WRITABLE: 17,
} as const

export interface VarBind {
  readonly oid: string
  readonly value: Value
}

export interface Pdu {
  readonly type: Tag
  readonly requestId: number
  /** error-status, or non-repeaters. */
  readonly first: number
  /** error-index, or max-repetitions. */
  readonly second: number
  readonly varbinds: readonly VarBind[]
}

/** More variables than any tool asks for at once; a datagram has room for thousands. */
const MAX_VARBINDS = 256

/** The PDU that comes next; a Trap-PDU of version 1 has other fields and comes without any. */
export function readPdu(reader: BerReader): Pdu {
  const type = reader.peek()
  if (type === undefined || PDU_NAMES[type] === undefined) throw new CodecError('no PDU')
  const fields = reader.enter(type)
  if (type === PDU.TRAP_V1) return {type, requestId: 0, first: 0, second: 0, varbinds: []}
  const [requestId, first, second] = [fields.integer(), fields.integer(), fields.integer()]
  return {type, requestId, first, second, varbinds: readVarBinds(fields.sequence())}
}

function readVarBinds(reader: BerReader): VarBind[] {
  const varbinds: VarBind[] = []
  while (reader.more) {
    if (varbinds.length === MAX_VARBINDS) throw new CodecError(`more than ${MAX_VARBINDS} variables`)
    const fields = reader.sequence()
    const oid = readOid(fields.expect(TAG.OBJECT_IDENTIFIER))
    if (oid === null) throw new CodecError('object identifier out of range')
    const {tag, content} = fields.next()
    varbinds.push({oid, value: {tag, content}})
  }
  return varbinds
}

export function writePdu({type, requestId, first, second, varbinds}: Pdu): Buffer {
  const list = sequence(varbinds.map(writeVarBind))
  return constructed(type, [integer(requestId), integer(first), integer(second), list])
}

export function writeVarBind({oid, value}: VarBind): Buffer {
  return sequence([element(TAG.OBJECT_IDENTIFIER, oidOctets(oid)), element(value.tag, value.content)])
}

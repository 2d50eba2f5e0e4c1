/** The question of every monitoring system: which LDAP versions the rootDSE offers. */

import {completeLength} from '../../codecs/ber/header.ts'
import {BerReader} from '../../codecs/ber/reader.ts'
import {contextPrimitive, TAG} from '../../codecs/ber/tags.ts'
import {boolean, constructed, enumerated, integer, octetString, sequence} from '../../codecs/ber/writer.ts'
import {OPERATION} from './wire/operations.ts'

const MESSAGE = 1
const LARGEST = 16_384

export const SELF_TEST_REQUEST: Buffer = sequence([
  integer(MESSAGE),
  constructed(OPERATION.SEARCH, [
    octetString(''),
    enumerated(0),
    enumerated(0),
    integer(0),
    integer(0),
    boolean(false),
    octetString('objectClass', contextPrimitive(7)),
    sequence([octetString('supportedLDAPVersion')]),
  ]),
])

/** True once the entry is there. */
export function isSelfTestReply(reply: Buffer): boolean {
  const length = completeLength(reply, LARGEST)
  if (length === null) return false
  const message = new BerReader(reply.subarray(0, length)).enter(TAG.SEQUENCE)
  return message.integer() === MESSAGE && message.peek() === OPERATION.SEARCH_ENTRY
}

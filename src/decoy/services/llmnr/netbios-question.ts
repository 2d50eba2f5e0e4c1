/** Name queries of NetBIOS and their answers (RFC 1002 §4.2.12, §4.2.13). The grammar is in `../nbns/message.ts`. */
import {decodeName, encodeName, NAME_SIZE} from '../../codecs/netbios-name.ts'

const HEADER = 12
const RECURSION_DESIRED = 0x0100
const BROADCAST = 0x0010
const RESPONSE = 0x8000
const RCODE = 0x000f
const WORKSTATION = 0x00
/** Type NB and class IN of a question; of an answer also its lifetime and the size of its data. */
const QUESTION_TAIL = Buffer.from('00200001', 'hex')
const ANSWER_TAIL = 10
/** Flags of the name and an address. */
const ADDRESS_ENTRY = 6

/** Of a broadcast: does anybody have this name? */
export function netbiosQuestion(id: number, name: string): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(RECURSION_DESIRED | BROADCAST, 2)
  header.writeUInt16BE(1, 4)
  return Buffer.concat([header, encodeName({name: name.toUpperCase(), kind: WORKSTATION}), QUESTION_TAIL])
}

/** Somebody says that a name is its own. */
export interface Claim {
  /** In lower case. */
  readonly name: string
  /** Where it says the name is, if it does. */
  readonly address: string | null
}

/** Null: no answer by which somebody claims a name. */
export function netbiosClaim(bytes: Buffer): Claim | null {
  if (bytes.length < HEADER) return null
  const flags = bytes.readUInt16BE(2)
  const name = decodeName(bytes, HEADER)
  if ((flags & RESPONSE) === 0 || (flags & RCODE) !== 0 || bytes.readUInt16BE(6) === 0 || name === null) return null
  const data = HEADER + NAME_SIZE + ANSWER_TAIL
  const address = bytes.length >= data + ADDRESS_ENTRY ? bytes.subarray(data + 2, data + ADDRESS_ENTRY).join('.') : null
  return {name: name.name.toLowerCase(), address}
}

/**
 * Identifier and length octets (X.690 §8.1.2, §8.1.3).
 *
 *   identifier = octet | lead(number 31) *(0x80|digit) digit
 *   length     = 0x00-0x7f | (0x80|n) n*octet            n = 1..4
 *
 * The indefinite form (0x80) is refused: LDAP (RFC 4511 §5.1), Kerberos, SPNEGO and X.509 all forbid it. A length
 * longer than needed is accepted, since Active Directory writes `84 00 00 00 05`.
 */
import {CodecError} from '../codec-error.ts'
import {HIGH_NUMBER, type Tag} from './tags.ts'

export interface Header {
  readonly tag: Tag
  /** Octets of identifier and length. */
  readonly size: number
  /** Octets of the content. */
  readonly length: number
}

const MAX_TAG_OCTETS = 3
const MAX_LENGTH_OCTETS = 4
const LONG_FORM = 0x80

/** The header at a position, or `null` where the bytes end within it. */
export function readHeader(bytes: Buffer, at = 0): Header | null {
  const identifier = readTag(bytes, at)
  if (identifier === null) return null
  const lengthAt = at + identifier.size
  const first = bytes[lengthAt]
  if (first === undefined) return null
  if (first < LONG_FORM) return {tag: identifier.tag, size: identifier.size + 1, length: first}
  const octets = first & 0x7f
  if (octets === 0) throw new CodecError('indefinite length')
  if (octets > MAX_LENGTH_OCTETS) throw new CodecError(`length of ${octets} octets`)
  if (lengthAt + 1 + octets > bytes.length) return null
  return {tag: identifier.tag, size: identifier.size + 1 + octets, length: bytes.readUIntBE(lengthAt + 1, octets)}
}

function readTag(bytes: Buffer, at: number): {tag: Tag; size: number} | null {
  const first = bytes[at]
  if (first === undefined) return null
  if ((first & HIGH_NUMBER) !== HIGH_NUMBER) return {tag: first, size: 1}
  let tag = first
  for (let size = 2; size <= MAX_TAG_OCTETS; size++) {
    const octet = bytes[at + size - 1]
    if (octet === undefined) return null
    tag = tag * 0x100 + octet
    if (octet < 0x80) return {tag, size}
  }
  throw new CodecError('tag number too large')
}

/**
 * Octets of the element at the beginning, header included, or `null` while its header is incomplete. Throws as soon as
 * the header announces more than `limit`, so that nothing is buffered in vain.
 */
export function announcedLength(bytes: Buffer, limit: number): number | null {
  const header = readHeader(bytes)
  if (header === null) return null
  const total = header.size + header.length
  if (total > limit) throw new CodecError(`an element of ${total} octets where ${limit} are allowed`)
  return total
}

/** As `announcedLength`, but `null` until the whole element has arrived. */
export function completeLength(bytes: Buffer, limit: number): number | null {
  const total = announcedLength(bytes, limit)
  return total === null || total > bytes.length ? null : total
}

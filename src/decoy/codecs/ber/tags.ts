/**
 * Identifier octets (X.690 §8.1.2). A tag is its identifier octets read as one number: `0x30` for SEQUENCE,
 * `0x7f65` for the constructed [APPLICATION 101].
 */
import {CodecError} from '../codec-error.ts'

export type Tag = number

export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  GENERAL_STRING: 0x1b,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const

const APPLICATION = 0x40
const CONTEXT = 0x80
export const CONSTRUCTED = 0x20
/** In the number's place: the number follows in base 128. */
export const HIGH_NUMBER = 0x1f
const MAX_NUMBER = 0x3fff

/** [n] of a constructed value, as every EXPLICIT tag is. */
export const context = (number: number): Tag => tagOf(CONTEXT | CONSTRUCTED, number)

/** [n] of a primitive value: an IMPLICIT tag over a string, an integer and the like. */
export const contextPrimitive = (number: number): Tag => tagOf(CONTEXT, number)

export const application = (number: number): Tag => tagOf(APPLICATION | CONSTRUCTED, number)

export const applicationPrimitive = (number: number): Tag => tagOf(APPLICATION, number)

function tagOf(first: number, number: number): Tag {
  if (!Number.isInteger(number) || number < 0 || number > MAX_NUMBER) throw new CodecError(`tag number ${number}`)
  if (number < HIGH_NUMBER) return first | number
  const lead = first | HIGH_NUMBER
  if (number < 0x80) return (lead << 8) | number
  return (lead << 16) | ((0x80 | (number >> 7)) << 8) | (number & 0x7f)
}

/** Whether content of this tag is a series of elements. */
export function isConstructed(tag: Tag): boolean {
  return (firstOctet(tag) & CONSTRUCTED) !== 0
}

export function tagOctets(tag: Tag): Buffer {
  if (tag > 0xffff) return Buffer.from([tag >> 16, (tag >> 8) & 0xff, tag & 0xff])
  if (tag > 0xff) return Buffer.from([tag >> 8, tag & 0xff])
  return Buffer.from([tag])
}

export function tagName(tag: Tag): string {
  return `0x${tag.toString(16).padStart(2, '0')}`
}

function firstOctet(tag: Tag): number {
  if (tag > 0xffff) return tag >> 16
  return tag > 0xff ? tag >> 8 : tag
}

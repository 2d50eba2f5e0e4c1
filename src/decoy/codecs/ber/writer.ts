/**
 * Writes DER (X.690 §10) as Buffers that nest: `sequence([integer(1), octetString(data)])`.
 *
 * Active Directory and everything else on Windows' LDAP encoder gives each constructed element, and no primitive one,
 * a length of four octets (`84 00 00 00 05`): the form `'four-octet'`.
 */
import {CodecError} from '../codec-error.ts'
import {encodeOid} from './oid.ts'
import {context, TAG, type Tag, tagOctets} from './tags.ts'
import {encodeGeneralizedTime, encodeUtcTime} from './time.ts'
import {encodeInteger} from './values.ts'

export type LengthForm = 'minimal' | 'four-octet'

const MAX_LENGTH = 0x7fff_ffff

/** Any element from its finished content. */
export function element(tag: Tag, content: Buffer, form: LengthForm = 'minimal'): Buffer {
  return Buffer.concat([tagOctets(tag), lengthOctets(content.length, form), content])
}

/** An element made of elements. */
export function constructed(tag: Tag, parts: readonly Buffer[], form: LengthForm = 'minimal'): Buffer {
  return element(tag, Buffer.concat(parts), form)
}

export const sequence = (parts: readonly Buffer[], form: LengthForm = 'minimal'): Buffer =>
  constructed(TAG.SEQUENCE, parts, form)

/** In the order given; DER wants the elements of a SET OF sorted, which Windows does not do. */
export const set = (parts: readonly Buffer[], form: LengthForm = 'minimal'): Buffer => constructed(TAG.SET, parts, form)

/** An EXPLICIT [number] around one element. */
export const explicit = (number: number, inner: Buffer, form: LengthForm = 'minimal'): Buffer =>
  element(context(number), inner, form)

/** The same for an optional element: nothing where there is none. */
export const optionalExplicit = (number: number, inner: Buffer | undefined): Buffer[] =>
  inner === undefined ? [] : [explicit(number, inner)]

export const integer = (value: number | bigint, tag: Tag = TAG.INTEGER): Buffer => element(tag, encodeInteger(value))

export const enumerated = (value: number, tag: Tag = TAG.ENUMERATED): Buffer => element(tag, encodeInteger(value))

export const boolean = (value: boolean, tag: Tag = TAG.BOOLEAN): Buffer =>
  element(tag, Buffer.from([value ? 0xff : 0x00]))

export const nullValue = (tag: Tag = TAG.NULL): Buffer => element(tag, Buffer.alloc(0))

/** Text is written as UTF-8. */
export const octetString = (value: Buffer | string, tag: Tag = TAG.OCTET_STRING): Buffer =>
  element(tag, Buffer.from(value))

export const utf8String = (value: string): Buffer => element(TAG.UTF8_STRING, Buffer.from(value, 'utf8'))

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

export function printableString(value: string): Buffer {
  if (!PRINTABLE.test(value)) throw new CodecError(`"${value}" is no PrintableString`)
  return element(TAG.PRINTABLE_STRING, Buffer.from(value, 'latin1'))
}

export function ia5String(value: string, tag: Tag = TAG.IA5_STRING): Buffer {
  if (/[^\x00-\x7f]/.test(value)) throw new CodecError(`"${value}" is no IA5String`)
  return element(tag, Buffer.from(value, 'latin1'))
}

/** KerberosString: RFC 4120 §5.2.1 wants ASCII, Windows writes UTF-8. */
export const generalString = (value: string | Buffer): Buffer => element(TAG.GENERAL_STRING, Buffer.from(value))

export const bmpString = (value: string): Buffer => element(TAG.BMP_STRING, Buffer.from(value, 'utf16le').swap16())

/** From the dotted form. */
export const oid = (dotted: string): Buffer => element(TAG.OBJECT_IDENTIFIER, encodeOid(dotted))

export const bitString = (bytes: Buffer, unused = 0, tag: Tag = TAG.BIT_STRING): Buffer =>
  element(tag, Buffer.concat([Buffer.from([unused]), bytes]))

/** From milliseconds since the epoch; years 1950 to 2049. */
export const utcTime = (ms: number): Buffer => element(TAG.UTC_TIME, encodeUtcTime(ms))

/** From milliseconds since the epoch, cut to whole seconds. */
export const generalizedTime = (ms: number): Buffer => element(TAG.GENERALIZED_TIME, encodeGeneralizedTime(ms))

function lengthOctets(length: number, form: LengthForm): Buffer {
  if (length > MAX_LENGTH) throw new CodecError(`an element of ${length} octets`)
  if (form === 'minimal' && length < 0x80) return Buffer.from([length])
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(length)
  const leading = form === 'minimal' ? octets.findIndex((octet) => octet !== 0) : 0
  return Buffer.concat([Buffer.from([0x80 | (4 - leading)]), octets.subarray(leading)])
}

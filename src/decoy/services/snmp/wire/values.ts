/**
 * Values of variables (RFC 2578 §7, RFC 3416 §3), kept as they stand on the wire:
 *
 *   INTEGER 02, OCTET STRING 04, NULL 05, OBJECT IDENTIFIER 06,
 *   IpAddress 40, Counter32 41, Gauge32 42, TimeTicks 43, Opaque 44, Counter64 46,
 *   noSuchObject 80, noSuchInstance 81, endOfMibView 82
 */
import {decodeOid, encodeOid} from '../../../codecs/ber/oid.ts'
import {TAG, type Tag} from '../../../codecs/ber/tags.ts'
import {decodeInteger, encodeInteger} from '../../../codecs/ber/values.ts'

export interface Value {
  readonly tag: Tag
  readonly content: Buffer
}

export const SNMP_TAG = {
  IP_ADDRESS: 0x40,
  COUNTER32: 0x41,
  GAUGE32: 0x42,
  TIME_TICKS: 0x43,
  OPAQUE: 0x44,
  COUNTER64: 0x46,
} as const

const UNSIGNED = 2 ** 32
const UNSIGNED_64 = 2n ** 64n
/** RFC 2578 §3.5: at most 128 sub-identifiers of 32 bits each. */
const MAX_ARCS = 128
const MAX_ARC = UNSIGNED - 1
const MAX_OID_OCTETS = MAX_ARCS * 5

const EMPTY = Buffer.alloc(0)

export const NULL: Value = {tag: TAG.NULL, content: EMPTY}
/** Exceptions of version 2, in a value's place. */
export const NO_SUCH_OBJECT: Value = {tag: 0x80, content: EMPTY}
export const NO_SUCH_INSTANCE: Value = {tag: 0x81, content: EMPTY}
export const END_OF_MIB_VIEW: Value = {tag: 0x82, content: EMPTY}

export const integer = (value: number): Value => ({tag: TAG.INTEGER, content: encodeInteger(Math.floor(value))})
export const octets = (content: Buffer): Value => ({tag: TAG.OCTET_STRING, content})
export const text = (value: string): Value => octets(Buffer.from(value, 'utf8'))
export const objectId = (dotted: string): Value => ({tag: TAG.OBJECT_IDENTIFIER, content: oidOctets(dotted)})
export const address = (dotted: string): Value => ({
  tag: SNMP_TAG.IP_ADDRESS,
  content: Buffer.from(dotted.split('.').map(Number)),
})
/** Wraps at 2^32, as all three 32-bit types here do or never get to. */
const unsigned = (tag: Tag, value: number): Value => ({
  tag,
  content: encodeInteger(((Math.floor(value) % UNSIGNED) + UNSIGNED) % UNSIGNED),
})
export const counter32 = (value: number): Value => unsigned(SNMP_TAG.COUNTER32, value)
export const gauge32 = (value: number): Value => unsigned(SNMP_TAG.GAUGE32, value)
/** Hundredths of a second. */
export const ticks = (value: number): Value => unsigned(SNMP_TAG.TIME_TICKS, value)
export const counter64 = (value: number): Value => ({
  tag: SNMP_TAG.COUNTER64,
  content: encodeInteger(BigInt.asUintN(64, BigInt(Math.floor(value)) % UNSIGNED_64)),
})

const EPOCH_YEARS = {least: 0, most: 9999} as const

/** DateAndTime (RFC 2579 §2): local time with its distance from UTC, in minutes. */
export function dateAndTime(ms: number, offset: number): Value {
  const local = new Date(ms + offset * 60_000)
  const content = Buffer.alloc(11)
  content.writeUInt16BE(Math.min(EPOCH_YEARS.most, Math.max(EPOCH_YEARS.least, local.getUTCFullYear())))
  const fields = [local.getUTCMonth() + 1, local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes()]
  const sign = offset < 0 ? '-' : '+'
  const east = Math.abs(offset)
  const rest = [local.getUTCSeconds(), 0, sign.charCodeAt(0), Math.floor(east / 60), east % 60]
  Buffer.from([...fields, ...rest]).copy(content, 2)
  return octets(content)
}

/** Throws `CodecError` for arcs that SNMP has no room for. */
export function oidOctets(dotted: string): Buffer {
  return encodeOid(dotted, MAX_OID_OCTETS)
}

/** Null: more or larger arcs than SNMP allows. Throws `CodecError` for what is no object identifier at all. */
export function readOid(content: Buffer): string | null {
  const dotted = decodeOid(content, MAX_OID_OCTETS)
  const arcs = dotted.split('.')
  return arcs.length <= MAX_ARCS && arcs.every((arc) => Number(arc) <= MAX_ARC) ? dotted : null
}

/** An INTEGER as a number; null where it is another type or out of range. */
export function numberOf({tag, content}: Value): number | null {
  return tag === TAG.INTEGER && content.length > 0 && content.length <= 4 ? decodeInteger(content) : null
}

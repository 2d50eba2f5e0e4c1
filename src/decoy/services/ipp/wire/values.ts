/** Attributes as they are written (RFC 8010 §3.9). */
import {TAG} from './tags.ts'

export interface Attribute {
  readonly name: string
  readonly values: readonly {readonly tag: number; readonly bytes: Buffer}[]
}

const attribute =
  <T>(tag: number, encode: (value: T) => Buffer) =>
  (name: string, ...values: readonly T[]): Attribute => ({
    name,
    values: values.map((value) => ({tag, bytes: encode(value)})),
  })

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export const text = attribute(TAG.TEXT, utf8)
export const nameText = attribute(TAG.NAME, utf8)
export const keyword = attribute(TAG.KEYWORD, utf8)
export const uri = attribute(TAG.URI, utf8)
export const uriScheme = attribute(TAG.URI_SCHEME, utf8)
export const charset = attribute(TAG.CHARSET, utf8)
export const language = attribute(TAG.LANGUAGE, utf8)
export const mime = attribute(TAG.MIME, utf8)
export const octets = attribute(TAG.OCTETS, utf8)
export const integer = attribute(TAG.INTEGER, int32)
export const enumeration = attribute(TAG.ENUM, int32)
export const boolean = attribute(TAG.BOOLEAN, (value: boolean) => Buffer.from([value ? 1 : 0]))
export const range = attribute(TAG.RANGE, ([from, to]: readonly [number, number]) =>
  Buffer.concat([int32(from), int32(to)]),
)
/** Dots per inch, both ways. */
export const resolution = attribute(TAG.RESOLUTION, (dots: number) =>
  Buffer.concat([int32(dots), int32(dots), Buffer.from([3])]),
)
/** RFC 2579 DateAndTime, in UTC. */
export const dateTime = attribute(TAG.DATE_TIME, (ms: number) => {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  const [hours, minutes, seconds] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
  const tenths = Math.floor(date.getUTCMilliseconds() / 100)
  const day = [date.getUTCMonth() + 1, date.getUTCDate()]
  return Buffer.from([year >> 8, year & 0xff, ...day, hours, minutes, seconds, tenths, 0x2b, 0, 0])
})
export const noValue = (name: string): Attribute => ({name, values: [{tag: TAG.NO_VALUE, bytes: Buffer.alloc(0)}]})
export const unknown = (name: string): Attribute => ({name, values: [{tag: TAG.UNKNOWN, bytes: Buffer.alloc(0)}]})

/** Each value is a list of members (RFC 8010 §3.1.6): flat on the wire, between a beginning and an end. */
export function collection(name: string, ...values: readonly (readonly Attribute[])[]): Attribute {
  const item = (tag: number, bytes = Buffer.alloc(0)) => ({tag, bytes})
  const flat = values.flatMap((members) => [
    item(TAG.BEGIN_COLLECTION),
    ...members.flatMap((member) => [item(TAG.MEMBER_NAME, Buffer.from(member.name, 'latin1')), ...member.values]),
    item(TAG.END_COLLECTION),
  ])
  return {name, values: flat}
}

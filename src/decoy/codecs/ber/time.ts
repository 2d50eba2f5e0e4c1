/** UTCTime and GeneralizedTime as milliseconds since the epoch, in the forms that DER allows (X.690 §11.7, §11.8). */
import {CodecError} from '../codec-error.ts'

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,3})\d{0,6})?Z$/
/** RFC 5280 §4.1.2.5.1: years from 50 are of the last century. */
const PIVOT = 50

export function decodeUtcTime(content: Buffer): number {
  const fields = fieldsOf(UTC_TIME, content)
  const [year = 0] = fields
  fields[0] = year + (year >= PIVOT ? 1900 : 2000)
  return millis(fields, 0)
}

export function decodeGeneralizedTime(content: Buffer): number {
  const fraction = GENERALIZED_TIME.exec(bounded(content))?.[7] ?? ''
  return millis(fieldsOf(GENERALIZED_TIME, content), Number(fraction.padEnd(3, '0')))
}

export function encodeUtcTime(ms: number): Buffer {
  const text = digits(ms)
  const year = Number(text.slice(0, 4))
  if (year < 1900 + PIVOT || year >= 2000 + PIVOT) throw new CodecError(`year ${year} in a UTCTime`)
  return Buffer.from(`${text.slice(2)}Z`, 'latin1')
}

/** Whole seconds, as Kerberos demands (RFC 4120 §5.2.3). */
export function encodeGeneralizedTime(ms: number): Buffer {
  return Buffer.from(`${digits(ms)}Z`, 'latin1')
}

function digits(ms: number): string {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new CodecError('a time outside of the years 0 to 9999')
  return date.toISOString().slice(0, 19).replace(/[-:T]/g, '')
}

function bounded(content: Buffer): string {
  return content.toString('latin1', 0, 32)
}

function fieldsOf(pattern: RegExp, content: Buffer): number[] {
  const match = content.length > 32 ? null : pattern.exec(bounded(content))
  if (match === null) throw new CodecError('a time of another form')
  return match.slice(1, 7).map(Number)
}

function millis(fields: readonly number[], fraction: number): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, fraction)
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!real) throw new CodecError('a time that does not exist')
  return date.getTime()
}

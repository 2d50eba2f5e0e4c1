/** RFC 5322 §3.3 dates in the site's own time zone, as servers write them. */
import {utcOffset} from '../../persona/place.ts'
import type {Persona} from '../../persona.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MINUTE_MS = 60_000

const two = (value: number): string => String(value).padStart(2, '0')

export interface DateStyle {
  /** Whether the first days of a month have a zero before them. */
  readonly padded: boolean
  /** What Greenwich is called, where it is not `+0000`. */
  readonly greenwich?: string
}

export function mailDate(persona: Persona, now: number, {padded, greenwich}: DateStyle): string {
  const offset = utcOffset(persona, now)
  const local = new Date(now + offset * MINUTE_MS)
  const day = padded ? two(local.getUTCDate()) : String(local.getUTCDate())
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':')
  const date = `${DAYS[local.getUTCDay()]}, ${day} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ${time}`
  if (offset === 0 && greenwich !== undefined) return `${date} ${greenwich}`
  const minutes = Math.abs(offset)
  return `${date} ${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`
}

/** The parts of the site's own time of day. */
export function localTime(persona: Persona, now: number): Date {
  return new Date(now + utcOffset(persona, now) * MINUTE_MS)
}

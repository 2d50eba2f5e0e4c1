/** Dates as mails have them (RFC 5322 section 3.3) and as IMAP has them (RFC 3501, date-time and date). */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

const two = (value: number): string => String(value).padStart(2, '0')

/** `+0100` of minutes east of Greenwich. */
export function zone(offset: number): string {
  const size = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

const clock = (local: Date): string =>
  `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`

/** `Mon, 5 Jan 2026 08:15:29 +0000`. */
export function mailDate(at: number, offset: number): string {
  const local = new Date(at + offset * MINUTE_MS)
  const day = `${WEEKDAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]}`
  return `${day} ${local.getUTCFullYear()} ${clock(local)} ${zone(offset)}`
}

/** `05-Jan-2026 08:15:30 +0000`. */
export function internalDate(at: number, offset: number): string {
  const local = new Date(at + offset * MINUTE_MS)
  const day = `${two(local.getUTCDate())}-${MONTHS[local.getUTCMonth()]}-${local.getUTCFullYear()}`
  return `${day} ${clock(local)} ${zone(offset)}`
}

export interface MailDate {
  readonly at: number
  /** Minutes east of Greenwich, as written. */
  readonly offset: number
}

/** The Date field of a mail; null: it is none. */
export function parseMailDate(text: string): MailDate | null {
  const match =
    /^\s*(?:[A-Za-z]{3}\s*,)?\s*(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?(?:\s+([+-])(\d{2})(\d{2}))?/.exec(
      text,
    )
  if (match === null) return null
  const [, day, month = '', year, hour, minute, second = '0', sign, zoneHours = '0', zoneMinutes = '0'] = match
  const index = monthOf(month)
  if (index < 0) return null
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes))
  const local = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second))
  return {at: local - offset * MINUTE_MS, offset}
}

/** A date-time of APPEND, without its quotes; null: it is none. */
export function parseInternalDate(text: string): number | null {
  const match = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/.exec(text)
  if (match === null) return null
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = match
  const index = monthOf(month)
  if (index < 0) return null
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes))
  return Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second)) - offset * MINUTE_MS
}

/** A date of SEARCH (`1-Feb-2026`): the number of the day since the epoch; null: it is none. */
export function parseDay(text: string): number | null {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text)
  if (match === null) return null
  const index = monthOf(match[2] ?? '')
  return index < 0 ? null : Date.UTC(Number(match[3]), index, Number(match[1])) / DAY_MS
}

/** The day of a moment where clocks are that many minutes ahead of Greenwich. */
export const dayOf = (at: number, offset: number): number => Math.floor((at + offset * MINUTE_MS) / DAY_MS)

function monthOf(name: string): number {
  const wanted = name.toLowerCase()
  return MONTHS.findIndex((month) => month.toLowerCase() === wanted)
}

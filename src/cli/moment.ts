import {DecnetError} from '../fleet/errors.ts'

const UNITS: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000}
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(?:Z|[+-]\d{2}:\d{2})?$/

/** A point in time as ISO 8601 in UTC: so long ago (`30m`, `2h`, `7d`), or a date with or without a time, UTC by default. */
export function parseMoment(text: string, now: Date): string {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text)
  if (ago !== null) {
    return new Date(now.getTime() - Number(ago[1]) * (UNITS[ago[2] as string] as number)).toISOString()
  }
  const zoned = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes(':') ? text : `${text}Z`
  const time = DATE.test(text) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw new DecnetError('USAGE', `${text} is not a point in time`, {
    hint: 'write how long ago (30m, 2h, 7d) or a date such as 2026-03-01 or 2026-03-01T12:00Z',
  })
}

/** Where the machine stands: time zone, language, country. One site for the whole fleet. */
import type {Persona} from '../persona.ts'

export interface Place {
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string
  /** The name Windows gives it. */
  readonly windowsTimeZone: string
  /** POSIX, e.g. `de_DE.UTF-8`. */
  readonly locale: string
  /** ISO 3166-1. */
  readonly country: string
}

const WEST_EUROPE = {windowsTimeZone: 'W. Europe Standard Time'} as const
const ROMANCE = {windowsTimeZone: 'Romance Standard Time'} as const
const AMERICAN = {locale: 'en_US.UTF-8', country: 'US'} as const
const GERMAN = {timeZone: 'Europe/Berlin', ...WEST_EUROPE, locale: 'de_DE.UTF-8', country: 'DE'} as const
const EASTERN = {timeZone: 'America/New_York', windowsTimeZone: 'Eastern Standard Time', ...AMERICAN} as const
const CENTRAL = {timeZone: 'America/Chicago', windowsTimeZone: 'Central Standard Time', ...AMERICAN} as const
const LONDON: Place = {
  timeZone: 'Europe/London',
  windowsTimeZone: 'GMT Standard Time',
  locale: 'en_GB.UTF-8',
  country: 'GB',
}

/** By the site codes that host names begin with. */
const PLACES: Readonly<Record<string, Place>> = {
  ber: GERMAN,
  muc: GERMAN,
  fra: GERMAN,
  par: {timeZone: 'Europe/Paris', ...ROMANCE, locale: 'fr_FR.UTF-8', country: 'FR'},
  lon: LONDON,
  ams: {timeZone: 'Europe/Amsterdam', ...WEST_EUROPE, locale: 'nl_NL.UTF-8', country: 'NL'},
  mad: {timeZone: 'Europe/Madrid', ...ROMANCE, locale: 'es_ES.UTF-8', country: 'ES'},
  mil: {timeZone: 'Europe/Rome', ...WEST_EUROPE, locale: 'it_IT.UTF-8', country: 'IT'},
  vie: {timeZone: 'Europe/Vienna', ...WEST_EUROPE, locale: 'de_AT.UTF-8', country: 'AT'},
  zrh: {timeZone: 'Europe/Zurich', ...WEST_EUROPE, locale: 'de_CH.UTF-8', country: 'CH'},
  nyc: EASTERN,
  atl: EASTERN,
  chi: CENTRAL,
  dal: CENTRAL,
  tor: {timeZone: 'America/Toronto', windowsTimeZone: 'Eastern Standard Time', locale: 'en_CA.UTF-8', country: 'CA'},
}

export function placeOf(persona: Persona): Place {
  return PLACES[persona.facts.fleet?.site ?? ''] ?? LONDON
}

/** Minutes east of Greenwich at that moment, daylight saving time included. */
export function utcOffset(persona: Persona, now: number): number {
  const format = new Intl.DateTimeFormat('en-US', {timeZone: placeOf(persona).timeZone, timeZoneName: 'longOffset'})
  const name = format.formatToParts(now).find(({type}) => type === 'timeZoneName')?.value ?? ''
  const match = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name)
  if (match === null) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
}

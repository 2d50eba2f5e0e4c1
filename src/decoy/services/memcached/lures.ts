/** What an application of the persona's keeps in its cache, and keeps writing: sessions, settings, pages. */
import type {Persona} from '../../persona.ts'

export interface Lure {
  readonly key: string
  readonly flags: number
  readonly data: Buffer
  /** Seconds since the epoch. */
  readonly writtenAt: number
  /** Seconds since the epoch; 0: never. */
  readonly expiresAt: number
}

const APPLICATIONS = ['shop', 'crm', 'portal', 'intranet', 'billing', 'helpdesk', 'booking'] as const
const NAMES = ['anna', 'ben', 'clara', 'david', 'elena', 'frank', 'greta', 'hugo', 'irene', 'jonas', 'karin', 'lukas']
const ROLES = ['user', 'user', 'user', 'editor', 'admin'] as const
/** What PHP's client marks a serialized value with. */
const PHP_SERIALIZED = 4
const SESSION_S = 1440
const SETTINGS_S = 3600

/** As it was last written at that moment. */
export function luresAt(persona: Persona, now: number): Lure[] {
  const application = persona.pick('memcached application', APPLICATIONS)
  const sessions = Array.from({length: persona.integer('memcached sessions', 9, 24)}, (_, index) =>
    session(persona, index, now),
  )
  return [...sessions, ...settings(persona, application, now)]
}

/** It is written anew in periods of its own. */
function written(persona: Persona, purpose: string, period: number, now: number): number {
  const phase = persona.integer(`memcached phase ${purpose}`, 0, period - 1)
  return Math.floor((now - phase) / period) * period + phase
}

function session(persona: Persona, index: number, now: number): Lure {
  const of = (what: string) => `memcached session ${index} ${what}`
  const period = persona.integer(of('period'), 120, 900)
  const writtenAt = written(persona, of('written'), period, now)
  const begun = written(persona, of('begun'), 43_200, now)
  const id = persona.bytes(`${of('id')} ${begun}`, 13).toString('hex')
  const token = persona.bytes(`${of('token')} ${begun}`, 20).toString('hex')
  const name = persona.pick(of('name'), NAMES)
  const role = persona.pick(of('role'), ROLES)
  const text = `user_id|i:${persona.integer(of('user'), 3, 900)};username|s:${name.length}:"${name}";role|s:${role.length}:"${role}";csrf|s:40:"${token}";last_seen|i:${writtenAt};`
  return lure(`memc.sess.key.${id}`, 0, text, writtenAt, SESSION_S)
}

function settings(persona: Persona, application: string, now: number): Lure[] {
  const mail = persona.facts.domain ?? `${persona.hostname.toLowerCase()}.local`
  const secret = persona.bytes('memcached database password', 9).toString('base64url')
  const values: readonly (readonly [key: string, text: string])[] = [
    ['config', serialized({db_host: '127.0.0.1', db_name: application, db_user: application, db_pass: secret})],
    ['mail', serialized({smtp_host: `mail.${mail}`, smtp_user: `${application}@${mail}`, smtp_port: '587'})],
    ['api_token', persona.bytes('memcached api token', 20).toString('hex')],
    ['version', `${persona.integer('memcached v1', 1, 6)}.${persona.integer('memcached v2', 0, 19)}`],
    ['online', String(persona.integer('memcached online', 2, 30))],
  ]
  return values.map(([name, text]) => {
    const flags = text.startsWith('a:') ? PHP_SERIALIZED : 0
    return lure(`${application}:${name}`, flags, text, written(persona, name, 900, now), SETTINGS_S)
  })
}

function lure(key: string, flags: number, text: string, writtenAt: number, ttl: number): Lure {
  return {key, flags, data: Buffer.from(text), writtenAt, expiresAt: writtenAt + ttl}
}

/** PHP's own form of an array of strings. */
function serialized(values: Readonly<Record<string, string>>): string {
  const text = (value: string) => `s:${Buffer.byteLength(value)}:"${value}";`
  const entries = Object.entries(values).map(([name, value]) => `${text(name)}${text(value)}`)
  return `a:${entries.length}:{${entries.join('')}}`
}

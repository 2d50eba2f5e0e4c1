/** What the decky's own databases hold: of one persona, stable, and unlike any other's. */
import type {Persona} from '../../persona.ts'
import type {Keyspace} from './keyspace.ts'

const NAMES = ['anna', 'ben', 'clara', 'david', 'elena', 'frank', 'greta', 'hugo', 'irene', 'jonas', 'karin', 'lukas']
const SURNAMES = [
  'berg',
  'costa',
  'dahl',
  'ferrari',
  'garcia',
  'huber',
  'jensen',
  'kowal',
  'lehmann',
  'moreau',
  'novak',
]
const PREFIXES = ['app', 'shop', 'crm', 'portal', 'api', 'erp', 'intranet', 'billing'] as const
const ROLES = ['user', 'user', 'user', 'editor', 'admin'] as const
const DAY_MS = 86_400_000
const SESSION_MS = 14 * DAY_MS

export function fillBait(keyspace: Keyspace, persona: Persona, now: number): void {
  const prefix = persona.pick('redis-prefix', PREFIXES)
  const users = persona.integer('redis-users', 6, 14)
  for (let index = 0; index < users; index++) addUser(keyspace, persona, prefix, index, now)
  const day = new Date(now).toISOString().slice(0, 10)
  const visits = Math.floor(((now % DAY_MS) / DAY_MS) * persona.integer('redis-visits', 300, 9000))
  set(keyspace, `${prefix}:stats:visits:${day}`, String(visits))
  set(
    keyspace,
    `${prefix}:config:version`,
    `${persona.integer('v1', 1, 6)}.${persona.integer('v2', 0, 19)}.${persona.integer('v3', 0, 9)}`,
  )
  keyspace.set(0, `${prefix}:queue:mail`, {kind: 'list', items: mailJobs(persona)})
}

function addUser(keyspace: Keyspace, persona: Persona, prefix: string, index: number, now: number): void {
  const of = (what: string) => `redis-user-${index}-${what}`
  const name = `${persona.pick(of('name'), NAMES)}.${persona.pick(of('surname'), SURNAMES)}`
  const id = persona.integer(of('id'), 1000, 9999)
  const domain = persona.facts.domain ?? `${persona.hostname.toLowerCase()}.local`
  const role = persona.pick(of('role'), ROLES)
  const fields = {username: name, email: `${name}@${domain}`, role, last_login: String(lastLogin(persona, index, now))}
  keyspace.set(0, `${prefix}:user:${id}`, {
    kind: 'hash',
    fields: new Map(Object.entries(fields).map(([field, value]) => [field, Buffer.from(value)])),
  })
  const session = persona.bytes(of('session'), 16).toString('hex')
  const token = persona.bytes(of('token'), 12).toString('base64url')
  set(
    keyspace,
    `${prefix}:session:${session}`,
    JSON.stringify({uid: id, role, csrf: token}),
    sessionEnd(persona, index, now),
  )
}

function lastLogin(persona: Persona, index: number, now: number): number {
  return Math.floor((sessionEnd(persona, index, now) - SESSION_MS) / 1000)
}

/** Sessions are renewed: each ends at some moment of the coming two weeks, and a new period begins then. */
function sessionEnd(persona: Persona, index: number, now: number): number {
  const phase = persona.integer(`redis-user-${index}-phase`, 0, SESSION_MS - 1)
  return now - ((now - phase) % SESSION_MS) + SESSION_MS
}

function mailJobs(persona: Persona): Buffer[] {
  return Array.from({length: persona.integer('redis-mail-jobs', 1, 5)}, (_, index) => {
    const id = persona.bytes(`redis-mail-${index}`, 6).toString('hex')
    return Buffer.from(JSON.stringify({id, template: 'welcome', attempts: 0}))
  })
}

function set(keyspace: Keyspace, key: string, value: string, expiresAt: number | null = null): void {
  keyspace.set(0, key, {kind: 'string', bytes: Buffer.from(value)}, expiresAt)
}

/** What the decky's databases hold: a small application of one persona's own, unlike any other's. */
import type {Persona} from '../persona.ts'
import type {SqlValue} from './ast.ts'
import type {Column, Relation} from './evaluate.ts'

export interface BaitTable extends Relation {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface BaitDatabase {
  readonly name: string
  readonly tables: readonly BaitTable[]
}

const DAY_MS = 86_400_000
const APPLICATIONS = ['shop', 'crm', 'intranet', 'billing', 'helpdesk', 'inventory', 'portal', 'payroll', 'booking']
const FIRST = ['anna', 'ben', 'clara', 'david', 'elena', 'frank', 'greta', 'hugo', 'irene', 'jonas', 'karin', 'lukas']
const LAST = ['berg', 'costa', 'dahl', 'ferrari', 'garcia', 'huber', 'jensen', 'kowal', 'lehmann', 'moreau', 'novak']
const COMPANIES = ['Logistics', 'Trading', 'Systems', 'Foods', 'Medical', 'Consulting', 'Metal', 'Print', 'Travel']
const FORMS = ['GmbH', 'Ltd', 'AG', 'SARL', 'Inc.', 'B.V.']
const STATES = ['paid', 'paid', 'paid', 'open', 'shipped', 'cancelled']
const ROLES = ['user', 'user', 'user', 'editor', 'admin']
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function baitDatabase(persona: Persona): BaitDatabase {
  const name = persona.pick('sql application', APPLICATIONS)
  const prefix = persona.integer('sql suffix', 0, 2) === 0 ? '_prod' : ''
  const createdAt = persona.installedAt + persona.integer('sql created', 3600, 9 * 86_400) * 1000
  const table = (label: string, columns: readonly Column[], rows: readonly (readonly SqlValue[])[]): BaitTable => ({
    name: label,
    columns,
    rows,
    createdAt: createdAt + persona.integer(`sql table ${label}`, 1, 900) * 1000,
  })
  return {
    name: `${name}${prefix}`,
    tables: [
      table('customers', CUSTOMERS, rowsOf(persona, 'customers', 12, 40, customer)),
      table('orders', ORDERS, rowsOf(persona, 'orders', 30, 90, order)),
      table('settings', SETTINGS, settings(persona, name)),
      table('users', USERS, rowsOf(persona, 'users', 6, 14, user)),
    ],
  }
}

const column = (name: string, type: Column['type']): Column => ({name, type})

const USERS = [
  column('id', 'integer'),
  column('username', 'text'),
  column('email', 'text'),
  column('password_hash', 'text'),
  column('role', 'text'),
  column('created_at', 'timestamp'),
]
const CUSTOMERS = [
  column('id', 'integer'),
  column('company', 'text'),
  column('contact', 'text'),
  column('email', 'text'),
  column('created_at', 'timestamp'),
]
const ORDERS = [
  column('id', 'integer'),
  column('customer_id', 'integer'),
  column('total', 'decimal'),
  column('status', 'text'),
  column('created_at', 'timestamp'),
]
const SETTINGS = [column('name', 'text'), column('value', 'text')]

type RowMaker = (persona: Persona, of: (what: string) => string, id: number) => readonly SqlValue[]

function rowsOf(persona: Persona, table: string, min: number, max: number, make: RowMaker): (readonly SqlValue[])[] {
  const count = persona.integer(`sql ${table} count`, min, max)
  return Array.from({length: count}, (_, index) => make(persona, (what) => `sql ${table} ${index} ${what}`, index + 1))
}

const user: RowMaker = (persona, of, id) => {
  const first = persona.pick(of('first'), FIRST)
  const last = persona.pick(of('last'), LAST)
  const name = id === 1 ? 'admin' : `${first}.${last}`
  return [
    id,
    name,
    `${name}@${mailDomain(persona)}`,
    bcrypt(persona, of('hash')),
    roleOf(persona, of, id),
    when(persona, of),
  ]
}

const roleOf = (persona: Persona, of: (what: string) => string, id: number): string =>
  id === 1 ? 'admin' : persona.pick(of('role'), ROLES)

const customer: RowMaker = (persona, of, id) => {
  const last = persona.pick(of('last'), LAST)
  const trade = persona.pick(of('trade'), COMPANIES)
  const company = `${capital(last)} ${trade} ${persona.pick(of('form'), FORMS)}`
  const contact = `${persona.pick(of('first'), FIRST)}.${persona.pick(of('contact'), LAST)}`
  return [id, company, contact, `${contact}@${last}-${trade.toLowerCase()}.example`, when(persona, of)]
}

const order: RowMaker = (persona, of, id) => [
  persona.integer('sql first order', 1000, 90_000) + id,
  persona.integer(of('customer'), 1, 12),
  (persona.integer(of('total'), 500, 900_000) / 100).toFixed(2),
  persona.pick(of('status'), STATES),
  when(persona, of),
]

function settings(persona: Persona, application: string): SqlValue[][] {
  const mail = mailDomain(persona)
  return [
    ['app_name', application],
    [
      'app_version',
      `${persona.integer('sql v1', 1, 6)}.${persona.integer('sql v2', 0, 19)}.${persona.integer('sql v3', 0, 9)}`,
    ],
    ['smtp_host', `mail.${mail}`],
    ['smtp_user', `${application}@${mail}`],
    ['smtp_password', persona.bytes('sql smtp', 9).toString('base64url')],
    ['api_token', persona.bytes('sql token', 20).toString('hex')],
    ['backup_path', `/srv/backup/${application}`],
  ]
}

function mailDomain(persona: Persona): string {
  return persona.facts.domain ?? `${persona.hostname.toLowerCase()}.local`
}

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`

function bcrypt(persona: Persona, purpose: string): string {
  const letters = [...persona.bytes(purpose, 53)].map((byte) => BCRYPT.charAt(byte & 63)).join('')
  return `$2y$10$${letters}`
}

/** `YYYY-MM-DD hh:mm:ss` between the installation and the deployment. */
function when(persona: Persona, of: (what: string) => string): string {
  const since = Date.parse(persona.facts.since)
  const ago = persona.integer(
    of('when'),
    1,
    Math.max(1, Math.floor((since - persona.installedAt) / 1000) - DAY_MS / 1000),
  )
  return sqlTime(since - ago * 1000)
}

/** As both products print a timestamp without a zone. */
export function sqlTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

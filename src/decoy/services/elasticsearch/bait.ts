/** What the indices hold before anybody came: people, passwords and invoices of a company, another in each install. */
import {domainOf} from '../../persona/domain.ts'
import type {Persona} from '../../persona.ts'
import type {Json} from './failures.ts'

const FIRST = [
  'Anna',
  'Jonas',
  'Maria',
  'Lukas',
  'Eva',
  'David',
  'Laura',
  'Felix',
  'Sarah',
  'Tom',
  'Nina',
  'Paul',
  'Clara',
  'Max',
  'Ida',
  'Ben',
]
const LAST = [
  'Keller',
  'Novak',
  'Meyer',
  'Rossi',
  'Jansen',
  'Berg',
  'Fischer',
  'Moreau',
  'Silva',
  'Lang',
  'Hansen',
  'Weiss',
  'Kovac',
  'Dietrich',
  'Olsen',
  'Martin',
]
const WORDS = ['Winter', 'Summer', 'Orion', 'Castle', 'Falcon', 'Harbor', 'Granite', 'Maple', 'Vector', 'Copper']
const TOWNS = ['Bremen', 'Lyon', 'Graz', 'Porto', 'Leeds', 'Ghent', 'Turin', 'Brno', 'Aarhus', 'Basel']
const DAY_MS = 86_400_000

export interface Bait {
  readonly index: string
  readonly documents: readonly Json[]
  /** Documents that it seems to hold beside those that can be found. */
  readonly more: number
}

export function bait(persona: Persona, now: number): Bait[] {
  const domain = domainOf(persona)?.dns ?? 'example.com'
  const people = Array.from({length: 12}, (_, index) => person(persona, index, domain))
  const day = new Date(now - DAY_MS).toISOString().slice(0, 10).replaceAll('-', '.')
  return [
    {index: 'customers', documents: people, more: persona.integer('es customers', 400, 9000)},
    {index: 'users', documents: people.slice(0, 8).map((one, index) => account(persona, one, index)), more: 0},
    {
      index: 'invoices',
      documents: people.map((one, index) => invoice(persona, one, index, now)),
      more: persona.integer('es invoices', 2000, 60_000),
    },
    {index: `filebeat-${day}`, documents: lines(persona, now), more: persona.integer('es lines', 20_000, 900_000)},
  ]
}

function person(persona: Persona, index: number, domain: string): Json {
  const first = persona.pick(`es first ${index}`, FIRST)
  const last = persona.pick(`es last ${index}`, LAST)
  return {
    id: 1000 + index * persona.integer('es id step', 3, 17),
    first_name: first,
    last_name: last,
    email: `${first}.${last}@${domain}`.toLowerCase(),
    phone: `+49${persona.integer(`es phone ${index}`, 1_500_000_000, 1_799_999_999)}`,
    city: persona.pick(`es town ${index}`, TOWNS),
    iban: `DE${persona.integer(`es check ${index}`, 10, 98)}${persona.integer(`es bank ${index}`, 10_000_000, 99_999_999)}${persona.integer(`es account ${index}`, 1_000_000_000, 9_999_999_999)}`,
    created_at: new Date(
      persona.installedAt + persona.integer(`es created ${index}`, 1, 200) * 86_400_000,
    ).toISOString(),
  }
}

function account(persona: Persona, {email, first_name: first}: Json, index: number): Json {
  const password = `${persona.pick(`es word ${index}`, WORDS)}${persona.integer(`es number ${index}`, 100, 9999)}!`
  return {
    username: index === 0 ? 'admin' : String(first).toLowerCase(),
    email,
    password,
    role: index === 0 ? 'administrator' : 'staff',
    api_key: persona.bytes(`es key ${index}`, 20).toString('hex'),
    active: true,
  }
}

const invoice = (persona: Persona, {id, last_name: name}: Json, index: number, now: number): Json => ({
  number: `${new Date(now).getUTCFullYear()}-${persona.integer(`es invoice ${index}`, 10_000, 99_999)}`,
  customer_id: id,
  customer: name,
  amount: persona.integer(`es amount ${index}`, 4000, 900_000) / 100,
  currency: 'EUR',
  paid: persona.integer(`es paid ${index}`, 0, 3) > 0,
})

function lines(persona: Persona, now: number): Json[] {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  return Array.from({length: 8}, (_, index) => ({
    '@timestamp': new Date(now - DAY_MS + persona.integer(`es line ${index}`, 1, DAY_MS - 1)).toISOString(),
    host: {name: persona.hostname.toLowerCase()},
    source: {ip: `${network}.${persona.integer(`es source ${index}`, 10, 240)}`},
    message: persona.pick(`es message ${index}`, [
      'Accepted publickey for deploy',
      'session opened for user root',
      'backup finished without errors',
      'connection to database lost, retrying',
    ]),
  }))
}

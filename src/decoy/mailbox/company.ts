/** What the mails of a decky speak of: people, hosts, passwords. The same in all boxes of a decky, and in none other. */
import {DEPARTMENTS} from '../active-directory/people.ts'
import {domainOf} from '../persona/domain.ts'
import {type Mailbox, mailboxesOf, mailDomain} from '../persona/mailboxes.ts'
import type {Persona} from '../persona.ts'
import {addressOf} from './compose.ts'

const WORDS = ['Harbor', 'Granite', 'Falcon', 'Maple', 'Orion', 'Castle', 'Meadow', 'Copper', 'Willow', 'Summit']
const PROJECTS = ['Atlas', 'Horizon', 'Phoenix', 'Compass', 'Beacon', 'Mercury']
const CUSTOMERS = ['Nordwerk', 'Alpina Foods', 'Delta Marine', 'Kessler & Sons', 'Brightwater', 'Helvetia Parts']

export interface Company {
  readonly domain: string
  /** Everybody but the one whose box it is. */
  readonly colleagues: readonly Mailbox[]
  readonly administrator: Mailbox
  /** Of the department, or anybody. */
  someone(department: string, purpose: string): Mailbox
  /** As headers show it. */
  address(of: Pick<Mailbox, 'name' | 'user'>): string
  given(of: Mailbox): string
  /** `vpn.corp.example`. */
  host(name: string): string
  /** A server by the fleet's convention, e.g. `ber-fs01.corp.example`. */
  server(role: string): string
  /** Where Windows is signed in: `CORP`. */
  readonly windowsDomain: string
  readonly controller: string
  /** An address of the decky's network. */
  ip(purpose: string): string
  password(purpose: string): string
  number(purpose: string, least: number, most: number): number
  readonly project: string
  readonly customer: string
}

export function companyOf(persona: Persona, owner: Mailbox): Company {
  const domain = mailDomain(persona)
  const directory = domainOf(persona)
  const people = mailboxesOf(persona).filter(({kind}) => kind === 'person')
  const colleagues = people.filter(({user}) => user !== owner.user)
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  const site = persona.facts.fleet?.site
  const someone = (department: string, purpose: string): Mailbox => {
    const of = colleagues.filter((each) => each.department === department)
    return persona.pick(`mail from ${purpose}`, of.length > 0 ? of : colleagues)
  }
  const named = persona.facts.domain !== null
  return {
    domain,
    colleagues,
    administrator: someone(DEPARTMENTS[0] ?? 'IT', 'administrator'),
    someone,
    address: (of) => addressOf(of, domain),
    given: ({name}) => name.split(' ', 1)[0] ?? name,
    host: (name) => (named ? `${name}.${domain}` : name),
    server: (role) => {
      const host = `${site === undefined ? '' : `${site}-`}${role}`
      return named ? `${host}.${domain}` : host
    },
    windowsDomain: directory?.netbios ?? 'WORKGROUP',
    controller: directory?.controllerFqdn ?? `${network}.10`,
    ip: (purpose) => `${network}.${persona.integer(`mail host ${purpose}`, 10, 240)}`,
    password: (purpose) =>
      `${persona.pick(`mail word ${purpose}`, WORDS)}-${persona.integer(`mail number ${purpose}`, 1000, 9999)}`,
    number: (purpose, least, most) => persona.integer(`mail ${purpose}`, least, most),
    project: persona.fleet.pick('project', PROJECTS),
    customer: persona.fleet.pick('customer', CUSTOMERS),
  }
}

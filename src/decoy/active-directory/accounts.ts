/**
 * The accounts of the fleet's domain: what LDAP shows and Kerberos knows. All controllers of the fleet have the same,
 * as in a real domain; only honey users are those of one decky's options.
 */

import type {OptionValues} from '../definition.ts'
import {honeyPairs} from '../honey-users.ts'
import {type Domain, domainOf} from '../persona/domain.ts'
import {domainSid, forestCreatedAt} from '../persona/windows.ts'
import type {Persona} from '../persona.ts'
import {computersOf} from './computers.ts'
import {peopleOf} from './people.ts'

/** userAccountControl (MS-ADTS §2.2.16). */
export const UAC = {
  DISABLED: 0x2,
  PASSWORD_NOT_REQUIRED: 0x20,
  NORMAL: 0x200,
  WORKSTATION_TRUST: 0x1000,
  SERVER_TRUST: 0x2000,
  PASSWORD_NEVER_EXPIRES: 0x1_0000,
  TRUSTED_FOR_DELEGATION: 0x8_0000,
  NO_PREAUTH: 0x40_0000,
} as const

export interface Account {
  /** sAMAccountName; computers' end in `$`. */
  readonly name: string
  /** The relative name of its entry. */
  readonly cn: string
  readonly kind: 'builtin' | 'person' | 'service' | 'computer' | 'honey'
  readonly rid: number
  /** userAccountControl. */
  readonly control: number
  readonly given?: string
  readonly surname?: string
  readonly department?: string
  readonly title?: string
  readonly description?: string
  readonly spns: readonly string[]
  /** Names of groups, besides the primary one. */
  readonly groups: readonly string[]
  /** Of computers. */
  readonly system?: string
  /** Whoever knows it: the operator (honey users), or who cracked what the KDC hands out (bait). Null: nobody. */
  readonly password: string | null
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly passwordSetAt: number
}

export interface Accounts {
  readonly domain: Domain
  readonly sid: string
  readonly all: readonly Account[]
  /** By sAMAccountName, UPN prefix, ignoring case. */
  find(name: string): Account | undefined
  /** That of a service principal name, ignoring case. */
  findService(spn: string): Account | undefined
  /** The honey user, where the password is right. */
  admits(name: string, password: string): Account | null
}

const DAY_MS = 86_400_000
const ADMINISTRATOR_RID = 500
const GUEST_RID = 501
const KRBTGT_RID = 502
const FIRST_RID = 1103
const SEASONS = ['Spring', 'Summer', 'Autumn', 'Winter']
const PLEASANTRIES = ['Welcome', 'Password', 'Company', 'Backup', 'Sommer']

/** Null: no domain, hence no accounts. `users`: honey credentials as `name:password`. */
export function accountsOf(persona: Persona, users: OptionValues[string] | undefined): Accounts | null {
  const domain = domainOf(persona)
  const sid = domainSid(persona)
  if (domain === null || sid === null) return null
  const derived = [...builtins(persona), ...staff(persona), ...services(persona, domain), ...machines(persona, domain)]
  const all = withHoney(persona, derived, users)
  const byName = new Map(all.map((account) => [account.name.toLowerCase(), account]))
  const bySpn = new Map(all.flatMap((account) => account.spns.map((spn) => [spn.toLowerCase(), account] as const)))
  const find = (name: string): Account | undefined => byName.get(name.toLowerCase())
  return {
    domain,
    sid,
    all,
    find,
    findService: (spn) => bySpn.get(spn.toLowerCase()),
    admits(name, password) {
      const account = find(name)
      return account?.kind === 'honey' && account.password === password ? account : null
    },
  }
}

/** Times of an account: made some time after the forest, its password set some time after that. */
function times(
  {fleet}: Persona,
  created: number,
  name: string,
  since: number,
): Pick<Account, 'createdAt' | 'passwordSetAt'> {
  const createdAt =
    created + fleet.integer(`created ${name}`, 1, 600) * DAY_MS + fleet.integer(`made ${name}`, 0, DAY_MS)
  const span = Math.max(0, Math.floor((since - createdAt) / DAY_MS))
  return {createdAt, passwordSetAt: createdAt + fleet.integer(`password ${name}`, 0, span) * DAY_MS}
}

function builtins(persona: Persona): Account[] {
  const createdAt = forestCreatedAt(persona)
  const common = {kind: 'builtin', spns: [], password: null, createdAt, passwordSetAt: createdAt} as const
  return [
    {
      ...common,
      name: 'Administrator',
      cn: 'Administrator',
      rid: ADMINISTRATOR_RID,
      control: UAC.NORMAL | UAC.PASSWORD_NEVER_EXPIRES,
      description: 'Built-in account for administering the computer/domain',
      groups: ['Administrators', 'Domain Admins', 'Enterprise Admins', 'Schema Admins', 'Group Policy Creator Owners'],
    },
    {
      ...common,
      name: 'Guest',
      cn: 'Guest',
      rid: GUEST_RID,
      control: UAC.NORMAL | UAC.DISABLED | UAC.PASSWORD_NEVER_EXPIRES | UAC.PASSWORD_NOT_REQUIRED,
      description: 'Built-in account for guest access to the computer/domain',
      groups: ['Guests'],
    },
    {
      ...common,
      name: 'krbtgt',
      cn: 'krbtgt',
      rid: KRBTGT_RID,
      control: UAC.NORMAL | UAC.DISABLED,
      description: 'Key Distribution Center Service Account',
      spns: ['kadmin/changepw'],
      groups: ['Denied RODC Password Replication Group'],
    },
  ]
}

/** `a.berger` or `anna.berger`: one convention for the company. */
export function loginName(persona: Persona, given: string, surname: string): string {
  const short = persona.fleet.pick('login names', [true, false])
  return `${short ? given.slice(0, 1) : given}.${surname}`.toLowerCase()
}

function staff(persona: Persona): Account[] {
  const forest = forestCreatedAt(persona)
  return peopleOf(persona).map(({given, surname, department, title}, index) => {
    const name = loginName(persona, given, surname)
    return {
      name,
      cn: `${given} ${surname}`,
      kind: 'person',
      rid: FIRST_RID + index,
      control: UAC.NORMAL | (index % 3 === 1 ? UAC.PASSWORD_NEVER_EXPIRES : 0),
      given,
      surname,
      department,
      title,
      spns: [],
      groups: [
        `GG-${department}`,
        ...(index === 0 ? ['Domain Admins', 'DnsAdmins'] : []),
        ...(index === 5 ? ['Remote Desktop Users'] : []),
      ],
      password: null,
      ...times(persona, forest, name, Date.parse(persona.facts.since)),
    }
  })
}

/**
 * One account with service principal names and one without pre-authentication, the two things that intruders ask
 * Kerberos for. Their passwords are in every word list; nothing lets anybody in with them.
 */
function services(persona: Persona, domain: Domain): Account[] {
  const forest = forestCreatedAt(persona)
  const since = Date.parse(persona.facts.since)
  const {sql, backup} = serviceNames(persona)
  const server = computersOf(persona).find(({role}) => role === 'SQL')?.name ?? 'SQL01'
  const host = `${server.toLowerCase()}.${domain.dns}`
  const common = {kind: 'service', rid: 0} as const
  return [
    {
      ...common,
      name: sql,
      cn: sql,
      rid: FIRST_RID + 20,
      control: UAC.NORMAL | UAC.PASSWORD_NEVER_EXPIRES,
      description: 'SQL Server service account',
      spns: [`MSSQLSvc/${host}`, `MSSQLSvc/${host}:1433`],
      groups: ['GG-Service Accounts'],
      password: weakPassword(persona, sql),
      ...times(persona, forest, sql, since),
    },
    {
      ...common,
      name: backup,
      cn: backup,
      rid: FIRST_RID + 21,
      control: UAC.NORMAL | UAC.PASSWORD_NEVER_EXPIRES | UAC.NO_PREAUTH,
      description: 'Backup agent, Linux clients',
      spns: [],
      groups: ['GG-Service Accounts', 'Backup Operators'],
      password: weakPassword(persona, backup),
      ...times(persona, forest, backup, since),
    },
  ]
}

function serviceNames({fleet}: Persona): {readonly sql: string; readonly backup: string} {
  const style = fleet.pick('service accounts', ['svc_', 'svc-', 'sa_', 'svc.'])
  return {
    sql: `${style}${fleet.pick('sql account', ['sql', 'mssql', 'sqlserver'])}`,
    backup: `${style}${fleet.pick('backup account', ['backup', 'veeam', 'bkp'])}`,
  }
}

function weakPassword({fleet}: Persona, name: string): string {
  const word = fleet.pick(`word ${name}`, [...SEASONS, ...PLEASANTRIES])
  return `${word}${fleet.integer(`year ${name}`, 2015, 2023)}${fleet.pick(`end ${name}`, ['', '!', '#'])}`
}

function machines(persona: Persona, domain: Domain): Account[] {
  const forest = forestCreatedAt(persona)
  return computersOf(persona).map(({name, system, role}, index) => {
    const host = `${name.toLowerCase()}.${domain.dns}`
    const controller = role === 'DC'
    const services = controller ? ['ldap', 'GC', 'HOST', 'RestrictedKrbHost'] : ['HOST', 'RestrictedKrbHost', 'TERMSRV']
    return {
      name: `${name}$`,
      cn: name,
      kind: 'computer',
      // The first controller is the first account that was made.
      rid: controller ? 1000 : FIRST_RID + 40 + index,
      control: controller ? UAC.SERVER_TRUST | UAC.TRUSTED_FOR_DELEGATION : UAC.WORKSTATION_TRUST,
      spns: services.flatMap((service) => [`${service}/${host}`, `${service}/${name}`]),
      groups: [],
      system,
      password: null,
      ...times(persona, forest, name, Date.parse(persona.facts.since)),
    }
  })
}

/** A honey user that is one of the accounts anyway keeps what that has, and gets the password. */
function withHoney(persona: Persona, derived: readonly Account[], users: OptionValues[string] | undefined): Account[] {
  const honey = new Map(honeyPairs(users))
  const known = derived.map((account) => {
    const given = [...honey].find(([name]) => name.toLowerCase() === account.name.toLowerCase())
    if (given === undefined) return account
    honey.delete(given[0])
    return {...account, kind: 'honey' as const, password: given[1], control: account.control & ~UAC.DISABLED}
  })
  const forest = forestCreatedAt(persona)
  const fresh = [...honey].map(
    ([name, password], index): Account => ({
      name,
      cn: name,
      kind: 'honey',
      rid: FIRST_RID + 80 + index,
      control: UAC.NORMAL,
      spns: [],
      groups: [],
      password,
      ...times(persona, forest, name, Date.parse(persona.facts.since)),
    }),
  )
  return [...known, ...fresh]
}

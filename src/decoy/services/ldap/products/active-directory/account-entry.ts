/** Users and computers as the directory shows them. */
import {type Account, type Accounts, UAC} from '../../../../active-directory/accounts.ts'
import {lastLogonAt} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import {encodeSid} from '../../directory/identifiers.ts'
import type {Attribute, Entry} from '../../directory/tree.ts'
import type {Objects} from './objects.ts'
import {largeInteger, NEVER} from './values.ts'

const PRIMARY_GROUP = {USERS: '513', COMPUTERS: '515', CONTROLLERS: '516', GUESTS: '514'} as const
const ACCOUNT_TYPE = {USER: '805306368', MACHINE: '805306369'} as const
const GUEST_RID = 501
/** AES 128 and 256, RC4 (MS-KILE §2.2.7). */
const MACHINE_ETYPES = '28'
const VERSIONS: Readonly<Record<string, string>> = {
  'Windows Server 2019 Standard': '10.0 (17763)',
  'Windows Server 2022 Standard': '10.0 (20348)',
  'Windows 10 Pro': '10.0 (19045)',
}
const ADMIN_GROUPS = /^CN=(Domain Admins|Administrators|Enterprise Admins|Schema Admins|Backup Operators),/

interface Placed {
  readonly account: Account
  readonly parent: string
  /** DNs. */
  readonly groups: readonly string[]
}

const text = (name: string, ...values: string[]): Attribute => ({name, values})
const optional = (name: string, value: string | undefined): Attribute[] =>
  value === undefined ? [] : [text(name, value)]
const several = (name: string, values: readonly string[]): Attribute[] =>
  values.length === 0 ? [] : [text(name, ...values)]

export function accountEntry(persona: Persona, objects: Objects, {domain, sid}: Accounts, placed: Placed): Entry {
  const {account, parent, groups} = placed
  const computer = account.kind === 'computer'
  return objects.entry({
    rdn: ['cn', account.cn],
    parent,
    classes: ['top', 'person', 'organizationalPerson', 'user', ...(computer ? ['computer'] : [])],
    category: computer ? 'Computer' : 'Person',
    system: account.rid <= 1000,
    createdAt: account.createdAt,
    changedAt: account.passwordSetAt,
    attributes: [
      ...optional('sn', account.surname),
      ...optional('title', account.title),
      ...optional('description', account.description),
      ...optional('givenName', account.given),
      ...(account.surname === undefined ? [] : [text('displayName', account.cn)]),
      ...several('memberOf', groups),
      ...optional('department', account.department),
      ...logonFacts(persona, account),
      text('primaryGroupID', primaryGroup(account)),
      {name: 'objectSid', values: [encodeSid(`${sid}-${account.rid}`) ?? '']},
      ...(groups.some((dn) => ADMIN_GROUPS.test(dn)) ? [text('adminCount', '1')] : []),
      text('accountExpires', account.rid === 500 ? '0' : NEVER),
      text('sAMAccountName', account.name),
      text('sAMAccountType', computer ? ACCOUNT_TYPE.MACHINE : ACCOUNT_TYPE.USER),
      ...(account.rid < 1000 || computer ? [] : [text('userPrincipalName', `${account.name}@${domain.dns}`)]),
      ...(computer ? computerFacts(account, domain.dns) : []),
      ...several('servicePrincipalName', account.spns),
      ...(account.surname === undefined ? [] : [text('mail', `${account.name}@${domain.dns}`)]),
      ...baitWorkstations(account, domain.controller),
    ],
  })
}

function logonFacts(persona: Persona, {name, control, passwordSetAt}: Account): Attribute[] {
  const disabled = (control & UAC.DISABLED) !== 0
  const since = Date.parse(persona.facts.since)
  // The same whoever asks, and hence of a day when the fleet was made.
  const logon = disabled ? null : lastLogonAt(persona, since) - persona.fleet.integer(`logon ${name}`, 0, 600) * 60_000
  const count = disabled ? 0 : persona.fleet.integer(`logons ${name}`, 12, 2400)
  return [
    text('userAccountControl', String(control)),
    text('badPwdCount', '0'),
    text('codePage', '0'),
    text('countryCode', '0'),
    text('badPasswordTime', '0'),
    text('lastLogoff', '0'),
    text('lastLogon', logon === null ? '0' : largeInteger(logon)),
    text('pwdLastSet', largeInteger(passwordSetAt)),
    text('logonCount', String(count)),
    ...(logon === null ? [] : [text('lastLogonTimestamp', largeInteger(logon))]),
  ]
}

function primaryGroup({kind, rid}: Account): string {
  if (rid === GUEST_RID) return PRIMARY_GROUP.GUESTS
  if (kind !== 'computer') return PRIMARY_GROUP.USERS
  return rid === 1000 ? PRIMARY_GROUP.CONTROLLERS : PRIMARY_GROUP.COMPUTERS
}

function computerFacts({cn, system = ''}: Account, dns: string): Attribute[] {
  return [
    text('operatingSystem', system),
    ...optional('operatingSystemVersion', VERSIONS[system]),
    text('dNSHostName', `${cn}.${dns}`),
    text('msDS-SupportedEncryptionTypes', MACHINE_ETYPES),
  ]
}

/** Why its password, once cracked, lets nobody in here: it may log on at one machine only. */
function baitWorkstations({kind, control, name}: Account, controller: string): Attribute[] {
  if (kind !== 'service') return []
  const role = (control & UAC.NO_PREAUTH) === 0 ? 'SQL' : 'BKP'
  const host = controller.replace(/DC(\d*)$/, `${role}$1`)
  return name === '' ? [] : [text('userWorkstations', host === controller ? `${role}01` : host)]
}

/** The bait directory of a domain controller: what a user of the domain may read. */
import type {Account, Accounts} from '../../../../active-directory/accounts.ts'
import {DEPARTMENTS} from '../../../../active-directory/people.ts'
import {domainGuid, forestCreatedAt} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import {encodeGuid, encodeSid} from '../../directory/identifiers.ts'
import {type Attribute, type Entry, Tree} from '../../directory/tree.ts'
import {accountEntry} from './account-entry.ts'
import {configuration} from './configuration.ts'
import {GROUPS, type Group} from './groups.ts'
import {Objects} from './objects.ts'
import {controllerNames} from './root-dse.ts'
import {largeInteger} from './values.ts'

/** Wider than RFC 4519 has it: what a search for everything comes upon first. */
const CONTAINERS: readonly (readonly [string, string])[] = [
  ['Users', 'Default container for upgraded user accounts'],
  ['Computers', 'Default container for upgraded computer accounts'],
  ['System', 'Builtin system settings'],
  [
    'ForeignSecurityPrincipals',
    'Default container for security identifiers (SIDs) associated with objects from external, trusted domains',
  ],
  ['Managed Service Accounts', 'Default container for managed service accounts'],
  ['Program Data', 'Default location for storage of application data.'],
]
/** `lockoutDuration` and its kin: negative hundreds of nanoseconds. */
const MINUTES = (count: number): string => String(-count * 600_000_000)
const DAYS = (count: number): string => MINUTES(count * 1440)

export function activeDirectoryTree(persona: Persona, accounts: Accounts): Tree {
  const objects = new Objects(persona, accounts.domain)
  const places = new Map(accounts.all.map((account) => [account, placeOf(account, accounts)]))
  const base = accounts.domain.distinguishedName
  return new Tree([
    domainEntry(persona, accounts, objects),
    ...CONTAINERS.map(([name, description]) =>
      objects.entry({
        rdn: ['cn', name],
        parent: base,
        classes: ['top', 'container'],
        category: 'Container',
        system: true,
        attributes: [text('description', description), text('showInAdvancedViewOnly', 'FALSE')],
      }),
    ),
    objects.entry({
      rdn: ['cn', 'Builtin'],
      parent: base,
      classes: ['top', 'builtinDomain'],
      category: 'Builtin-Domain',
      system: true,
      attributes: [],
    }),
    unit(objects, 'Domain Controllers', base, 'Default container for domain controllers'),
    unit(objects, 'Company', base),
    ...DEPARTMENTS.map((name) => unit(objects, name, `OU=Company,${base}`)),
    unit(objects, 'Servers', base),
    unit(objects, 'Workstations', base),
    unit(objects, 'Service Accounts', base),
    ...GROUPS.map((group) => groupEntry(group, objects, accounts, places)),
    ...accounts.all.map((account) =>
      accountEntry(persona, objects, accounts, {
        account,
        parent: places.get(account) ?? base,
        groups: groupNames(account.groups, base),
      }),
    ),
    ...policies(persona, objects, base),
    ...configuration(objects, accounts.domain),
  ])
}

const text = (name: string, ...values: string[]): Attribute => ({name, values})

function unit(objects: Objects, name: string, parent: string, description?: string): Entry {
  const attributes = description === undefined ? [] : [text('description', description)]
  return objects.entry({
    rdn: ['ou', name],
    parent,
    classes: ['top', 'organizationalUnit'],
    category: 'Organizational-Unit',
    attributes,
  })
}

function placeOf(account: Account, {domain}: Accounts): string {
  const base = domain.distinguishedName
  if (account.kind === 'computer') return computerPlace(account, base)
  if (account.department !== undefined) return `OU=${account.department},OU=Company,${base}`
  return account.kind === 'service' ? `OU=Service Accounts,${base}` : `CN=Users,${base}`
}

function computerPlace({rid, system}: Account, base: string): string {
  if (rid === 1000) return `OU=Domain Controllers,${base}`
  return system?.includes('Server') === true ? `OU=Servers,${base}` : `OU=Workstations,${base}`
}

function groupDn(name: string, base: string): string {
  const group = GROUPS.find((each) => each.name === name)
  if (group?.builtin === true) return `CN=${name},CN=Builtin,${base}`
  return name.startsWith('GG-') ? `CN=${name},OU=Company,${base}` : `CN=${name},CN=Users,${base}`
}

const groupNames = (names: readonly string[], base: string): string[] => names.map((name) => groupDn(name, base))

function groupEntry(group: Group, objects: Objects, accounts: Accounts, places: ReadonlyMap<Account, string>): Entry {
  const {domain, sid, all} = accounts
  const base = domain.distinguishedName
  const [, parent = base] = /^CN=[^,]+,(.*)$/.exec(groupDn(group.name, base)) ?? []
  const members = [
    ...all
      .filter(({groups}) => groups.includes(group.name))
      .map((account) => `CN=${account.cn},${places.get(account)}`),
    ...GROUPS.filter(({memberOf}) => memberOf.includes(group.name)).map(({name}) => groupDn(name, base)),
  ]
  const authority = group.builtin ? 'S-1-5-32' : sid
  return objects.entry({
    rdn: ['cn', group.name],
    parent,
    classes: ['top', 'group'],
    category: 'Group',
    system: group.rid < 1000,
    attributes: [
      ...(group.description === undefined ? [] : [text('description', group.description)]),
      ...(members.length === 0 ? [] : [text('member', ...members)]),
      ...(group.memberOf.length === 0 ? [] : [text('memberOf', ...groupNames(group.memberOf, base))]),
      {name: 'objectSid', values: [encodeSid(`${authority}-${group.rid}`) ?? '']},
      ...(group.admin ? [text('adminCount', '1')] : []),
      text('sAMAccountName', group.name),
      text('sAMAccountType', group.type === -2147483646 || group.type === -2147483640 ? '268435456' : '536870912'),
      text('groupType', String(group.type)),
    ],
  })
}

function domainEntry(persona: Persona, {domain, sid}: Accounts, objects: Objects): Entry {
  const {settings} = controllerNames(domain)
  const base = domain.distinguishedName
  const guid = domainGuid(persona)
  const created = forestCreatedAt(persona)
  return objects.entry({
    dn: base,
    rdn: ['dc', domain.labels[0] ?? domain.dns],
    parent: '',
    classes: ['top', 'domain', 'domainDNS'],
    category: 'Domain-DNS',
    system: true,
    ...(guid === null ? {} : {guid: encodeGuid(guid)}),
    attributes: [
      text('creationTime', largeInteger(created)),
      text('forceLogoff', '-9223372036854775808'),
      text('lockoutDuration', MINUTES(30)),
      text('lockOutObservationWindow', MINUTES(30)),
      text('lockoutThreshold', String(persona.fleet.pick('lockout', [0, 5, 10]))),
      text('maxPwdAge', DAYS(persona.fleet.pick('password age', [42, 90, 180]))),
      text('minPwdAge', DAYS(1)),
      text('minPwdLength', String(persona.fleet.pick('password length', [7, 8, 10]))),
      text('pwdProperties', '1'),
      text('pwdHistoryLength', '24'),
      {name: 'objectSid', values: [encodeSid(sid) ?? '']},
      text('fSMORoleOwner', settings),
      text('wellKnownObjects', `B:32:A9D1CA15768811D1ADED00C04FD8D5CD:CN=Users,${base}`),
      text('ms-DS-MachineAccountQuota', '10'),
      text('msDS-Behavior-Version', '7'),
      text('masteredBy', settings),
      text('msDS-NcType', '0'),
      text('dc', domain.labels[0] ?? domain.dns),
    ],
  })
}

/** The two policies of every domain, whose files SYSVOL has. */
function policies(persona: Persona, objects: Objects, base: string): Entry[] {
  const parent = `CN=Policies,CN=System,${base}`
  const dns = persona.facts.domain?.toLowerCase() ?? ''
  const policy = (guid: string, name: string): Entry =>
    objects.entry({
      rdn: ['cn', `{${guid}}`],
      parent,
      classes: ['top', 'container', 'groupPolicyContainer'],
      category: 'Group-Policy-Container',
      system: true,
      attributes: [
        text('displayName', name),
        text('flags', '0'),
        text('versionNumber', '3'),
        text('gPCFunctionalityVersion', '2'),
        text('gPCFileSysPath', `\\\\${dns}\\sysvol\\${dns}\\Policies\\{${guid}}`),
      ],
    })
  return [
    objects.entry({
      rdn: ['cn', 'Policies'],
      parent: `CN=System,${base}`,
      classes: ['top', 'container'],
      category: 'Container',
      system: true,
      attributes: [],
    }),
    policy('31B2F340-016D-11D2-945F-00C04FB984F9', 'Default Domain Policy'),
    policy('6AC1786C-016F-11D2-945F-00C04FB984F9', 'Default Domain Controllers Policy'),
  ]
}

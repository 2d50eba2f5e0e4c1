/** Groups of a domain: those that every one has, and those of the company's departments. */
import {DEPARTMENTS} from '../../../../active-directory/people.ts'

export interface Group {
  readonly name: string
  /** Below S-1-5-32 for the built-in ones. */
  readonly rid: number
  readonly builtin: boolean
  readonly description?: string
  /** Protected by AdminSDHolder. */
  readonly admin: boolean
  /** groupType: global (2), domain-local (4), universal (8), built-in (1), security (0x80000000). */
  readonly type: number
  readonly memberOf: readonly string[]
}

const SECURITY = 0x8000_0000
export const GROUP_TYPE = {
  BUILTIN: SECURITY | 5 | 0,
  GLOBAL: SECURITY | 2 | 0,
  LOCAL: SECURITY | 4 | 0,
  UNIVERSAL: SECURITY | 8 | 0,
} as const
const FIRST_OWN_RID = 1200

const builtin = (name: string, rid: number, description: string, admin = false): Group => ({
  name,
  rid,
  builtin: true,
  description,
  admin,
  type: GROUP_TYPE.BUILTIN,
  memberOf: [],
})

const own = (
  name: string,
  rid: number,
  type: number,
  {description, admin = false, memberOf = []}: {description?: string; admin?: boolean; memberOf?: string[]} = {},
): Group => ({name, rid, builtin: false, admin, type, memberOf, ...(description === undefined ? {} : {description})})

const {GLOBAL, LOCAL, UNIVERSAL} = GROUP_TYPE

export const GROUPS: readonly Group[] = [
  builtin('Administrators', 544, 'Administrators have complete and unrestricted access to the computer/domain', true),
  builtin(
    'Users',
    545,
    'Users are prevented from making accidental or intentional system-wide changes and can run most applications',
  ),
  builtin(
    'Guests',
    546,
    'Guests have the same access as members of the Users group by default, except for the Guest account which is further restricted',
  ),
  builtin('Account Operators', 548, 'Members can administer domain user and group accounts', true),
  builtin('Server Operators', 549, 'Members can administer domain servers', true),
  builtin('Print Operators', 550, 'Members can administer printers installed on domain controllers', true),
  builtin(
    'Backup Operators',
    551,
    'Backup Operators can override security restrictions for the sole purpose of backing up or restoring files',
    true,
  ),
  builtin('Remote Desktop Users', 555, 'Members in this group are granted the right to logon remotely'),
  builtin('Remote Management Users', 580, 'Members of this group can access WMI resources over management protocols'),
  own('Domain Admins', 512, GLOBAL, {
    description: 'Designated administrators of the domain',
    admin: true,
    memberOf: ['Administrators', 'Denied RODC Password Replication Group'],
  }),
  own('Domain Users', 513, GLOBAL, {description: 'All domain users', memberOf: ['Users']}),
  own('Domain Guests', 514, GLOBAL, {description: 'All domain guests', memberOf: ['Guests']}),
  own('Domain Computers', 515, GLOBAL, {description: 'All workstations and servers joined to the domain'}),
  own('Domain Controllers', 516, GLOBAL, {description: 'All domain controllers in the domain', admin: true}),
  own('Cert Publishers', 517, LOCAL, {
    description: 'Members of this group are permitted to publish certificates to the directory',
  }),
  own('Schema Admins', 518, UNIVERSAL, {description: 'Designated administrators of the schema', admin: true}),
  own('Enterprise Admins', 519, UNIVERSAL, {
    description: 'Designated administrators of the enterprise',
    admin: true,
    memberOf: ['Administrators'],
  }),
  own('Group Policy Creator Owners', 520, GLOBAL, {
    description: 'Members in this group can modify group policy for the domain',
  }),
  own('Denied RODC Password Replication Group', 572, LOCAL, {
    description:
      'Members in this group cannot have their passwords replicated to any read-only domain controllers in the domain',
  }),
  own('Protected Users', 525, GLOBAL, {
    description: 'Members of this group are afforded additional protections against authentication security threats.',
  }),
  own('DnsAdmins', 1101, LOCAL, {description: 'DNS Administrators Group'}),
  own('DnsUpdateProxy', 1102, GLOBAL, {
    description:
      'DNS clients who are permitted to perform dynamic updates on behalf of some other clients (such as DHCP servers).',
  }),
  ...[...DEPARTMENTS, 'Service Accounts'].map((name, index) => own(`GG-${name}`, FIRST_OWN_RID + index, GLOBAL)),
]

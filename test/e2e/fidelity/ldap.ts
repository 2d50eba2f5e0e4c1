import type {ClientRun, FidelityRow, Target} from './row.ts'

const PASSWORD = 'Winter-2024'
const QUIET = {LDAPTLS_REQCERT: 'never'}

const baseOf = ({domain}: Target): string =>
  domain
    .split('.')
    .map((label) => `dc=${label}`)
    .join(',')

const captured = (secret: string, captures: string): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.secret?.text === secret,
  captured: captures,
})

/** A search by somebody who binds by a name in this form. */
const bind = (form: string, name: (target: Target) => string, options: readonly string[] = []): ClientRun => ({
  name: `ldapsearch, bound by ${form}`,
  tool: 'ldapsearch',
  env: QUIET,
  command: (target) => [
    'ldapsearch',
    '-x',
    ...options,
    ...['-H', `ldap://${target.ip}`, '-D', name(target), '-w', PASSWORD, '-b', baseOf(target)],
    ...['(servicePrincipalName=*)', 'sAMAccountName'],
  ],
  prints: /sAMAccountName: krbtgt/,
  exit: 0,
  outcome: 'shows the accounts',
  leaves: captured(PASSWORD, 'plaintext'),
})

export const LDAP_ROWS: readonly FidelityRow[] = [
  {
    service: 'ldap',
    port: 389,
    product: 'Active Directory on Windows Server 2022',
    decky: {services: 'ldap', distro: 'windows2022'},
    options: {controller: 'yes', users: `helpdesk:${PASSWORD}`},
    nmap: /^ldap\s+Microsoft Windows Active Directory LDAP \(Domain: .*, Site: Default-First-Site-Name\)$/,
    scripts: [/Subject: commonName=/],
    clients: [
      {
        name: 'ldapsearch, rootDSE',
        tool: 'ldapsearch',
        command: ({ip}) => ['ldapsearch', '-x', '-H', `ldap://${ip}`, '-b', '', '-s', 'base'],
        prints: /domainControllerFunctionality: 7/,
        exit: 0,
        outcome: 'told',
      },
      {
        name: 'ldapsearch, wrong password',
        tool: 'ldapsearch',
        command: ({ip}) => ['ldapsearch', '-x', '-H', `ldap://${ip}`, '-D', 'anna@corp', '-w', 'guessed', '-b', ''],
        prints: /AcceptSecurityContext error, data 52e, v4f7c/,
        exit: 49,
        outcome: 'refused',
        leaves: captured('guessed', 'plaintext'),
      },
      bind('DN', (target) => `cn=helpdesk,cn=users,${baseOf(target)}`),
      bind('UPN', ({domain}) => `helpdesk@${domain}`),
      bind('DOMAIN\\user, StartTLS', ({domain}) => `${domain.split('.')[0]?.toUpperCase()}\\helpdesk`, ['-ZZ']),
    ],
  },
  {
    service: 'ldap',
    port: 389,
    product: 'OpenLDAP 2.5.13',
    decky: {services: 'ldap', distro: 'debian'},
    options: {users: `admin:${PASSWORD}`},
    nmap: /^ldap\s+OpenLDAP 2\.2\.X - 2\.3\.X$/,
    clients: [
      {
        name: 'ldapsearch, anonymous',
        tool: 'ldapsearch',
        command: (target) => ['ldapsearch', '-x', '-H', `ldap://${target.ip}`, '-b', baseOf(target), '(uid=*)', 'uid'],
        prints: /homeDirectory|uid: /,
        exit: 0,
        outcome: 'lists people',
      },
      {
        name: 'ldapsearch, wrong password',
        tool: 'ldapsearch',
        command: (target) => [
          'ldapsearch',
          ...['-x', '-H', `ldap://${target.ip}`, '-D', `cn=admin,${baseOf(target)}`, '-w', 'guessed', '-b', ''],
        ],
        prints: /Invalid credentials \(49\)/,
        exit: 49,
        outcome: 'refused',
        leaves: captured('guessed', 'plaintext'),
      },
    ],
  },
]

import type {ClientRun, FidelityRow, Target} from './row.ts'

const PASSWORD = 'Winter-2024'
const NAME = '1.3.6.1.2.1.1.5.0'
const LOCATION = '1.3.6.1.2.1.1.6.0'

/** Names as numbers, whatever modules are installed. */
const ENVIRONMENT = {MIBS: ''}
const target = ({ip}: Target): string => ip

interface Call {
  readonly name: string
  readonly tool: string
  readonly args: readonly string[]
  /** What is asked for. */
  readonly names: readonly string[]
  readonly expected: Pick<ClientRun, 'prints' | 'outcome' | 'leaves' | 'exit'>
}

const netSnmp = ({name, tool, args, names, expected}: Call): ClientRun => ({
  name,
  tool: 'snmpget',
  command: (to) => [tool, '-On', ...args, target(to), ...names],
  env: ENVIRONMENT,
  ...expected,
})

const walk = (version: '1' | '2c', prints: RegExp): ClientRun =>
  netSnmp({
    name: `snmpwalk -v${version}`,
    tool: 'snmpwalk',
    args: [`-v${version}`, '-c', 'public'],
    names: ['.1'],
    expected: {prints, exit: 0, outcome: 'walks to the end', leaves: community('public', 'success')},
  })

const bulkWalk = (subtree: string, prints: RegExp): ClientRun =>
  netSnmp({
    name: 'snmpbulkwalk',
    tool: 'snmpbulkwalk',
    args: ['-v2c', '-c', 'public'],
    names: [subtree],
    expected: {prints, exit: 0, outcome: 'walks in bulk'},
  })

const community = (word: string, outcome: 'success' | 'failure'): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) =>
    credential?.method === 'community' && credential.secret?.text === word && credential.outcome === outcome,
  captured: 'community',
})

const WRONG_COMMUNITY = netSnmp({
  name: 'snmpget, wrong community',
  tool: 'snmpget',
  args: ['-v2c', '-t', '1', '-r', '0', '-c', 'guessed'],
  names: [NAME],
  expected: {prints: /Timeout: No Response/, outcome: 'no answer', leaves: community('guessed', 'failure')},
})

const secure = (user: string, password: string, expected: Call['expected']): ClientRun =>
  netSnmp({
    name: `snmpget -v3, ${user}`,
    tool: 'snmpget',
    args: ['-v3', '-l', 'authPriv', '-u', user, '-a', 'SHA', '-A', password, '-x', 'AES', '-X', password],
    names: [NAME],
    expected,
  })

const usm = (
  user: string,
  outcome: 'success' | 'failure',
  mode: number | undefined,
): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) =>
    credential?.principal === user && credential.outcome === outcome && credential.hash?.hashcatMode === mode,
  captured: mode === undefined ? 'USM digest (John)' : `USM digest (${mode}), verified`,
})

const set = (word: string, prints: RegExp, outcome: string, status: number): ClientRun =>
  netSnmp({
    name: `snmpset -c ${word}`,
    tool: 'snmpset',
    args: ['-v2c', '-c', word],
    names: [LOCATION, 's', 'elsewhere'],
    expected: {
      prints,
      outcome,
      leaves: {
        event: 'query',
        matching: ({data}) => data?.operation === 'set' && data.status === status,
        captured: 'what was written',
      },
    },
  })

const GUESSING: ClientRun = {
  name: 'onesixtyone',
  tool: 'onesixtyone',
  command: ({ip}) => [
    'sh',
    '-c',
    `d=$(mktemp) && printf 'admin\\npublic\\nprivate\\n' > $d && onesixtyone -c $d ${ip}; rm $d`,
  ],
  prints: /\[public\]/,
  outcome: 'finds the community',
  leaves: community('admin', 'failure'),
}

const scripts = (names: string, prints: RegExp): ClientRun => ({
  name: `nmap --script ${names}`,
  tool: 'nmap',
  command: ({ip}) => ['nmap', '-n', '-Pn', '-sU', '-p', '161', '--script', names, ip],
  prints,
  outcome: 'prints all of it',
})

const of = (server: string): RegExp => new RegExp(`^snmp\\s+SNMPv1 server; ${server} SNMPv3 server \\(public\\)$`)
const ONLY_COMMUNITIES = /^snmp\s+SNMPv1 server \(public\)$/
const SHARED = {service: 'snmp', port: 161, protocol: 'udp'} as const

export const SNMP_ROWS: readonly FidelityRow[] = [
  {
    ...SHARED,
    product: 'Net-SNMP 5.9.3 on Debian 12',
    // A second service, for the table of open ports.
    decky: {services: 'snmp, ssh', distro: 'debian'},
    options: {write_community: 'private', users: `monitor:${PASSWORD}`},
    nmap: of('net-snmp'),
    scripts: [
      /snmp-sysdescr: Linux \S+ 6\.1\.0-\d+-amd64/,
      /snmp-info:[\s\S]*enterprise: net-snmp/,
      /snmp-interfaces:[\s\S]*softwareLoopback/,
      /snmp-processes:[\s\S]*Name: systemd/,
      /snmp-netstat:[\s\S]*TCP {2}0\.0\.0\.0:22/,
    ],
    clients: [
      walk('1', /1\.25\.6\.3\.1\.2\.1 = STRING:[\s\S]*\.2021\.11\.56\.0[\s\S]*End of MIB/),
      walk('2c', /\.2021\.11\.56\.0[\s\S]*No more variables left/),
      bulkWalk('.1.3.6.1.2.1.25.4', /= STRING: "systemd"/),
      WRONG_COMMUNITY,
      set('public', /noAccess/, 'refused', 6),
      set('private', /"elsewhere"/, 'writes', 0),
      secure('nobody', 'guessed-it', {
        prints: /Unknown user name/,
        outcome: 'refused',
        leaves: usm('nobody', 'failure', 25_000),
      }),
      secure('monitor', 'guessed-it', {
        prints: /Authentication failure/,
        outcome: 'refused',
        leaves: usm('monitor', 'failure', 25_000),
      }),
      secure('monitor', PASSWORD, {
        prints: /= STRING: "/,
        exit: 0,
        outcome: 'gets in',
        leaves: usm('monitor', 'success', 25_000),
      }),
      GUESSING,
    ],
  },
  {
    ...SHARED,
    product: 'SNMP service of Windows Server 2022',
    decky: {services: 'snmp', distro: 'windows2022'},
    nmap: ONLY_COMMUNITIES,
    scripts: [
      /snmp-sysdescr: Hardware: Intel64 .*Build 20348/,
      /snmp-win32-users:[\s\S]*Administrator/,
      /snmp-win32-services:[\s\S]*Print Spooler/,
    ],
    clients: [
      walk('2c', /lsass\.exe[\s\S]*1\.77\.1\.2\.25/),
      scripts('snmp-processes', /Name: MsMpEng\.exe/),
      scripts('snmp-win32-software', /Redistributable \(x64\)/),
      WRONG_COMMUNITY,
    ],
  },
  {
    ...SHARED,
    product: 'Cisco Catalyst, IOS 15.2',
    decky: {services: 'snmp', os: 'cisco'},
    options: {write_community: 'private'},
    nmap: of('ciscoSystems'),
    scripts: [
      /snmp-sysdescr: Cisco IOS Software, C\d+/,
      /snmp-info:[\s\S]*engineIDFormat: mac/,
      /snmp-interfaces:[\s\S]*GigabitEthernet1\/0\/1/,
    ],
    clients: [
      walk('2c', /GigabitEthernet1\/0\/12[\s\S]*WS-C/),
      bulkWalk('.1.3.6.1.2.1.47', /WS-C/),
      netSnmp({
        name: 'snmpset, configuration to TFTP',
        tool: 'snmpset',
        args: ['-v2c', '-c', 'private'],
        names: ['1.3.6.1.4.1.9.9.96.1.1.1.1.5.7', 'a', '198.51.100.7', '1.3.6.1.4.1.9.9.96.1.1.1.1.14.7', 'i', '4'],
        expected: {
          prints: /IpAddress: 198\.51\.100\.7/,
          outcome: 'accepted, not done',
          leaves: {
            event: 'query',
            matching: ({data}) => data?.operation === 'set' && JSON.stringify(data.values).includes('198.51.100.7'),
            captured: "the intruder's server",
          },
        },
      }),
      secure('admin', 'guessed-it', {
        prints: /Unknown user name/,
        outcome: 'refused',
        leaves: usm('admin', 'failure', undefined),
      }),
    ],
  },
  {
    ...SHARED,
    product: 'HP LaserJet, JetDirect',
    decky: {services: 'snmp', os: 'embedded'},
    options: {product: 'printer'},
    nmap: of('Hewlett-Packard'),
    scripts: [/snmp-sysdescr: HP ETHERNET MULTI-ENVIRONMENT/],
    clients: [
      walk('1', /HP (?:Color )?LaserJet[\s\S]*End of MIB/),
      bulkWalk('.1.3.6.1.2.1.43', /Black Cartridge HP/),
      GUESSING,
    ],
  },
  {
    ...SHARED,
    product: 'APC Smart-UPS, network management card',
    decky: {services: 'snmp', os: 'embedded'},
    options: {product: 'ups'},
    nmap: of('American Power Conversion Corp\\.'),
    scripts: [/snmp-sysdescr: APC Web\/SNMP Management Card/],
    clients: [walk('1', /American Power Conversion[\s\S]*End of MIB/), set('private', /"elsewhere"/, 'writes', 0)],
  },
  {
    ...SHARED,
    product: 'Synology DSM 7.2',
    decky: {services: 'snmp', distro: 'debian'},
    options: {product: 'synology'},
    nmap: of('net-snmp'),
    scripts: [/snmp-sysdescr: Linux \S+ 4\.4\.302\+/],
    clients: [walk('2c', /\/volume1[\s\S]*DSM 7\.2/)],
  },
  {
    ...SHARED,
    product: 'Axis network camera',
    decky: {services: 'snmp', os: 'embedded'},
    options: {product: 'axis'},
    nmap: of('net-snmp'),
    scripts: [/snmp-sysdescr: ; AXIS /],
    clients: [walk('2c', /Network Camera/), set('write', /"elsewhere"/, 'writes', 0)],
  },
  {
    ...SHARED,
    product: 'Siemens SIMATIC S7-300',
    decky: {services: 'snmp', os: 'embedded'},
    options: {product: 'plc'},
    nmap: ONLY_COMMUNITIES,
    scripts: [/snmp-sysdescr: Siemens, SIMATIC S7, CPU/],
    clients: [walk('1', /PN-IO[\s\S]*End of MIB/)],
  },
]

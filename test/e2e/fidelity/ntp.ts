import type {ClientRun, FidelityRow} from './row.ts'

const asked: NonNullable<ClientRun['leaves']> = {
  event: 'query',
  matching: ({data}) => data?.operation === 'time' && data.answered === true,
  captured: 'the query',
}

const DIG: ClientRun = {
  name: 'ntpdig',
  tool: 'ntpdig',
  command: ({ip}) => ['ntpdig', '-t', '5', ip],
  prints: /[+-]0\.0\d+ \+\/- \d\.\d+ \S+ s[234] no-leap/,
  outcome: 'gets the time',
  leaves: asked,
}

const CHRONY: ClientRun = {
  name: 'chronyd -Q',
  tool: 'chronyd',
  command: ({ip}) => [
    '/usr/sbin/chronyd',
    '-U',
    '-Q',
    '-t',
    '15',
    `server ${ip} iburst maxsamples 1`,
    'maxdistance 16',
  ],
  prints: /System clock wrong by -?0\.0\d+ seconds/,
  outcome: 'takes the time',
}

const MONLIST: ClientRun = {
  name: 'nmap --script ntp-monlist',
  tool: 'nmap',
  command: ({ip}) => ['nmap', '-n', '-Pn', '-sU', '-p', '123', '--script', 'ntp-monlist', ip],
  prints: /123\/udp open/,
  outcome: 'gets nothing',
  leaves: {event: 'probe', matching: ({data}) => data?.what === 'monlist', captured: 'the probe'},
}

const SHARED = {service: 'ntp', port: 123, protocol: 'udp'} as const
const SCRIPTS = [/ntp-info:/]

export const NTP_ROWS: readonly FidelityRow[] = [
  {
    ...SHARED,
    product: 'chrony 4.3 on Debian 12',
    decky: {services: 'ntp', distro: 'debian'},
    nmap: /^ntp\s+NTP v4 \(secondary server\)$/,
    scripts: SCRIPTS,
    clients: [DIG, CHRONY, MONLIST],
  },
  {
    ...SHARED,
    product: 'Windows Time service of Windows Server 2022',
    decky: {services: 'ntp', distro: 'windows2022'},
    nmap: /^ntp\s+NTP v3$/,
    scripts: SCRIPTS,
    clients: [DIG, CHRONY, MONLIST],
  },
  {
    ...SHARED,
    product: 'ntpd',
    decky: {services: 'ntp', os: 'cisco'},
    nmap: /^ntp\s+NTP v4 \(secondary server\)$/,
    scripts: SCRIPTS,
    clients: [DIG, MONLIST],
  },
]

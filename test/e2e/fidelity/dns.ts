import type {EvidenceEvent} from '../../../src/events/event.ts'
import type {ClientRun, FidelityRow} from './row.ts'

const asked =
  (name: RegExp, type: string) =>
  ({data}: EvidenceEvent): boolean =>
    name.test(String(data?.name)) && data?.type === type

/** `dig` at the decky. */
const dig = (
  name: string,
  args: (domain: string) => readonly string[],
  outcome: Pick<ClientRun, 'prints' | 'outcome' | 'leaves'>,
): ClientRun => ({
  name: `dig ${name}`,
  tool: 'dig',
  command: ({ip, domain}) => ['dig', `@${ip}`, '+tries=2', ...args(domain)],
  ...outcome,
})

const transfer = (granted: boolean, prints: RegExp, outcome: string): ClientRun =>
  dig('AXFR', (domain) => [domain, 'AXFR'], {
    prints,
    outcome,
    leaves: {
      event: 'probe',
      matching: ({data}) => data?.what === 'zone transfer' && data.granted === granted,
      captured: 'the attempt, and whether it was let',
    },
  })

const update: ClientRun = {
  name: 'nsupdate',
  tool: 'nsupdate',
  command: ({ip, domain}) => [
    'sh',
    '-c',
    `printf 'server ${ip}\\nzone ${domain}\\nupdate add evil.${domain} 300 A 10.0.0.66\\nsend\\n' | nsupdate`,
  ],
  prints: /update failed: REFUSED/,
  outcome: 'refused',
  leaves: {
    event: 'request',
    matching: ({data}) => data?.operation === 'update' && JSON.stringify(data.changes).includes('evil.'),
    captured: 'the records that it wanted to add',
  },
}

const BIND_CLIENTS: readonly ClientRun[] = [
  dig('SOA', (domain) => [domain, 'SOA'], {
    prints: /flags: qr aa rd;[\s\S]*COOKIE: [0-9a-f]{48} \(good\)[\s\S]*SOA\s+ns1\./,
    outcome: 'authoritative, with EDNS and a cookie',
    leaves: {event: 'query', matching: asked(/^corp\.example$/, 'SOA'), captured: 'the question'},
  }),
  dig('+tcp MX', (domain) => ['+tcp', domain, 'MX'], {prints: /\(TCP\)/, outcome: 'the same over TCP'}),
  dig('version.bind', () => ['version.bind', 'TXT', 'CH'], {
    prints: /TXT\s+"9\.18\.28-1~deb12u2-Debian"/,
    outcome: 'the version of Debian',
  }),
  dig('www.wikipedia.org', () => ['www.wikipedia.org'], {prints: /status: REFUSED/, outcome: 'no recursion'}),
  {
    name: 'host intranet',
    tool: 'host',
    command: ({ip, domain}) => ['host', `intranet.${domain}`, ip],
    prints: /is an alias for [\s\S]*has address/,
    outcome: 'follows the alias of a lure',
  },
  {
    name: 'nslookup',
    tool: 'nslookup',
    command: ({ip, domain}) => ['nslookup', '-type=NS', domain, ip],
    prints: /nameserver = ns1\./,
    outcome: 'finds the name server',
  },
  update,
]

export const DNS_ROWS: readonly FidelityRow[] = [
  {
    service: 'dns',
    port: 53,
    protocol: 'udp',
    product: 'BIND 9.18 of Debian 12',
    decky: {services: 'dns', distro: 'debian'},
    options: {nsid: 'edge-7'},
    nmap: /^domain\s+ISC BIND 9\.18\.28-1~deb12u2 \(Debian Linux\)/,
    scripts: [/dns-nsid:[\s\S]*NSID: edge-7[\s\S]*id\.server: edge-7[\s\S]*bind\.version: 9\.18\.28/],
    clients: [...BIND_CLIENTS, transfer(false, /Transfer failed/, 'refused')],
  },
  {
    service: 'dns',
    port: 53,
    product: 'BIND 9.18 of Ubuntu 22.04',
    decky: {services: 'dns', distro: 'ubuntu22'},
    options: {transfer: 'yes', extra_records: 'sql01 A 192.0.2.80'},
    nmap: /^domain\s+ISC BIND 9\.18\.28-0ubuntu0\.22\.04\.1 \(Ubuntu Linux\)/,
    clients: [transfer(true, /^vpn\.corp\.example\.[\s\S]*XFR size: \d+ records/m, 'the zone with its lures')],
  },
  {
    service: 'dns',
    port: 53,
    protocol: 'udp',
    product: 'DNS of Windows Server 2022',
    decky: {services: 'dns', os: 'windows_server', distro: 'windows2022'},
    // What nmap has no name for but another server's that says the same: so it does of every domain controller.
    nmap: /^domain\s+Simple DNS Plus/,
    clients: [
      dig('_ldap._tcp.dc._msdcs SRV', (domain) => [`_ldap._tcp.dc._msdcs.${domain}`, 'SRV'], {
        prints: /; EDNS: version: 0, flags:; udp: 4000[\s\S]*600\s+IN\s+SRV\s+0 100 389 /,
        outcome: 'finds the domain controller',
        leaves: {event: 'query', matching: asked(/^_ldap\._tcp\.dc\._msdcs/, 'SRV'), captured: 'the question'},
      }),
      {
        name: 'nslookup -type=SRV',
        tool: 'nslookup',
        command: ({ip, domain}) => ['nslookup', '-type=SRV', `_kerberos._tcp.${domain}`, ip],
        prints: /service = 0 100 88 /,
        outcome: 'finds its KDC',
      },
      {
        name: 'nmap dns-srv-enum',
        tool: 'nmap',
        command: ({ip, domain}) => [
          'nmap',
          '-Pn',
          '-n',
          '-sn',
          '--dns-servers',
          ip,
          '--script',
          'dns-srv-enum',
          '--script-args',
          `dns-srv-enum.domain=${domain}`,
        ],
        prints: /Active Directory Global Catalog[\s\S]*Kerberos KDC Service/,
        outcome: 'lists the services of the domain',
      },
      dig('version.bind', () => ['version.bind', 'TXT', 'CH'], {prints: /status: NOTIMP/, outcome: 'not known'}),
      transfer(false, /Transfer failed/, 'refused'),
      update,
    ],
  },
]

import type {ClientRun, FidelityRow} from './row.ts'

/** A script of nmap's that asks a group; the intruder has no default route by which it would find its link. */
const multicast = (script: string, args: (hostname: string) => string): ClientRun['command'] => {
  const interfaceName = `dev=$(ip -o -4 route show scope link | sed -n '1s/.* dev \\([^ ]*\\).*/\\1/p')`
  return ({hostname}) => [
    'sh',
    '-c',
    `${interfaceName}; ip route replace 224.0.0.0/4 dev $dev; nmap -e $dev --script ${script} ${args(hostname)}`,
  ]
}

export const LLMNR_ROWS: readonly FidelityRow[] = [
  {
    service: 'llmnr',
    port: 5353,
    protocol: 'udp',
    product: 'Avahi 0.8',
    decky: {services: 'llmnr', distro: 'debian'},
    options: {announce: 'http:80, ssh:22'},
    nmap: /^mdns\s+DNS-based service discovery/,
    scripts: [/dns-service-discovery:[\s\S]*22\/tcp ssh[\s\S]*80\/tcp http/],
    clients: [
      {
        name: 'dig NAME.local',
        tool: 'dig',
        command: ({ip, hostname}) => ['dig', `@${ip}`, '-p', '5353', '+noedns', `${hostname}.local`],
        prints: /\.local\.\s+10\s+IN\s+A\s+/,
        outcome: 'finds its address',
        leaves: {
          event: 'query',
          matching: ({data}) => data?.protocol === 'mdns' && data.type === 'A',
          captured: 'the question',
        },
      },
      {
        name: 'nmap broadcast-dns-service-discovery',
        tool: 'nmap',
        command: multicast('broadcast-dns-service-discovery', () => ''),
        prints: /80\/tcp http/,
        outcome: 'hears what it announces, by multicast',
      },
    ],
  },
  {
    service: 'llmnr',
    port: 5355,
    protocol: 'udp',
    product: 'Windows 11',
    decky: {services: 'llmnr', os: 'windows', distro: 'windows11'},
    // nmap asks it nothing that it could answer.
    nmap: /^llmnr$/,
    clients: [
      {
        name: 'dig NAME',
        tool: 'dig',
        command: ({ip, hostname}) => ['dig', `@${ip}`, '-p', '5355', '+noedns', `${hostname}.`],
        prints: /\.\s+30\s+IN\s+A\s+/,
        outcome: 'finds its address',
      },
      {
        name: 'nmap llmnr-resolve',
        tool: 'nmap',
        command: multicast('llmnr-resolve', (hostname) => `--script-args llmnr-resolve.hostname=${hostname}`),
        prints: /llmnr-resolve:[\s\S]* : \d+\.\d+\.\d+\.\d+/,
        outcome: 'finds its address, by multicast',
        leaves: {
          event: 'query',
          matching: ({data}) => data?.protocol === 'llmnr',
          captured: 'the question',
        },
      },
    ],
  },
]

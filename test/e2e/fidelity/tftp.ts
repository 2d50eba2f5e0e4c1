import type {FidelityRow} from './row.ts'

const shell = (script: string): readonly [string, ...string[]] => [
  'sh',
  '-c',
  `d=$(mktemp -d) && cd $d && ${script}; cd / && rm -r $d`,
]

export const TFTP_ROWS: readonly FidelityRow[] = [
  {
    service: 'tftp',
    port: 69,
    protocol: 'udp',
    product: 'tftpd-hpa 5.2',
    decky: {services: 'tftp', distro: 'debian'},
    options: {users: 'noc:Winter-2024'},
    // Every answer comes from another port, which is why nmap sees none, of the real daemon either.
    nmap: /^tftp/,
    unknownToNmap: true,
    clients: [
      {
        name: 'tftp-hpa, get and put',
        tool: 'tftp',
        command: ({ip}) =>
          shell(
            `printf 'mode octet\\nget router-confg got\\nput got back.cfg\\nget nothing\\nquit\\n' | tftp ${ip}; cat got`,
          ),
        prints: /Error code 1: File not found[\s\S]*username noc privilege 15 password 7/,
        outcome: 'gets a configuration, puts a file',
        leaves: {
          event: 'file.write',
          matching: ({data}) => data?.path === 'back.cfg' && data.complete === true,
          captured: 'the file, SHA-256',
        },
      },
      {
        name: 'atftp, blksize and tsize',
        tool: 'atftp',
        command: ({ip}) =>
          shell(`atftp --option 'blksize 1024' --option 'tsize 0' -g -r network-confg -l got ${ip} && cat got`),
        prints: /tacacs-server host/,
        outcome: 'gets a configuration',
        leaves: {
          event: 'file.read',
          matching: ({data}) => data?.path === 'network-confg' && data.complete === true,
          captured: 'the name',
        },
      },
      {
        name: 'curl tftp://',
        tool: 'curl',
        command: ({ip}) => ['curl', '-sS', `tftp://${ip}/router-confg`],
        prints: /snmp-server community/,
        outcome: 'gets a configuration',
      },
      {
        name: 'nmap --script tftp-enum',
        tool: 'nmap',
        command: ({ip}) => ['nmap', '-n', '-Pn', '-sU', '-p', '69', '--script', 'tftp-enum', ip],
        prints: /tftp-enum:[\s\S]*router-confg/,
        outcome: 'finds the configuration',
      },
    ],
  },
]

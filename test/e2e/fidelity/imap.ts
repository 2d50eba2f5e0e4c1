import type {ClientRun, FidelityRow} from './row.ts'

const login = (secret: string, outcome: 'failure' | 'success'): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) =>
    credential?.principal === 'deploy' && credential.secret?.text === secret && credential.outcome === outcome,
  captured: 'plaintext',
})

const CLIENTS: readonly ClientRun[] = [
  {
    name: 'curl, wrong password',
    tool: 'curl',
    command: ({ip}) => ['curl', '-sS', '-u', 'deploy:letmein', `imap://${ip}/`],
    prints: /curl: \(67\)/,
    outcome: 'refused',
    leaves: login('letmein', 'failure'),
  },
  {
    name: 'curl --ssl-reqd, honey user',
    tool: 'curl',
    command: ({ip}) => ['curl', '-sS', '-k', '--ssl-reqd', '-u', 'deploy:Summer2024', `imap://${ip}/INBOX;MAILINDEX=1`],
    prints: /Delivered-To: deploy@corp\.example/,
    outcome: 'reads a mail over TLS',
    leaves: {
      event: 'file.read',
      matching: ({data}) => /^deploy\/INBOX\/\d+$/.test(String(data?.path)),
      captured: 'which mail was read',
    },
  },
  {
    name: 'curl imaps://, search',
    tool: 'curl',
    command: ({ip}) => ['curl', '-sS', '-k', '-u', 'deploy:Summer2024', `imaps://${ip}/INBOX`, '-X', 'SEARCH TEXT vpn'],
    prints: /^\* SEARCH \d+/m,
    outcome: 'finds the lures',
    leaves: login('Summer2024', 'success'),
  },
  {
    name: 'hydra',
    tool: 'hydra',
    command: ({ip}) => ['hydra', '-I', '-t', '1', '-l', 'deploy', '-p', 'winter', ip, 'imap'],
    prints: /0 valid password/,
    outcome: 'guesses in vain',
    leaves: login('winter', 'failure'),
  },
]

export const IMAP_ROWS: readonly FidelityRow[] = [
  {
    service: 'imap',
    port: 143,
    product: 'Dovecot 2.3.19.1 of Debian 12',
    decky: {services: 'imap', distro: 'debian'},
    options: {users: 'deploy:Summer2024'},
    nmap: /^imap\s+Dovecot imapd$/,
    scripts: [/imap-capabilities: .*LOGIN-REFERRALS/],
    clients: CLIENTS,
  },
  {
    service: 'imap',
    port: 993,
    product: 'Dovecot 2.3.16 of Ubuntu 22.04',
    decky: {services: 'imap', distro: 'ubuntu22'},
    options: {users: 'deploy:Summer2024', plaintext: 'no'},
    nmap: /^ssl\/imap\s+Dovecot imapd/,
    clients: [
      {
        name: 'curl without TLS',
        tool: 'curl',
        command: ({ip}) => ['curl', '-sS', '-u', 'deploy:Summer2024', `imap://${ip}/`],
        prints: /Access denied|Login denied/,
        outcome: 'refused without TLS',
      },
      ...CLIENTS.slice(1, 3),
    ],
  },
]

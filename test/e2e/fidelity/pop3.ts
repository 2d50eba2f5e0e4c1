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
    command: ({ip}) => ['curl', '-sS', '-u', 'deploy:letmein', `pop3://${ip}/`],
    prints: /curl: \(67\)/,
    outcome: 'refused',
    leaves: login('letmein', 'failure'),
  },
  {
    name: 'curl --ssl-reqd, honey user',
    tool: 'curl',
    command: ({ip}) => ['curl', '-sS', '-k', '--ssl-reqd', '-u', 'deploy:Summer2024', `pop3://${ip}/1`],
    prints: /Delivered-To: deploy@corp\.example/,
    outcome: 'takes a mail over TLS',
    leaves: {
      event: 'file.read',
      matching: ({data}) => /^deploy\/INBOX\/\d+$/.test(String(data?.path)),
      captured: 'which mail was taken',
    },
  },
  {
    name: 'curl pop3s://, list',
    tool: 'curl',
    command: ({ip}) => ['curl', '-sS', '-k', '-u', 'deploy:Summer2024', `pop3s://${ip}/`],
    prints: /^1 \d+\r?$/m,
    outcome: 'lists the mails',
    leaves: login('Summer2024', 'success'),
  },
  {
    name: 'hydra',
    tool: 'hydra',
    command: ({ip}) => ['hydra', '-I', '-t', '1', '-l', 'deploy', '-p', 'winter', ip, 'pop3'],
    prints: /0 valid password/,
    outcome: 'guesses in vain',
    leaves: login('winter', 'failure'),
  },
]

export const POP3_ROWS: readonly FidelityRow[] = [
  {
    service: 'pop3',
    port: 110,
    product: 'Dovecot 2.3.19.1 of Debian 12',
    decky: {services: 'pop3', distro: 'debian'},
    options: {users: 'deploy:Summer2024'},
    nmap: /^pop3\s+Dovecot pop3d$/,
    scripts: [/pop3-capabilities: .*AUTH-RESP-CODE/],
    clients: CLIENTS,
  },
  {
    service: 'pop3',
    port: 995,
    product: 'Dovecot of Rocky Linux 9',
    decky: {services: 'pop3', distro: 'rocky9'},
    options: {users: 'deploy:Summer2024'},
    nmap: /^ssl\/pop3\s+Dovecot pop3d/,
    clients: CLIENTS.slice(1, 3),
  },
]

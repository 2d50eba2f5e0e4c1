import type {ClientRun, FidelityRow} from './row.ts'

const USERS = 'alice:Winter-2024'
const TO = 'alice@corp.example'
const INBOUND = ['--from', 'a@b.example', '--timeout', '20'] as const

const login = (secret: string): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.principal === 'alice' && credential.secret?.text === secret,
  captured: 'plaintext',
})

const delivery = (subject: string, prints = /<-\s+250 .*\n -> QUIT/): ClientRun => ({
  name: 'swaks to a mailbox',
  tool: 'swaks',
  command: ({ip}) => ['swaks', '--server', ip, ...INBOUND, '--to', TO, '--header', `Subject: ${subject}`],
  prints,
  exit: 0,
  outcome: 'message taken',
  leaves: {
    event: 'mail',
    matching: ({data}) => data?.subject === subject && typeof data.sha256 === 'string',
    captured: 'the message, SHA-256',
  },
})

const relayed = (code: number): ClientRun => ({
  name: 'swaks to somebody elsewhere',
  tool: 'swaks',
  command: ({ip}) => ['swaks', '--server', ip, ...INBOUND, '--to', 'x@example.org'],
  prints: new RegExp(`<\\*\\* ${code} `),
  exit: 24,
  outcome: 'relaying refused',
})

const signIn = (method: string, flags: readonly string[], port = 25): ClientRun => ({
  name: `swaks --auth ${method}${flags.map((flag) => ` ${flag}`).join('')}`,
  tool: 'swaks',
  command: ({ip}) => [
    'swaks',
    ...['--server', ip, '--port', String(port), ...INBOUND, ...flags, '--auth', method],
    ...['--auth-user', 'alice', '--auth-password', 'letmein', '--to', TO],
  ],
  prints: /<[*~]\* 535 /,
  exit: 28,
  outcome: 'refused',
  leaves: login('letmein'),
})

const hydra: ClientRun = {
  name: 'hydra',
  tool: 'hydra',
  command: ({ip}) => ['hydra', '-l', 'alice', '-p', 'Winter-2024', '-t', '1', '-I', ip, 'smtp'],
  prints: /login: alice\s+password: Winter-2024/,
  outcome: 'signs in as the honey user',
  leaves: login('Winter-2024'),
}

const upload = (scheme: 'smtp' | 'smtps', port: number, flags: readonly string[], outcome: string): ClientRun => ({
  name: `curl ${scheme}://`,
  tool: 'curl',
  command: ({ip}) => [
    'curl',
    ...['-sSvk', ...flags, '-u', 'alice:Winter-2024', '--mail-from', 'alice@corp.example'],
    ...['--mail-rcpt', 'x@example.org', '-T', '/etc/hostname', `${scheme}://${ip}:${port}/client.example`],
  ],
  prints: /< 250 2/,
  exit: 0,
  outcome,
  leaves: {
    event: 'mail',
    matching: ({data}) => data?.user === 'alice' && data.foreign === true,
    captured: 'the message, SHA-256',
  },
})

const DEBIAN = {services: 'smtp', distro: 'debian'}
const WINDOWS = {services: 'smtp', os: 'windows_server', distro: 'windows2022'}

export const SMTP_ROWS: readonly FidelityRow[] = [
  {
    service: 'smtp',
    port: 25,
    product: 'Postfix of Debian 12',
    decky: DEBIAN,
    options: {users: USERS},
    nmap: /^smtp\s+Postfix smtpd$/,
    scripts: [
      /smtp-commands: \S+, PIPELINING, SIZE 10240000, VRFY, ETRN, STARTTLS, AUTH PLAIN LOGIN, ENHANCEDSTATUSCODES, 8BITMIME, DSN, SMTPUTF8, CHUNKING/,
      /ssl-cert: Subject: commonName=\S+\.corp\.example/,
    ],
    clients: [delivery('fidelity postfix'), relayed(454), signIn('PLAIN', ['--tls']), hydra],
  },
  {
    service: 'smtp',
    port: 465,
    product: 'Postfix of Debian 12, submission over TLS',
    decky: DEBIAN,
    options: {users: USERS},
    nmap: /^ssl\/smtp\s+Postfix smtpd$/,
    scripts: [/smtp-commands: \S+, PIPELINING/],
    clients: [signIn('LOGIN', ['--tls-on-connect'], 465), upload('smtps', 465, [], 'sends as the honey user')],
  },
  {
    service: 'smtp',
    port: 587,
    product: 'Postfix of Debian 12, submission',
    decky: DEBIAN,
    options: {users: USERS},
    nmap: /^smtp\s+Postfix smtpd$/,
    scripts: [/smtp-commands: \S+, PIPELINING, SIZE 10240000, VRFY, ETRN, STARTTLS, ENHANCEDSTATUSCODES/],
    clients: [upload('smtp', 587, ['--ssl-reqd'], 'sends as the honey user')],
  },
  {
    service: 'smtp',
    port: 25,
    product: 'Exim 4.96',
    decky: DEBIAN,
    options: {users: USERS, product: 'exim'},
    nmap: /^smtp\s+Exim smtpd 4\.96$/,
    scripts: [/Commands supported: AUTH STARTTLS HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP/],
    clients: [delivery('fidelity exim', /250 OK id=/), relayed(550), signIn('LOGIN', []), hydra],
  },
  {
    service: 'smtp',
    port: 25,
    product: 'Sendmail 8.17.1.9',
    decky: DEBIAN,
    options: {users: USERS, product: 'sendmail'},
    nmap: /^smtp\s+Sendmail 8\.17\.1\.9\/8\.17\.1\.9\/Debian-2\+deb12u2$/,
    scripts: [/This is sendmail version 8\.17\.1\.9/],
    clients: [delivery('fidelity sendmail', /Message accepted for delivery/), relayed(550), signIn('PLAIN', ['--tls'])],
  },
  {
    service: 'smtp',
    port: 25,
    product: 'Microsoft Exchange 2019',
    decky: WINDOWS,
    options: {users: USERS},
    nmap: /^smtp\s+Microsoft Exchange smtpd$/,
    scripts: [
      /NetBIOS_Computer_Name: /,
      /Product_Version: 10\.0\.20348/,
      /X-ANONYMOUSTLS, AUTH NTLM, X-EXPS GSSAPI NTLM/,
    ],
    clients: [
      delivery('fidelity exchange', /Queued mail for delivery/),
      relayed(550),
      {
        name: 'curl, AUTH NTLM',
        tool: 'curl',
        command: ({ip}) => [
          'curl',
          ...['-sSv', '-u', 'CORP\\alice:letmein', '--login-options', 'AUTH=NTLM', '--mail-from', TO],
          ...['--mail-rcpt', TO, '-T', '/etc/hostname', `smtp://${ip}/`],
        ],
        prints: /535 5\.7\.3 Authentication unsuccessful/,
        exit: 67,
        outcome: 'refused',
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) => credential?.principal === 'alice' && credential.hash?.hashcatMode === 5600,
          captured: 'NetNTLMv2 (5600)',
        },
      },
    ],
  },
]

export const SMTP_RELAY_ROWS: readonly FidelityRow[] = [
  {
    service: 'smtp_relay',
    port: 25,
    product: 'Postfix of Debian 12, an open relay',
    decky: {services: 'smtp_relay', distro: 'debian'},
    nmap: /^smtp\s+Postfix smtpd$/,
    scripts: [/smtp-commands: \S+, PIPELINING/],
    clients: [
      {
        name: 'swaks to somebody elsewhere',
        tool: 'swaks',
        command: ({ip}) => [
          'swaks',
          '--server',
          ip,
          ...INBOUND,
          '--to',
          'x@example.org',
          '--header',
          'Subject: relay test',
        ],
        prints: /250 2\.0\.0 Ok: queued as /,
        exit: 0,
        outcome: 'message taken, never passed on',
        leaves: {
          event: 'mail',
          matching: ({data}) => data?.subject === 'relay test' && data.foreign === true,
          captured: 'the message, SHA-256',
        },
      },
      {
        name: 'nmap smtp-open-relay',
        tool: 'nmap',
        command: ({ip}) => ['nmap', '-Pn', '-n', '-p', '25', '--script', 'smtp-open-relay', ip],
        prints: /Server is an open relay/,
        outcome: 'found open',
      },
    ],
  },
]

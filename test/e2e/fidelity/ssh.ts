import type {ClientRun, FidelityRow} from './row.ts'

const QUIET = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']

const login = (password: string, command: string, prints: RegExp, outcome: string): ClientRun => ({
  name: outcome === 'refused' ? 'ssh, wrong password' : `ssh ${command}`,
  tool: 'sshpass',
  command: ({ip}) => ['sshpass', '-p', password, 'ssh', ...QUIET, `root@${ip}`, command],
  prints,
  outcome,
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === 'root' && credential.secret?.text === password,
    captured: 'plaintext',
  },
})

/** What a client of today has to be told before it speaks with devices. */
const OLD = [
  ['KexAlgorithms', 'diffie-hellman-group14-sha1'],
  ['HostKeyAlgorithms', 'ssh-rsa'],
].flatMap(([name, value]) => ['-o', `${name}=+${value}`])

const device = (command: string, prints: RegExp, outcome: string): ClientRun => ({
  name: `ssh ${command}`,
  tool: 'sshpass',
  command: ({ip}) => ['sshpass', '-p', 'cisco', 'ssh', ...QUIET, ...OLD, `admin@${ip}`, command],
  prints,
  outcome,
  leaves: {
    event: 'command',
    matching: ({data}) => data?.kind === 'exec' && data.user === 'admin',
    captured: 'the command',
  },
})

export const SSH_ROWS: readonly FidelityRow[] = [
  {
    service: 'ssh',
    port: 22,
    product: 'OpenSSH 9.2p1 Debian',
    decky: {services: 'ssh', distro: 'debian'},
    options: {users: 'root:toor'},
    nmap: /^ssh\s+OpenSSH 9\.2p1 Debian 2\+deb12u\d+ \(protocol 2\.0\)$/,
    scripts: [/256 [0-9a-f:]{32,47} \(ED25519\)/],
    clients: [
      login('letmein', 'id', /Permission denied/, 'refused'),
      login('toor', 'id', /uid=0\(root\)/, 'runs the command'),
    ],
  },
  {
    service: 'ssh',
    port: 22,
    product: 'Cisco IOS SSH',
    decky: {services: 'ssh', os: 'cisco', distro: 'ios'},
    options: {users: 'admin:cisco'},
    nmap: /^ssh\s+Cisco SSH 1\.25 \(protocol 2\.0\)$/,
    scripts: [/2048 [0-9a-f:]{32,47} \(RSA\)/],
    clients: [device('show version', /Cisco IOS Software, C\w+ Software/, 'runs the command')],
  },
  {
    service: 'ssh',
    port: 22,
    product: 'HPE iLO 5 SSH',
    decky: {services: 'ssh', archetype: 'bmc'},
    options: {users: 'admin:cisco'},
    nmap: /^ssh\s+HP Integrated Lights-Out mpSSH 0\.2\.1 \(protocol 2\.0\)$/,
    scripts: [/2048 [0-9a-f:]{32,47} \(RSA\)/],
    clients: [device('power', /server power is currently: On/, 'runs the command')],
  },
  {
    service: 'ssh',
    port: 22,
    product: 'Dropbear 2022.83',
    decky: {services: 'ssh', os: 'embedded', distro: 'embedded'},
    options: {users: 'root:toor'},
    nmap: /^ssh\s+Dropbear sshd 2022\.83 \(protocol 2\.0\)$/,
    // Its scripts wait a minute and a half for a Dropbear, also for a real one: they do not expect a proposal so early.
    nmapFlags: ['--script-timeout', '5s'],
    clients: [login('toor', 'id', /uid=0\(root\)/, 'runs the command')],
  },
  {
    service: 'ssh',
    port: 22,
    product: 'VMware ESXi OpenSSH 8.8',
    decky: {services: 'ssh', archetype: 'esxi'},
    nmap: /^ssh\s+OpenSSH 8\.8 \(protocol 2\.0\)$/,
    clients: [
      {
        ...login('letmein', 'id', /Permission denied \(publickey,keyboard-interactive\)/, 'refused'),
        command: ({ip}) => [
          'sshpass',
          '-p',
          'letmein',
          'ssh',
          ...QUIET,
          '-o',
          'NumberOfPasswordPrompts=1',
          `root@${ip}`,
        ],
      },
    ],
  },
]

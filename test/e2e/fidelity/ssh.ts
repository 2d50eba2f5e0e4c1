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
]

import type {ClientRun, FidelityRow} from './row.ts'

const hydra = (user: string, password: string): ClientRun => ({
  name: 'hydra',
  tool: 'hydra',
  command: ({ip}) => ['hydra', '-l', user, '-p', password, '-t', '1', '-I', ip, 'telnet'],
  prints: new RegExp(`login: ${user} {3}password: ${password}`),
  outcome: 'finds the password',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === user && credential.outcome === 'success',
    captured: 'plaintext',
  },
})

const telnet = (prints: RegExp): ClientRun => ({
  name: 'telnet',
  tool: 'telnet',
  command: ({ip}) => ['sh', '-c', `sleep 5 | telnet ${ip}`],
  prints,
  outcome: 'is asked for a login',
})

// BusyBox is missing: nmap has no more than a soft match for it, and asks for the fingerprint of the real one as well.
export const TELNET_ROWS: readonly FidelityRow[] = [
  {
    service: 'telnet',
    port: 23,
    product: 'Linux telnetd',
    decky: {services: 'telnet', distro: 'ubuntu20'},
    options: {users: 'root:toor'},
    nmap: /^telnet\s+Linux telnetd$/,
    clients: [telnet(/Ubuntu 20\.04\.6 LTS\s+\S+ login: /)],
  },
  {
    service: 'telnet',
    port: 23,
    product: 'Cisco IOS telnetd',
    decky: {services: 'telnet', os: 'cisco', distro: 'ios'},
    options: {users: 'admin:cisco'},
    nmap: /^telnet\s+Cisco (?:IOS|router) telnetd/,
    clients: [telnet(/User Access Verification\s+Username: /), hydra('admin', 'cisco')],
  },
]

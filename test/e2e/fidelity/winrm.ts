import type {FidelityRow} from './row.ts'

const DECKY = {services: 'winrm', os: 'windows_server', distro: 'windows2022'}
const OPTIONS = {users: 'alice:Winter-2024'}
const IDENTIFY = ['-H', 'WSMANIDENTIFY: unauthenticated', '-d', '<wsmid:Identify/>'] as const

export const WINRM_ROWS: readonly FidelityRow[] = [
  {
    service: 'winrm',
    port: 5985,
    product: 'WinRM of Windows Server 2022',
    decky: DECKY,
    options: OPTIONS,
    nmap: /^http\s+Microsoft HTTPAPI httpd 2\.0/,
    scripts: [/http-title: Not Found/],
    clients: [
      {
        name: 'curl, WS-Management Identify',
        tool: 'curl',
        command: ({ip}) => ['curl', '-s', ...IDENTIFY, `http://${ip}:5985/wsman`],
        prints: /<wsmid:ProductVersion>OS: 0\.0\.0 SP: 0\.0 Stack: 3\.0</,
        outcome: 'named',
      },
      {
        name: 'curl',
        tool: 'curl',
        command: ({ip}) => ['curl', '-si', '-d', '', `http://${ip}:5985/wsman`],
        prints: /401 \r\nServer: Microsoft-HTTPAPI\/2\.0\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Kerberos/,
        outcome: 'asked to authenticate',
      },
    ],
  },
  {
    service: 'winrm',
    port: 5986,
    product: 'WinRM of Windows Server 2022, HTTPS',
    decky: DECKY,
    options: OPTIONS,
    nmap: /^ssl\/http\s+Microsoft HTTPAPI httpd 2\.0/,
    scripts: [/ssl-cert: Subject: commonName=\S+\.corp\.example/],
    clients: [
      {
        name: 'curl --basic',
        tool: 'curl',
        command: ({ip}) => ['curl', '-ski', '--basic', '-u', 'alice:guessed', '-d', '<x/>', `https://${ip}:5986/wsman`],
        prints: /^HTTP\/1\.1 401 \r/m,
        outcome: 'refused',
        leaves: {
          event: 'auth.attempt',
          matching: ({credential}) => credential?.secret?.text === 'guessed' && credential.outcome === 'failure',
          captured: 'plaintext',
        },
      },
    ],
  },
]

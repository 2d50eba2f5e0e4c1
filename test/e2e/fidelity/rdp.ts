import type {ClientRun, FidelityRow, Target} from './row.ts'

const USERS = 'alice:Winter-2024'

/** It draws nothing, yet wants a display. */
const xfreerdp = (name: string, args: readonly string[], prints: RegExp, outcome: string): ClientRun => ({
  name,
  tool: 'xfreerdp',
  command: ({ip}: Target) => ['xvfb-run', '-a', 'xfreerdp', `/v:${ip}`, '/cert:ignore', '/d:CORP', '/u:alice', ...args],
  prints,
  outcome,
})

const CLIENTS: readonly ClientRun[] = [
  {
    ...xfreerdp(
      'xfreerdp /sec:nla',
      ['/p:guessed', '+auth-only', '/sec:nla'],
      /LOGON_FAILURE|exit status 1/,
      'refused',
    ),
    leaves: {
      event: 'auth.attempt',
      matching: ({credential}) =>
        credential?.principal === 'alice' && credential.outcome === 'failure' && credential.hash?.hashcatMode === 5600,
      captured: 'NetNTLMv2 (5600)',
    },
  },
  xfreerdp('xfreerdp /sec:tls', ['/p:guessed', '/sec:tls'], /HYBRID_REQUIRED_BY_SERVER/, 'refused'),
  {
    name: 'xvfb-run xfreerdp, honey user',
    tool: 'xvfb-run',
    command: ({ip}) => ['xvfb-run', '-a', 'xfreerdp', `/v:${ip}`, '/cert:ignore', '/u:alice', '/p:Winter-2024'],
    prints: /ERRINFO_LICENSE_NO_LICENSE_SERVER|ERRINFO_SERVER_DENIED_CONNECTION/,
    outcome: 'passes, and is told that there is no licence or that somebody is signed in',
    leaves: {
      event: 'auth.attempt',
      matching: ({credential}) => credential?.secret?.text === 'Winter-2024' && credential.outcome === 'success',
      captured: 'plaintext',
    },
  },
]

const row = (os: string, distro: string, product: string, build: string): FidelityRow => ({
  service: 'rdp',
  port: 3389,
  product,
  decky: {services: 'rdp', os, distro},
  options: {users: USERS},
  nmap: /^ms-wbt-server\s+Microsoft Terminal Services$/,
  scripts: [
    /rdp-ntlm-info:[\s\S]*NetBIOS_Domain_Name: CORP\b/,
    new RegExp(`Product_Version: ${build.replaceAll('.', '\\.')}`),
    /ssl-cert: Subject: commonName=\S+\.corp\.example/,
  ],
  clients: CLIENTS,
})

export const RDP_ROWS: readonly FidelityRow[] = [
  row('windows_server', 'windows2019', 'Remote Desktop of Windows Server 2019', '10.0.17763'),
  row('windows', 'windows10', 'Remote Desktop of Windows 10', '10.0.19045'),
]

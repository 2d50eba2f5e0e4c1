import type {ClientRun, FidelityRow} from './row.ts'

const guess = (secret: string): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.principal === 'root' && credential.secret?.text === secret,
  captured: 'plaintext',
})

export const VMWARE_AUTHD_ROWS: readonly FidelityRow[] = [
  {
    service: 'vmware_authd',
    port: 902,
    product: 'VMware Authentication Daemon 1.10',
    decky: {services: 'vmware_authd', distro: 'debian'},
    nmap: /^ssl\/vmware-auth\s+VMware Authentication Daemon 1\.10 \(Uses VNC, SOAP\)$/,
    clients: [
      {
        name: 'medusa',
        tool: 'medusa',
        command: ({ip}) => ['medusa', '-h', ip, '-u', 'root', '-p', 'esx-2024', '-M', 'vmauthd'],
        prints: /ACCOUNT CHECK: \[vmauthd\]/,
        outcome: 'refused',
        leaves: guess('esx-2024'),
      },
      {
        name: 'hydra',
        tool: 'hydra',
        command: ({ip}) => ['hydra', '-I', '-t', '1', '-l', 'root', '-p', 'esx-2025', `vmauthd://${ip}`],
        prints: /0 valid password/,
        outcome: 'refused',
        leaves: guess('esx-2025'),
      },
    ],
  },
]

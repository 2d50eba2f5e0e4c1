import type {ClientRun, FidelityRow} from './row.ts'

const PASSWORD = 'Winter-2024'

const attempt = (outcome: 'success' | 'failure'): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.hash?.hashcatMode === 11_400 && credential.outcome === outcome,
  captured: 'digest (11400), verified',
})

const clients = (server: RegExp): readonly ClientRun[] => [
  {
    name: 'sipsak -vv',
    tool: 'sipsak',
    command: ({ip}) => ['sipsak', '-vv', '-s', `sip:201@${ip}`],
    prints: server,
    outcome: 'told the product',
  },
  {
    name: 'sipsak -U, wrong password',
    tool: 'sipsak',
    command: ({ip}) => ['sipsak', '-U', '-i', '-s', `sip:2001@${ip}`, '-u', '2001', '-a', 'guessed'],
    prints: /40[13]|error|failed/i,
    outcome: 'refused',
    leaves: attempt('failure'),
  },
  {
    name: 'sipsak -U',
    tool: 'sipsak',
    command: ({ip}) => ['sipsak', '-vU', '-i', '-s', `sip:2001@${ip}`, '-u', '2001', '-a', PASSWORD],
    prints: /All usrloc tests completed successful/,
    exit: 0,
    outcome: 'registers',
    leaves: attempt('success'),
  },
  {
    name: 'svmap',
    tool: 'svmap',
    command: ({ip}) => ['svmap', ip],
    prints: server,
    outcome: 'told the product',
  },
  {
    name: 'svcrack',
    tool: 'svmap',
    command: ({ip}) => [
      'sh',
      '-c',
      `d=$(mktemp -d) && printf 'a\\nb\\n${PASSWORD}\\n' > $d/words && svcrack -u 2001 -d $d/words ${ip}; rm -r $d`,
    ],
    prints: /2001 +\| Winter-2024/,
    outcome: 'finds the honey password',
    leaves: attempt('success'),
  },
]

const OPTIONS = {users: `2001:${PASSWORD}`, extensions: '200-219'}
const METHODS = /sip-methods: .*INVITE/

const asterisk: Omit<FidelityRow, 'clients' | 'protocol'> = {
  service: 'sip',
  port: 5060,
  product: 'Asterisk 18.10 (chan_sip)',
  decky: {services: 'sip', distro: 'ubuntu22'},
  options: OPTIONS,
  nmap: /^sip-proxy\s+Asterisk PBX 18\.10\.0~dfsg\+~cs6\.10\.40431411-2$/,
  scripts: [METHODS],
}
const freepbx: Omit<FidelityRow, 'clients' | 'protocol'> = {
  service: 'sip',
  port: 5060,
  product: 'FreePBX 16.0.33 (chan_pjsip)',
  decky: {services: 'sip', distro: 'centos7'},
  options: {...OPTIONS, version: '16.0.33(18.13.0)'},
  nmap: /^sip-proxy\s+FreePBX 16\.0\.33 \(Asterisk 18\.13\.0\)$/,
  scripts: [METHODS],
}

export const SIP_ROWS: readonly FidelityRow[] = [
  {...asterisk, protocol: 'udp', clients: clients(/Asterisk PBX 18\.10\.0~dfsg/)},
  {...asterisk, protocol: 'tcp', product: 'Asterisk 18.10 (chan_sip), TCP', clients: []},
  {...freepbx, protocol: 'udp', clients: clients(/FPBX-16\.0\.33\(18\.13\.0\)/)},
  {...freepbx, protocol: 'tcp', product: 'FreePBX 16.0.33 (chan_pjsip), TCP', clients: []},
]

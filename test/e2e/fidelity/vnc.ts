import type {ClientRun, FidelityRow} from './row.ts'

/** Password files as `vncpasswd -f` writes them, in octal. */
const PASSWORDS = {
  letmein: String.raw`\301\012\365\052\100\074\246\344`,
  hunter2: String.raw`\016\040\221\114\377\141\006\072`,
}

const snapshot = (
  password: keyof typeof PASSWORDS,
  prints: RegExp,
  outcome: string,
  result: 'failure' | 'success',
): ClientRun => ({
  name: `vncsnapshot, ${outcome}`,
  tool: 'vncsnapshot',
  command: ({ip}) => [
    'sh',
    '-c',
    `f=$(mktemp) && printf '${PASSWORDS[password]}' > $f && vncsnapshot -passwd $f ${ip}::5900 $f.jpg; rm -f $f $f.jpg`,
  ],
  prints,
  outcome,
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.hash?.format === 'vnc' && credential.outcome === result,
    captured: '$vnc$ (john)',
  },
})

export const VNC_ROWS: readonly FidelityRow[] = [
  {
    service: 'vnc',
    port: 5900,
    product: 'x11vnc',
    decky: {services: 'vnc', distro: 'debian'},
    options: {product: 'x11vnc', password: 'hunter2'},
    nmap: /^vnc\s+VNC \(protocol 3\.8\)$/,
    scripts: [/VNC Authentication \(2\)/],
    clients: [
      snapshot('letmein', /authentication failed/i, 'refused', 'failure'),
      snapshot('hunter2', /:0"/, 'takes a picture', 'success'),
    ],
  },
  {
    service: 'vnc',
    port: 5900,
    product: 'TightVNC',
    decky: {services: 'vnc', os: 'windows', distro: 'windows10'},
    options: {product: 'tightvnc'},
    nmap: /^vnc\s+VNC \(protocol 3\.8\)$/,
    scripts: [/Tight \(16\)/, /STDV VNCAUTH_ \(2\)/],
    // It tells a viewer of 3.3, as this is, nothing before it closes.
    clients: [snapshot('letmein', /EndOfStream/, 'refused', 'failure')],
  },
]

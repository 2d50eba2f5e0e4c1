import type {ClientRun, FidelityRow} from './row.ts'

const PASSWORD = 'Winter-2024'

/** kinit reads a configuration that names the decky, and the password from standard input. */
const kinit = (
  user: string,
  password: string,
  outcome: Pick<ClientRun, 'prints' | 'outcome' | 'leaves'>,
): ClientRun => ({
  name: `kinit ${user}`,
  tool: 'kinit',
  command: ({ip, domain}) => {
    const realm = domain.toUpperCase()
    const lines = ['[libdefaults]', `default_realm = ${realm}`, '[realms]', `${realm} = {`, `kdc = ${ip}`, '}']
    const print = `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}`
    const script = `d=$(mktemp -d) && ${print} > $d/krb5.conf && export KRB5_CONFIG=$d/krb5.conf KRB5CCNAME=FILE:$d/cc && kinit ${user}; klist; rm -r $d`
    return ['sh', '-c', script]
  },
  input: `${password}\n`,
  ...outcome,
})

const attempt = (outcome: 'success' | 'failure'): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.hash?.hashcatMode === 19_900 && credential.outcome === outcome,
  captured: 'pre-authentication (19900), verified',
})

export const KERBEROS_ROWS: readonly FidelityRow[] = [
  {
    service: 'kerberos',
    port: 88,
    product: 'Active Directory KDC on Windows Server 2022',
    decky: {services: 'kerberos', distro: 'windows2022'},
    options: {users: `helpdesk:${PASSWORD}`},
    nmap: /^kerberos-sec\s+Microsoft Windows Kerberos \(server time: .*\)$/,
    clients: [
      kinit('nobody', 'guessed', {prints: /not found in Kerberos database/, outcome: 'unknown user'}),
      kinit('Administrator', 'guessed', {
        prints: /Password incorrect|Preauthentication failed/,
        outcome: 'refused',
        leaves: attempt('failure'),
      }),
      kinit('helpdesk', PASSWORD, {prints: /krbtgt\//, outcome: 'gets a ticket', leaves: attempt('success')}),
    ],
  },
]

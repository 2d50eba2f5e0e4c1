import type {ClientRun, FidelityRow} from './row.ts'

const client = (
  name: string,
  args: readonly string[],
  run: Omit<ClientRun, 'name' | 'tool' | 'command'>,
): ClientRun => ({
  name,
  tool: 'mysql',
  command: ({ip}) => ['mysql', '--no-defaults', '-h', ip, ...args],
  ...run,
})

const guess = (name: string, args: readonly string[], captured: string): ClientRun =>
  client(name, [...args, '-uroot', '-pletmein', '-e', 'select 1'], {
    prints: /ERROR 1045 \(28000\): Access denied for user 'root'@'[\d.]+' \(using password: YES\)/,
    exit: 1,
    outcome: 'refused',
    leaves: {
      event: 'auth.attempt',
      matching: ({credential}) =>
        credential?.principal === 'root' &&
        (captured === 'plaintext' ? credential.secret?.text === 'letmein' : credential.hash?.hashcatMode === 11_200),
      captured,
    },
  })

const inside = (args: readonly string[]): ClientRun =>
  client('mysql, honey user', [...args, '-uapp', '-psecret', '-e', 'show databases; select version()'], {
    prints: /information_schema[\s\S]*version\(\)/,
    exit: 0,
    outcome: 'lists the databases',
    leaves: {
      event: 'query',
      matching: ({data}) => JSON.stringify(data).includes('show databases'),
      captured: 'every query',
    },
  })

const hydra: ClientRun = {
  name: 'hydra',
  tool: 'hydra',
  command: ({ip}) => ['hydra', '-l', 'backup', '-p', 'letmein', '-t', '1', '-f', `mysql://${ip}`],
  prints: /0 valid password/,
  outcome: 'finds nothing',
}

export const MYSQL_ROWS: readonly FidelityRow[] = [
  {
    service: 'mysql',
    port: 3306,
    product: 'MySQL 8.0.40 Ubuntu',
    decky: {services: 'mysql', distro: 'ubuntu22'},
    options: {users: 'app:secret'},
    nmap: /^mysql\s+MySQL 8\.0\.40-0ubuntu0\.22\.04\.1$/,
    scripts: [
      /Auth Plugin Name: caching_sha2_password/,
      /commonName=MySQL_Server_8\.0\.40_Auto_Generated_Server_Certificate/,
    ],
    clients: [
      guess('mysql --ssl', ['--ssl', '--ssl-verify-server-cert=0'], 'plaintext'),
      guess('mysql --skip-ssl', ['--skip-ssl'], 'plaintext'),
      inside(['--ssl', '--ssl-verify-server-cert=0']),
    ],
  },
  {
    service: 'mysql',
    port: 3306,
    product: 'MariaDB 10.11 Debian',
    decky: {services: 'mysql', distro: 'debian'},
    options: {users: 'app:secret'},
    nmap: /^mysql\s+MySQL 5\.5\.5-10\.11\.6-MariaDB-0\+deb12u1$/,
    scripts: [/Auth Plugin Name: mysql_native_password/],
    clients: [guess('mysql', [], 'mysql_native_password (11200)'), inside([]), hydra],
  },
]

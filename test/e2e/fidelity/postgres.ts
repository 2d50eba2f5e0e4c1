import type {ClientRun, FidelityRow} from './row.ts'

interface Psql {
  readonly name: string
  readonly user: string
  readonly password: string
  readonly sslmode: 'disable' | 'require'
  readonly sql: readonly string[]
}

const psql = (
  {name, user, password, sslmode, sql}: Psql,
  run: Omit<ClientRun, 'name' | 'tool' | 'command'>,
): ClientRun => ({
  name,
  tool: 'psql',
  command: ({ip}) => [
    'psql',
    `host=${ip} user=${user} dbname=postgres sslmode=${sslmode} connect_timeout=10`,
    ...sql.flatMap((each) => ['-c', each]),
  ],
  env: {PGPASSWORD: password, LC_ALL: 'C'},
  ...run,
})

const guess = (sslmode: Psql['sslmode'], captured: string): ClientRun =>
  psql(
    {name: `psql sslmode=${sslmode}`, user: 'postgres', password: 'letmein', sslmode, sql: ['select 1']},
    {
      prints: /FATAL: {2}password authentication failed for user "postgres"/,
      exit: 2,
      outcome: 'refused',
      leaves: {
        event: 'auth.attempt',
        matching: ({credential}) =>
          credential?.principal === 'postgres' &&
          (captured === 'plaintext' ? credential.secret?.text === 'letmein' : credential.hash !== undefined),
        captured,
      },
    },
  )

const inside: ClientRun = psql(
  {name: 'psql, honey user', user: 'app', password: 'secret', sslmode: 'require', sql: ['\\l', 'select version()']},
  {
    prints: /List of databases[\s\S]*template0[\s\S]*PostgreSQL 1\d\.\d+ /,
    exit: 0,
    outcome: 'lists the databases',
    leaves: {
      event: 'query',
      matching: ({data}) => JSON.stringify(data).includes('version()'),
      captured: 'every query',
    },
  },
)

const hydra: ClientRun = {
  name: 'hydra',
  tool: 'hydra',
  command: ({ip}) => ['hydra', '-l', 'backup', '-p', 'letmein', '-t', '1', `postgres://${ip}`],
  prints: /0 valid password/,
  outcome: 'finds nothing',
}

export const POSTGRES_ROWS: readonly FidelityRow[] = [
  {
    service: 'postgres',
    port: 5432,
    product: 'PostgreSQL 15.0',
    decky: {services: 'postgres', distro: 'debian'},
    // What scanners of Debian 12 know; they print the packaged 15.18 itself as a version they do not know.
    options: {users: 'app:secret', version: '15.0'},
    nmap: /^postgresql\s+PostgreSQL DB 15(?:\.0)?$/,
    clients: [guess('disable', 'SCRAM-SHA-256'), guess('require', 'SCRAM-SHA-256'), inside, hydra],
  },
  {
    service: 'postgres',
    port: 5432,
    product: 'PostgreSQL 14.5 Ubuntu, passwords',
    decky: {services: 'postgres', distro: 'ubuntu22'},
    options: {users: 'app:secret', auth: 'password'},
    nmap: /^postgresql\s+PostgreSQL DB 14\.1 - 14\.5$/,
    clients: [guess('disable', 'plaintext'), guess('require', 'plaintext'), inside, hydra],
  },
]

import type {FidelityRow} from './row.ts'

const USERS = 'sa:Winter-2024'
/** DB-Library prints messages as they come and rows separated by tabs. */
const login = (ip: string, password: string): readonly string[] => ['-S', `${ip}:1433`, '-U', 'sa', '-P', password]

const row = (version: string, year: number, nmap: RegExp, distro: string, options = {}): FidelityRow => ({
  service: 'mssql',
  port: 1433,
  product: `Microsoft SQL Server ${year} (${version})`,
  decky: {services: 'mssql', os: 'windows_server', distro},
  options: {version, users: USERS, ...options},
  nmap,
  brokenScripts: /^.*ms-sql-\S+: ERROR: Script execution failed.*$/gm,
  clients: [
    {
      name: 'tsql, wrong password',
      tool: 'tsql',
      command: ({ip}) => ['tsql', '-H', ip, '-p', '1433', '-U', 'sa', '-P', 'guessed'],
      input: '',
      prints: /Msg 18456 \(severity 14, state 1\)[\s\S]*Login failed for user 'sa'\./,
      outcome: 'refused',
      leaves: {
        event: 'auth.attempt',
        matching: ({credential}) => credential?.secret?.text === 'guessed' && credential.outcome === 'failure',
        captured: 'plaintext',
      },
    },
    {
      name: 'tsql, xp_cmdshell',
      tool: 'tsql',
      command: ({ip}) => ['tsql', '-H', ip, '-p', '1433', '-U', 'sa', '-P', 'Winter-2024'],
      input: "select @@version\ngo\nexec xp_cmdshell 'whoami'\ngo\n",
      prints: new RegExp(`SQL Server ${year}[\\s\\S]*Msg 15281`),
      outcome: 'let in, xp_cmdshell is off',
      leaves: {
        event: 'query',
        matching: ({data}) => JSON.stringify(data).includes('whoami'),
        captured: 'the statement',
      },
    },
    {
      name: 'bsqldb',
      tool: 'bsqldb',
      command: ({ip}) => ['bsqldb', ...login(ip, 'Winter-2024'), '-q'],
      env: {TDSVER: '7.1'},
      input: 'select name from sys.databases where database_id < 5\n',
      prints: /master[\s\S]*tempdb[\s\S]*model[\s\S]*msdb/,
      outcome: 'lists the databases over TDS 7.1',
    },
  ],
})

export const MSSQL_ROWS: readonly FidelityRow[] = [
  row('15.0.4375.4', 2019, /^ms-sql-s\s+Microsoft SQL Server 2019/, 'windows2019'),
  row('16.0.4135.4', 2022, /^ms-sql-s\s+Microsoft SQL Server 2022/, 'windows2022', {encryption: 'required'}),
]

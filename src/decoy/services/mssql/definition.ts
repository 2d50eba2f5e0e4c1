import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MSSQL_PORT = 1433
/** SQL Server Browser: the protocol has it at this port and no other. */
export const BROWSER_PORT = 1434
export const DEFAULT_INSTANCE = 'MSSQLSERVER'

/** By `SERVERPROPERTY('ProductVersion')`. */
export const MSSQL_VERSIONS = [
  '13.0.6300.2',
  '14.0.3456.2',
  '15.0.4355.3',
  '15.0.4375.4',
  '16.0.4115.5',
  '16.0.4135.4',
] as const

export const MSSQL: ServiceDefinition = {
  name: 'mssql',
  summary:
    'Microsoft SQL Server that gets the password in clear, NTLM responses of Windows logins, and has a database behind honey credentials.',
  roles: ['sql', 'db', 'data', 'erp'],
  ports: [
    {port: MSSQL_PORT, protocol: 'tcp', purpose: 'Tabular Data Stream, with TLS inside of it', option: 'port'},
    {port: BROWSER_PORT, protocol: 'udp', purpose: 'SQL Server Browser, which tells instances and their ports'},
  ],
  options: {
    port: portOption(MSSQL_PORT),
    version: {
      type: 'enum',
      summary: 'Version it claims, of 2016 (13.0) to 2022 (16.0); by default one that fits the Windows of the persona.',
      default: null,
      values: MSSQL_VERSIONS,
    },
    edition: {
      type: 'enum',
      summary: 'Edition it claims.',
      default: 'standard',
      values: ['standard', 'enterprise', 'express', 'developer'],
    },
    instance: {
      type: 'text',
      summary: 'Name of the instance; `MSSQLSERVER` is the default instance, which goes by the name of the machine.',
      default: DEFAULT_INSTANCE,
      maxLength: 16,
      pattern: /^[A-Za-z_][A-Za-z0-9_$]{0,15}$/,
      expected: 'up to 16 letters, digits, `_` and `$`',
    },
    encryption: {
      type: 'enum',
      summary:
        'Whether it has TLS: `on` encrypts the login and what the client asks for, `required` everything, `off` nothing.',
      default: 'on',
      values: ['on', 'off', 'required'],
    },
    browser: {
      type: 'boolean',
      summary: 'Whether SQL Server Browser answers. Clients that never connected by TCP get no large answer of it.',
      default: true,
    },
    users: honeyUsers(
      serverUser(128),
      'Honey credentials: the only ones that succeed, as SQL logins and as Windows logins of that name.',
      'a login and a password as `name:password`',
    ),
  },
  events: ['auth.attempt', 'query', 'command', 'request', 'probe', 'malformed'],
}

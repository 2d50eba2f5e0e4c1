import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const POSTGRES_PORT = 5432

export const POSTGRES_VERSIONS = ['14.5', '15.0', '15.18'] as const

export const POSTGRES: ServiceDefinition = {
  name: 'postgres',
  summary:
    'PostgreSQL server that captures logins by SCRAM, MD5 or in clear, with a database behind honey credentials.',
  roles: ['db', 'pg', 'psql', 'data'],
  ports: [
    {port: POSTGRES_PORT, protocol: 'tcp', purpose: 'PostgreSQL protocol 3.0, with TLS on request', option: 'port'},
  ],
  options: {
    port: portOption(POSTGRES_PORT),
    version: {
      type: 'enum',
      summary: 'Version it claims; by default the one of the series that the distro of the persona has.',
      default: null,
      values: POSTGRES_VERSIONS,
    },
    auth: {
      type: 'enum',
      summary:
        'Authentication it asks for, as `pg_hba.conf` would: `password` gives the password in clear, `md5` a line for hashcat 11100.',
      default: 'scram-sha-256',
      values: ['password', 'md5', 'scram-sha-256'],
    },
    tls: {
      type: 'enum',
      summary: '`on` offers TLS, `off` does not, `required` refuses logins without it as `hostssl` entries do.',
      default: 'on',
      values: ['on', 'off', 'required'],
    },
    users: honeyUsers(serverUser(63)),
  },
  events: ['auth.attempt', 'query', 'command', 'probe', 'malformed'],
}

import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MYSQL_PORT = 3306

/** 8.0 is MySQL, 10.11 MariaDB, whose replies were compared with the real server's. */
export const MYSQL_VERSIONS = ['8.0.36', '8.0.40', '8.0.41', '10.11.6', '10.11.11', '10.11.19'] as const

export const MYSQL: ServiceDefinition = {
  name: 'mysql',
  summary:
    'MySQL or MariaDB server that gets the password in clear where the protocol allows it, with a database behind honey credentials.',
  roles: ['db', 'mysql', 'sql', 'data'],
  ports: [
    {port: MYSQL_PORT, protocol: 'tcp', purpose: 'MySQL protocol, with TLS where the product has it', option: 'port'},
  ],
  options: {
    port: portOption(MYSQL_PORT),
    version: {
      type: 'enum',
      summary: 'Version it claims: 8.0 is MySQL, 10.11 MariaDB; by default what the distro of the persona has.',
      default: null,
      values: MYSQL_VERSIONS,
    },
    auth: {
      type: 'enum',
      summary:
        'Plugin that accounts authenticate with; by default `caching_sha2_password` on MySQL, which gives the password in clear, and `mysql_native_password` on MariaDB.',
      default: null,
      values: ['caching_sha2_password', 'mysql_native_password'],
    },
    tls: {
      type: 'boolean',
      summary: 'Whether it offers TLS; by default as the product is installed: MySQL does, MariaDB does not.',
      default: null,
    },
    local_only: {
      type: 'boolean',
      summary: 'Accounts of other hosts do not exist: every connection is refused with error 1130.',
      default: false,
    },
    users: honeyUsers(serverUser(32)),
  },
  events: ['auth.attempt', 'query', 'command', 'probe', 'malformed'],
}

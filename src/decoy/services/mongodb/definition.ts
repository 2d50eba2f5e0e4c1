import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MONGODB_PORT = 27_017

/** 4.4 still speaks the old requests in full; 7.0 is what current distributions run. */
export const MONGODB_VERSIONS = ['4.4.29', '7.0.9'] as const

export const MONGODB: ServiceDefinition = {
  name: 'mongodb',
  summary:
    'MongoDB server that captures SCRAM logins, with an application database behind honey credentials, or open to everybody.',
  roles: ['db', 'mongo', 'data', 'app'],
  ports: [
    {port: MONGODB_PORT, protocol: 'tcp', purpose: 'Wire protocol: OP_MSG, OP_QUERY, OP_COMPRESSED', option: 'port'},
  ],
  options: {
    port: portOption(MONGODB_PORT),
    version: {
      type: 'enum',
      summary: 'Version it claims; by default the one that fits the distro of the persona.',
      default: null,
      values: MONGODB_VERSIONS,
    },
    auth: {
      type: 'boolean',
      summary:
        'Whether it asks for a login; without, its data is open to everybody, as on servers that are held to ransom.',
      default: true,
    },
    users: honeyUsers(serverUser(), 'Honey credentials: the only ones that succeed; any database authenticates them.'),
  },
  events: ['auth.attempt', 'request', 'query', 'command', 'probe', 'malformed'],
}

import {portOption, secretWord} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const REDIS_PORT = 6379

/** Versions whose replies were compared, byte for byte, with the real server's. */
export const REDIS_VERSIONS = ['6.0.16', '7.0.15'] as const

export const REDIS: ServiceDefinition = {
  name: 'redis',
  summary: 'Key-value store that answers as Redis does, open or behind a password, and keeps what an intruder writes.',
  roles: ['cache', 'redis', 'queue', 'session', 'db'],
  ports: [{port: REDIS_PORT, protocol: 'tcp', purpose: 'RESP2, RESP3 and inline commands', option: 'port'}],
  options: {
    port: portOption(REDIS_PORT),
    version: {
      type: 'enum',
      summary: 'Version it claims; by default the one the distro of the persona ships.',
      default: null,
      values: REDIS_VERSIONS,
    },
    password: secretWord('Password it requires (`requirepass`); without one it is open to everybody.', 128),
  },
  events: ['command', 'auth.attempt', 'probe', 'malformed'],
}

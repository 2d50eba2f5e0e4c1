import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MEMCACHED_PORT = 11_211

export const MEMCACHED: ServiceDefinition = {
  name: 'memcached',
  summary: 'Cache that answers as memcached 1.6 does, open to everybody, and keeps what an intruder writes.',
  roles: ['cache', 'mc', 'session', 'app'],
  ports: [
    {port: MEMCACHED_PORT, protocol: 'tcp', purpose: 'Text, meta and binary protocol; UDP is off', option: 'port'},
  ],
  options: {
    port: portOption(MEMCACHED_PORT),
    memory: {
      type: 'integer',
      summary: 'Megabytes that it claims to have for items (`-m`).',
      default: 64,
      min: 8,
      max: 1_048_576,
    },
    items: {
      type: 'boolean',
      summary: "Whether an application's sessions and cached pages are in it; without them it is empty.",
      default: true,
    },
  },
  events: ['command', 'auth.attempt', 'probe', 'malformed'],
}

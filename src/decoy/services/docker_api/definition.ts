import {portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const DOCKER_PORT = 2375
export const DOCKER_TLS_PORT = 2376

/** Releases whose replies were compared with the real Engine's. */
export const DOCKER_VERSIONS = ['20.10.24+dfsg1', '26.1.3', '26.1.5+dfsg1'] as const

export const DOCKER_API: ServiceDefinition = {
  name: 'docker_api',
  summary:
    'Docker Engine that listens on the network without authentication: it accepts what an intruder runs, and records it.',
  roles: ['docker', 'build', 'ci', 'node', 'dev'],
  ports: [
    {port: DOCKER_PORT, protocol: 'tcp', purpose: 'Engine API over HTTP', option: 'port'},
    {port: DOCKER_TLS_PORT, protocol: 'tcp', purpose: 'Engine API over TLS', option: 'tls_port', needs: 'tls'},
  ],
  options: {
    port: portOption(DOCKER_PORT, 'The port without TLS.'),
    tls: {
      type: 'boolean',
      default: false,
      summary:
        'Whether it listens with TLS as well, where every client must show a certificate; nobody has a right one.',
    },
    tls_port: portOption(DOCKER_TLS_PORT, 'The port with TLS.'),
    version: {
      type: 'enum',
      values: DOCKER_VERSIONS,
      default: null,
      summary: 'The release it claims; by default the one that fits the distribution.',
    },
    registry: {
      type: 'text',
      maxLength: 128,
      pattern: /^[a-z0-9.-]{1,100}(?::\d{1,5})?$/,
      expected: 'a host name in lower case, with or without a port',
      example: 'registry.corp.example:5000',
      default: null,
      summary: 'The private registry that its images come from; by default one of the domain.',
    },
    containers: {
      type: 'boolean',
      default: true,
      summary: 'Whether containers of an application run on it already, with passwords in their environment.',
    },
  },
  events: [
    'request',
    'command',
    'session.transcript',
    'file.read',
    'file.write',
    'capture',
    'auth.attempt',
    'malformed',
    'probe',
  ],
}

import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const ELASTICSEARCH_PORT = 9200

export const ELASTICSEARCH_VERSIONS = ['7.10.2', '7.17.12', '8.15.0'] as const

export const ELASTICSEARCH: ServiceDefinition = {
  name: 'elasticsearch',
  summary: 'Search engine of one node with the documents of a company: open, or (from 8 on) behind a password.',
  roles: ['elastic', 'es', 'search', 'log', 'elk'],
  ports: [{port: ELASTICSEARCH_PORT, protocol: 'tcp', purpose: 'REST API', option: 'port'}],
  options: {
    port: portOption(ELASTICSEARCH_PORT),
    version: {
      type: 'enum',
      values: ELASTICSEARCH_VERSIONS,
      default: '7.10.2',
      summary: 'The release it claims.',
    },
    security: {
      type: 'boolean',
      default: null,
      example: 'yes',
      summary: 'Whether it asks for a password; by default as the release does: before 8 it does not.',
    },
    tls: {type: 'boolean', default: false, summary: 'Whether the port speaks TLS.'},
    cluster: {
      type: 'text',
      maxLength: 64,
      pattern: /^[A-Za-z0-9_.-]+$/,
      expected: 'letters, digits, dots, hyphens and underscores',
      example: 'logging-prod',
      default: null,
      summary: 'The name of the cluster; by default one that fits.',
    },
    users: honeyUsers(serverUser(), 'Honey credentials: the only ones with which a password is right.'),
  },
  events: ['request', 'query', 'command', 'auth.attempt', 'malformed', 'probe'],
}

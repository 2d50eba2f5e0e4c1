import type {ServiceDefinition} from '../../definition.ts'
import {webOptions} from '../http/definition.ts'
import {webConflicts} from '../http/products/choice.ts'

export const HTTPS: ServiceDefinition = {
  name: 'https',
  summary: 'Web server over TLS, with the products of `http` and the certificate that each of them comes with.',
  roles: ['web', 'www', 'intranet', 'portal', 'app'],
  ports: [{port: 443, protocol: 'tcp', purpose: 'HTTP/1.1 over TLS', option: 'port'}],
  options: webOptions(443),
  conflicts: webConflicts,
  events: ['request', 'auth.attempt', 'malformed', 'probe'],
}

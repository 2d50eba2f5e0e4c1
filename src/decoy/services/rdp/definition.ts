import {honeyUsers, portOption, WINDOWS_USER} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const RDP_PORT = 3389

export const RDP: ServiceDefinition = {
  name: 'rdp',
  summary:
    'Remote Desktop of Windows that demands network level authentication, and takes the password of who passes it.',
  roles: ['ts', 'rds', 'term', 'ws'],
  ports: [{port: RDP_PORT, protocol: 'tcp', purpose: 'Remote Desktop with TLS and CredSSP', option: 'port'}],
  options: {
    port: portOption(RDP_PORT),
    users: honeyUsers(
      WINDOWS_USER,
      'Honey credentials: the only ones that pass; their users are told that the server has no licence, or that somebody else is at the machine.',
    ),
  },
  events: ['auth.attempt', 'request', 'probe', 'malformed'],
}

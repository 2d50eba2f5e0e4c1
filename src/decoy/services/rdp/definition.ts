import type {ServiceDefinition} from '../../definition.ts'

export const RDP_PORT = 3389

export const RDP: ServiceDefinition = {
  name: 'rdp',
  summary:
    'Remote Desktop of Windows that demands network level authentication, and takes the password of who passes it.',
  roles: ['ts', 'rds', 'term', 'ws'],
  ports: [{port: RDP_PORT, protocol: 'tcp', purpose: 'Remote Desktop with TLS and CredSSP', option: 'port'}],
  options: {
    port: {type: 'integer', summary: 'Port it listens on.', default: RDP_PORT, min: 1, max: 65_535},
    users: {
      type: 'list',
      secret: true,
      summary:
        'Honey credentials: the only ones that pass; their users are told that the server has no licence, or that somebody else is at the machine.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z0-9_.$-]{1,64}:.{1,127}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['auth.attempt', 'request', 'probe', 'malformed'],
}

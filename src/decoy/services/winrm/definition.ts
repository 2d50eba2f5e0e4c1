import type {ServiceDefinition} from '../../definition.ts'

export const WINRM_PORT = 5985
export const WINRM_TLS_PORT = 5986

export const WINRM: ServiceDefinition = {
  name: 'winrm',
  summary: 'Windows Remote Management: names itself, takes NTLM and Basic logons, and records what is run.',
  roles: ['srv', 'app', 'mgmt'],
  ports: [
    {port: WINRM_PORT, protocol: 'tcp', purpose: 'WS-Management over HTTP', option: 'port'},
    {port: WINRM_TLS_PORT, protocol: 'tcp', purpose: 'WS-Management over HTTPS', option: 'tls_port'},
  ],
  options: {
    port: {type: 'integer', summary: 'Port of HTTP.', default: WINRM_PORT, min: 1, max: 65_535},
    tls_port: {type: 'integer', summary: 'Port of HTTPS.', default: WINRM_TLS_PORT, min: 1, max: 65_535},
    basic: {
      type: 'boolean',
      summary: 'Whether Basic is offered, which gives passwords away; by default over HTTPS only.',
      default: null,
    },
    users: {
      type: 'list',
      secret: true,
      summary: 'Honey credentials: the only ones that succeed.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z0-9_.$-]{1,64}:.{1,127}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['request', 'auth.attempt', 'command', 'malformed', 'probe'],
}

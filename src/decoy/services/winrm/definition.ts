import {honeyUsers, portOption, WINDOWS_USER} from '../../common-options.ts'
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
    port: portOption(WINRM_PORT, 'Port of HTTP.'),
    tls_port: portOption(WINRM_TLS_PORT, 'Port of HTTPS.'),
    basic: {
      type: 'boolean',
      summary: 'Whether Basic is offered, which gives passwords away; by default over HTTPS only.',
      default: null,
    },
    users: honeyUsers(WINDOWS_USER),
  },
  events: ['request', 'auth.attempt', 'command', 'malformed', 'probe'],
}

import {honeyUsers, portOption, WINDOWS_USER} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const MSRPC_PORT = 135
export const RPC_HTTP_PORT = 593

export const MSRPC: ServiceDefinition = {
  name: 'msrpc',
  summary: 'Endpoint mapper of Windows: tells which interfaces the machine has, and takes NTLM logons.',
  roles: ['srv', 'ws'],
  ports: [
    {port: MSRPC_PORT, protocol: 'tcp', purpose: 'RPC endpoint mapper', option: 'port'},
    {port: RPC_HTTP_PORT, protocol: 'tcp', purpose: 'RPC over HTTP endpoint mapper', option: 'http_port'},
  ],
  options: {
    port: portOption(MSRPC_PORT, 'Port of the endpoint mapper.'),
    http_port: portOption(RPC_HTTP_PORT, 'Port of RPC over HTTP.'),
    users: honeyUsers(
      WINDOWS_USER,
      'Honey credentials: the only ones whose logon succeeds; what they may do is nothing that others may not.',
    ),
  },
  events: ['request', 'auth.attempt', 'probe', 'malformed'],
}

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
    port: {type: 'integer', summary: 'Port of the endpoint mapper.', default: MSRPC_PORT, min: 1, max: 65_535},
    http_port: {type: 'integer', summary: 'Port of RPC over HTTP.', default: RPC_HTTP_PORT, min: 1, max: 65_535},
    users: {
      type: 'list',
      secret: true,
      summary:
        'Honey credentials: the only ones whose logon succeeds; what they may do is nothing that others may not.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z0-9_.$-]{1,64}:.{1,127}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['request', 'auth.attempt', 'probe', 'malformed'],
}

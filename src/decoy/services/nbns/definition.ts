import type {ServiceDefinition} from '../../definition.ts'

export const NBNS_PORT = 137

export const NBNS: ServiceDefinition = {
  name: 'nbns',
  summary:
    'NetBIOS name service that answers for its own names and tells its name table. An answer is longer than its question, so it goes only to addresses that completed a TCP handshake with the decky in the last minutes, as scanners do that find 139 or 445 open; what others ask is recorded.',
  roles: ['file', 'fs', 'ws'],
  ports: [{port: NBNS_PORT, protocol: 'udp', purpose: 'name queries and node status'}],
  options: {
    product: {
      type: 'enum',
      summary: 'Implementation it claims to be; by default what the OS of the persona has.',
      default: null,
      values: ['windows', 'samba'],
    },
    workgroup: {
      type: 'text',
      summary: 'Workgroup or NetBIOS domain; by default that of the persona.',
      default: null,
      maxLength: 15,
      pattern: /^[A-Za-z0-9_-]+$/,
      expected: 'up to 15 letters, digits, `-` and `_`',
      example: 'CORP',
    },
  },
  events: ['query', 'probe', 'malformed'],
}

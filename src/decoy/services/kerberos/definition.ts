import type {ServiceDefinition} from '../../definition.ts'

export const KERBEROS_PORT = 88
export const PASSWORD_PORT = 464

export const KERBEROS: ServiceDefinition = {
  name: 'kerberos',
  summary:
    'Key distribution center of an Active Directory domain: knows the accounts that `ldap` shows, and hands out bait to crack.',
  roles: ['dc', 'kdc'],
  ports: [
    {port: KERBEROS_PORT, protocol: 'tcp', purpose: 'Kerberos 5'},
    {port: KERBEROS_PORT, protocol: 'udp', purpose: 'Kerberos 5'},
    {port: PASSWORD_PORT, protocol: 'tcp', purpose: 'Change of passwords (kpasswd)'},
    {port: PASSWORD_PORT, protocol: 'udp', purpose: 'Change of passwords (kpasswd)'},
  ],
  options: {
    users: {
      type: 'list',
      secret: true,
      summary: 'Honey credentials: the only ones that get a ticket.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z0-9_.-]{1,64}:.{1,127}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['auth.attempt', 'request', 'probe', 'malformed'],
}

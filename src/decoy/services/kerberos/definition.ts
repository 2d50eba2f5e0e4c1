import {DIRECTORY_USER, honeyUsers} from '../../common-options.ts'
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
    users: honeyUsers(DIRECTORY_USER, 'Honey credentials: the only ones that get a ticket.'),
  },
  events: ['auth.attempt', 'request', 'probe', 'malformed'],
}

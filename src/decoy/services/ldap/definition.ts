import {DIRECTORY_USER, honeyUsers, portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const LDAP_PORT = 389
export const LDAPS_PORT = 636
export const GLOBAL_CATALOG_PORT = 3268
export const SECURE_GLOBAL_CATALOG_PORT = 3269

export const LDAP_PRODUCTS = ['active-directory', 'openldap'] as const

export const LDAP: ServiceDefinition = {
  name: 'ldap',
  summary:
    'Directory server that answers as Active Directory or OpenLDAP does, with accounts as bait behind honey credentials.',
  roles: ['ldap', 'dir', 'auth'],
  ports: [
    {port: LDAP_PORT, protocol: 'tcp', purpose: 'LDAP, with StartTLS', option: 'port'},
    {port: LDAPS_PORT, protocol: 'tcp', purpose: 'LDAP over TLS'},
    {port: LDAP_PORT, protocol: 'udp', purpose: 'CLDAP: how clients find a controller', needs: 'controller'},
    {port: GLOBAL_CATALOG_PORT, protocol: 'tcp', purpose: 'Global catalog', needs: 'controller'},
    {port: SECURE_GLOBAL_CATALOG_PORT, protocol: 'tcp', purpose: 'Global catalog over TLS', needs: 'controller'},
  ],
  options: {
    port: portOption(LDAP_PORT, 'Port of LDAP over TCP.'),
    product: {
      type: 'enum',
      summary: 'Server it claims to be; by default what the OS of the persona has.',
      default: null,
      values: LDAP_PRODUCTS,
    },
    controller: {
      type: 'boolean',
      summary: 'Whether it is a domain controller, which is a global catalog and answers CLDAP as well.',
      default: false,
    },
    users: honeyUsers(DIRECTORY_USER, 'Honey credentials: the only ones that succeed, and then show the directory.'),
  },
  events: ['auth.attempt', 'request', 'query', 'probe', 'malformed'],
}

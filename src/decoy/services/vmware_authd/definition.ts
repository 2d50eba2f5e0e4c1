import {honeyUsers, portOption} from '../../common-options.ts'
import type {ServiceDefinition} from '../../definition.ts'

export const VMWARE_AUTHD_PORT = 902

export const VMWARE_AUTHD: ServiceDefinition = {
  name: 'vmware_authd',
  summary: 'Authentication daemon of an ESXi host, which remote consoles and backups sign in at: a greeting, then TLS.',
  roles: ['esx', 'esxi', 'vmhost'],
  ports: [{port: VMWARE_AUTHD_PORT, protocol: 'tcp', purpose: 'VMware authentication daemon', option: 'port'}],
  options: {
    port: portOption(VMWARE_AUTHD_PORT),
    users: honeyUsers(/^[A-Za-z_][A-Za-z0-9_.@\\-]{0,63}:.{1,256}$/),
  },
  events: ['auth.attempt', 'command', 'malformed'],
}

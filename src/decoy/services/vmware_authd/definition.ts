import type {ServiceDefinition} from '../../definition.ts'

export const VMWARE_AUTHD_PORT = 902

export const VMWARE_AUTHD: ServiceDefinition = {
  name: 'vmware_authd',
  summary: 'Authentication daemon of an ESXi host, which remote consoles and backups sign in at: a greeting, then TLS.',
  roles: ['esx', 'esxi', 'vmhost'],
  ports: [{port: VMWARE_AUTHD_PORT, protocol: 'tcp', purpose: 'VMware authentication daemon', option: 'port'}],
  options: {
    port: {type: 'integer', summary: 'Port it listens on.', default: VMWARE_AUTHD_PORT, min: 1, max: 65_535},
    users: {
      type: 'list',
      secret: true,
      summary: 'Honey credentials: the only ones that succeed.',
      default: [],
      maxItems: 32,
      pattern: /^[A-Za-z_][A-Za-z0-9_.@\\-]{0,63}:.{1,256}$/,
      expected: 'a user name and a password as `name:password`',
    },
  },
  events: ['auth.attempt', 'command', 'malformed'],
}

import type {ServiceDefinition} from '../../definition.ts'

export const RPCBIND_PORT = 111
export const NFS_PORT = 2049
export const MOUNTD_PORT = 20_048

export const NFS: ServiceDefinition = {
  name: 'nfs',
  summary: 'NFS server with its port mapper: shows exports to everybody, and lets their files be read or refuses to.',
  roles: ['nfs', 'nas', 'storage', 'backup', 'file'],
  ports: [
    {port: RPCBIND_PORT, protocol: 'tcp', purpose: 'Port mapper'},
    {port: RPCBIND_PORT, protocol: 'udp', purpose: 'Port mapper'},
    {port: MOUNTD_PORT, protocol: 'tcp', purpose: 'MOUNT 1 to 3'},
    {port: MOUNTD_PORT, protocol: 'udp', purpose: 'MOUNT 1 to 3'},
    {port: NFS_PORT, protocol: 'tcp', purpose: 'NFS 3'},
  ],
  options: {
    exports: {
      type: 'list',
      summary: 'Directories that are exported; by default some of those in which machines of that kind keep things.',
      default: [],
      example: '/srv/backup, /home',
      maxItems: 16,
      pattern: /^\/[A-Za-z0-9._/-]{1,200}$/,
      expected: 'an absolute path',
    },
    clients: {
      type: 'text',
      summary: 'Whom the exports are for, as the list of them shows it; by default everybody, or one machine.',
      default: null,
      example: '192.168.1.0/24',
      maxLength: 64,
      pattern: /^[A-Za-z0-9.*/:_-]+$/,
      expected: 'a host name, an address or network, or `*`',
    },
    access: {
      type: 'enum',
      summary: 'What becomes of a mount: `read` lets everybody read the files, `refused` nobody.',
      default: 'read',
      values: ['read', 'refused'],
    },
  },
  events: ['query', 'request', 'command', 'file.read', 'probe', 'malformed'],
}

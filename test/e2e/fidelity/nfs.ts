import type {FidelityRow} from './row.ts'

export const NFS_ROWS: readonly FidelityRow[] = [
  {
    service: 'nfs',
    port: 111,
    product: 'rpcbind 1.2.6',
    decky: {services: 'nfs', distro: 'debian'},
    options: {exports: '/srv, /home'},
    nmap: /^rpcbind\s+2-4 \(RPC #100000\)$/,
    scripts: [/100003\s+3\s+2049\/tcp\s+nfs/, /100005\s+1,2,3\s+20048\/(?:tcp|udp)\s+mountd/],
    clients: [
      {
        name: 'rpcinfo -p',
        tool: 'rpcinfo',
        command: ({ip}) => ['rpcinfo', '-p', ip],
        prints: /100003\s+3\s+tcp\s+2049\s+nfs/,
        exit: 0,
        outcome: 'lists programs',
      },
      {
        name: 'rpcinfo -s',
        tool: 'rpcinfo',
        command: ({ip}) => ['rpcinfo', '-s', ip],
        prints: /100005\s+[\d,]+\s+(?:tcp,udp|udp,tcp)\s+mountd/,
        exit: 0,
        outcome: 'lists programs',
      },
      {
        name: 'showmount -e',
        tool: 'showmount',
        command: ({ip}) => ['showmount', '-e', ip],
        prints: /Export list for .*\n\/srv\s+\*\n\/home\s+\*/,
        exit: 0,
        outcome: 'lists exports',
        leaves: {event: 'query', matching: ({data}) => data?.action === 'exports', captured: 'user and machine'},
      },
      {
        name: 'nmap nfs-ls, nfs-showmount',
        tool: 'nmap',
        command: ({ip}) => ['nmap', '-n', '-Pn', '-p', '111', '--script', 'nfs-ls,nfs-showmount', ip],
        prints: /Volume \/srv[\s\S]*backup/,
        outcome: 'lists files',
      },
    ],
  },
  {
    service: 'nfs',
    port: 2049,
    product: 'Linux NFS server',
    decky: {services: 'nfs', distro: 'debian'},
    options: {exports: '/srv'},
    nmap: /^nfs\s+3 \(RPC #100003\)$/,
    clients: [
      {
        name: 'nfs-ls',
        tool: 'nfs-ls',
        command: ({ip}) => ['nfs-ls', `nfs://${ip}/srv/backup`],
        prints: /dump\.sh/,
        exit: 0,
        outcome: 'lists files',
      },
      {
        name: 'nfs-cat',
        tool: 'nfs-ls',
        command: ({ip}) => ['nfs-cat', `nfs://${ip}/srv/backup/dump.sh`],
        prints: /mysqldump -h /,
        outcome: 'reads a lure',
        leaves: {
          event: 'file.read',
          matching: ({data}) => data?.path === '/srv/backup/dump.sh',
          captured: 'path, user and machine',
        },
      },
    ],
  },
]

import type {ClientRun, FidelityRow} from './row.ts'

const login = (user: string, secret: string): NonNullable<ClientRun['leaves']> => ({
  event: 'auth.attempt',
  matching: ({credential}) => credential?.principal === user && credential.secret?.text === secret,
  captured: 'plaintext',
})

const CLIENTS: readonly ClientRun[] = [
  {
    name: 'curl, wrong password',
    tool: 'curl',
    command: ({ip}) => ['curl', '-sS', `ftp://deploy:letmein@${ip}/`],
    prints: /curl: \(67\)/,
    outcome: 'refused',
    leaves: login('deploy', 'letmein'),
  },
  {
    name: 'curl --ssl-reqd -T',
    tool: 'curl',
    command: ({ip}) => [
      'curl',
      '-sS',
      '-k',
      '--ssl-reqd',
      '-T',
      '/etc/hostname',
      '-v',
      `ftp://deploy:Summer2024@${ip}/up.txt`,
    ],
    prints: /< 226 /,
    outcome: 'uploads over TLS',
    leaves: {
      event: 'file.write',
      matching: ({data}) => typeof data?.sha256 === 'string' && Number(data.size) > 0,
      captured: 'the file, SHA-256',
    },
  },
  {
    name: 'lftp, anonymous',
    tool: 'lftp',
    command: ({ip}) => [
      'lftp',
      '-c',
      `set ssl:verify-certificate no; set net:max-retries 1; open -u anonymous,a@b ${ip}; cls -l pub`,
    ],
    prints: /README/,
    outcome: 'lists the lures',
    leaves: login('anonymous', 'a@b'),
  },
]

const OPTIONS = {users: 'deploy:Summer2024', anonymous: 'yes'}

export const FTP_ROWS: readonly FidelityRow[] = [
  {
    service: 'ftp',
    port: 21,
    product: 'vsFTPd 3.0.3',
    decky: {services: 'ftp', distro: 'debian'},
    options: {...OPTIONS, product: 'vsftpd'},
    nmap: /^ftp\s+vsftpd 3\.0\.3$/,
    scripts: [/Anonymous FTP login allowed/, /vsFTPd 3\.0\.3 - secure, fast, stable/],
    clients: CLIENTS,
  },
  {
    service: 'ftp',
    port: 21,
    product: 'ProFTPD 1.3.6c',
    decky: {services: 'ftp', distro: 'ubuntu20'},
    options: {...OPTIONS, product: 'proftpd'},
    nmap: /^ftp\s+ProFTPD 1\.3\.6c$/,
    scripts: [/Anonymous FTP login allowed/],
    clients: CLIENTS,
  },
  {
    service: 'ftp',
    port: 21,
    product: 'Microsoft FTP Service',
    decky: {services: 'ftp', os: 'windows_server', distro: 'windows2022'},
    options: OPTIONS,
    nmap: /^ftp\s+Microsoft ftpd$/,
    scripts: [/Anonymous FTP login allowed/, /SYST: Windows_NT/],
    clients: CLIENTS,
  },
  {
    service: 'ftp',
    port: 21,
    product: 'HP JetDirect',
    decky: {services: 'ftp', os: 'embedded', distro: 'embedded'},
    options: {product: 'jetdirect'},
    nmap: /^ftp\s+HP JetDirect ftpd$/,
    clients: [
      {
        name: 'curl -T',
        tool: 'curl',
        command: ({ip}) => ['curl', '-sS', '-T', '/etc/hostname', '-v', `ftp://anonymous:a@${ip}/job.txt`],
        prints: /< 226 /,
        outcome: 'prints',
        leaves: {
          event: 'file.write',
          matching: ({data}) => typeof data?.sha256 === 'string' && Number(data.size) > 0,
          captured: 'the job, SHA-256',
        },
      },
    ],
  },
  {
    service: 'ftp',
    port: 21,
    product: 'Axis network camera',
    decky: {services: 'ftp', os: 'embedded', distro: 'embedded', mac: 'ac:cc:8e:10:20:31'},
    options: {product: 'axis'},
    nmap: /^ftp\s+Axis .* Network Camera ftpd 10\.12\.\d+/,
    clients: CLIENTS.slice(0, 1),
  },
]

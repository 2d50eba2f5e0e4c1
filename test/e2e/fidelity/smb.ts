import type {ClientRun, FidelityRow, Target} from './row.ts'

const USERS = 'backup:Winter2024!'
const LOGIN = 'backup%Winter2024!'
const NTLM = {hashcatMode: 5600, captured: 'NetNTLMv2 (5600)'}

const smbclient = (
  name: string,
  args: (target: Target) => readonly string[],
  prints: RegExp,
  outcome: string,
): ClientRun => ({name, tool: 'smbclient', command: (target) => ['smbclient', ...args(target)], prints, outcome})

const rpcclient = (login: readonly string[], command: string, prints: RegExp, outcome: string): ClientRun => ({
  name: `rpcclient ${command}`,
  tool: 'rpcclient',
  command: ({ip}) => ['rpcclient', ...login, ip, '-c', command],
  prints,
  outcome,
})

const guess: ClientRun = {
  ...smbclient(
    'smbclient -U',
    ({ip}) => ['-U', 'backup%guessed', '-L', `//${ip}`],
    /NT_STATUS_LOGON_FAILURE/,
    'refused',
  ),
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) =>
      credential?.principal === 'backup' &&
      credential.outcome === 'failure' &&
      credential.hash?.hashcatMode === NTLM.hashcatMode,
    captured: NTLM.captured,
  },
}

const upload: ClientRun = {
  ...smbclient(
    'smbclient put',
    ({ip}) => ['-U', LOGIN, `//${ip}/IT`, '-c', 'put /etc/hostname dropped.txt; ls'],
    /dropped\.txt +A /,
    'leaves a file',
  ),
  leaves: {
    event: 'file.write',
    matching: ({data}) => data?.path === 'dropped.txt' && typeof data.sha256 === 'string',
    captured: 'the file, SHA-256',
  },
}

const smb1Refused = (prints: RegExp): ClientRun =>
  smbclient(
    'smbclient -m NT1',
    ({ip}) => ['--option=client min protocol=NT1', '-m', 'NT1', '-N', '-L', `//${ip}`],
    prints,
    'SMB1 refused',
  )

export const SMB_ROWS: readonly FidelityRow[] = [
  {
    service: 'smb',
    port: 445,
    product: 'Windows Server 2022',
    decky: {services: 'smb, nbns', os: 'windows_server', distro: 'windows2022'},
    options: {users: USERS, shares: 'IT:IT department'},
    nmap: /^microsoft-ds\?$/,
    scripts: [/Message signing enabled but not required/, /smb2-time:[\s\S]*date: 20\d\d-/, /NetBIOS name: /],
    clients: [
      smbclient('smbclient -N', ({ip}) => ['-N', '-L', `//${ip}`], /NT_STATUS_ACCESS_DENIED/, 'anonymous refused'),
      guess,
      smbclient(
        'smbclient ls',
        ({ip}) => ['-U', LOGIN, `//${ip}/IT`, '-c', 'ls'],
        /Accounts and passwords\.txt/,
        'lists the bait',
      ),
      upload,
      smb1Refused(/NT_STATUS_CONNECTION_RESET/),
      rpcclient(['-U', LOGIN], 'srvinfo', /os version\s+:\s+10\.0/, 'told the version'),
    ],
  },
  {
    service: 'smb',
    port: 139,
    product: 'Windows 10, NetBIOS session',
    decky: {services: 'smb, nbns', os: 'windows', distro: 'windows10'},
    nmap: /^netbios-ssn\s+Microsoft Windows netbios-ssn$/,
    clients: [
      smbclient(
        'smbclient -p 139',
        ({ip}) => ['-p', '139', '-N', '-L', `//${ip}`],
        /NT_STATUS_ACCESS_DENIED/,
        'refused',
      ),
    ],
  },
  {
    service: 'smb',
    port: 445,
    product: 'Samba 4.17.12',
    decky: {services: 'smb, nbns', distro: 'debian'},
    options: {users: USERS, shares: 'IT:IT department'},
    nmap: /^netbios-ssn\s+Samba smbd 4\.6\.2$/,
    scripts: [/Message signing enabled but not required/, /smb2-time:[\s\S]*date: 20\d\d-/],
    clients: [
      smbclient('smbclient -N', ({ip}) => ['-N', '-L', `//${ip}`], /IT +Disk +IT department/, 'lists the shares'),
      guess,
      smbclient(
        'smbclient, guest',
        ({ip}) => ['-U', 'visitor%x', `//${ip}/IT`, '-c', 'ls'],
        /NT_STATUS_ACCESS_DENIED/,
        'guest kept out',
      ),
      upload,
      smb1Refused(/No compatible protocol selected by server/),
      rpcclient(['-N', '-U', ''], 'netshareenumall', /netname: IPC\$/, 'lists the shares'),
    ],
  },
]

/** A connection first: nobody is told anything long who may have forged an address. */
const afterConnecting = (name: string, tool: ClientRun['tool'], command: string, prints: RegExp): ClientRun => ({
  name,
  tool,
  command: ({ip}) => ['sh', '-c', `smbclient -N -L //${ip} >/dev/null 2>&1; ${command} ${ip}`],
  prints,
  outcome: 'told the names',
})

export const NBNS_ROWS: readonly FidelityRow[] = [
  {
    service: 'nbns',
    port: 137,
    protocol: 'udp',
    product: 'Windows Server 2022',
    decky: {services: 'smb, nbns', os: 'windows_server', distro: 'windows2022'},
    nmap: /^netbios-ns\s+Microsoft Windows netbios-ns/,
    clients: [
      afterConnecting('nmblookup -A', 'nmblookup', 'nmblookup -A', /<20> -\s+B <ACTIVE>[\s\S]*MAC Address = /),
      afterConnecting('nbtscan', 'nbtscan', 'nbtscan', /<server>/),
    ],
  },
  {
    service: 'nbns',
    port: 137,
    protocol: 'udp',
    product: 'Samba nmbd',
    decky: {services: 'smb, nbns', distro: 'debian'},
    nmap: /^netbios-ns\s+Samba nmbd netbios-ns/,
    clients: [
      afterConnecting('nmblookup -A', 'nmblookup', 'nmblookup -A', /<03> -\s+B <ACTIVE>[\s\S]*00-00-00-00-00-00/),
    ],
  },
]

import type {Distro} from '../fleet/catalog.ts'

const SERVER_PATTERNS = ['{role}{nn}', '{role}-{nn}', '{site}-{role}{nn}', '{role}{n}']
const WINDOWS_SERVER_PATTERNS = ['{SITE}-{ROLE}{nn}', '{SITE}{ROLE}{nn}', 'SRV-{ROLE}{nn}', 'WIN-{serial11}']
const WINDOWS_CLIENT_PATTERNS = ['DESKTOP-{serial}', '{SITE}-PC{nn}', 'LAPTOP-{serial}']

const TABLE: readonly Distro[] = [
  {name: 'debian', summary: 'Debian 12 (bookworm)', os: 'linux', hostnamePatterns: SERVER_PATTERNS},
  {name: 'ubuntu22', summary: 'Ubuntu 22.04 LTS', os: 'linux', hostnamePatterns: SERVER_PATTERNS},
  {name: 'ubuntu20', summary: 'Ubuntu 20.04 LTS', os: 'linux', hostnamePatterns: SERVER_PATTERNS},
  {name: 'rocky9', summary: 'Rocky Linux 9', os: 'linux', hostnamePatterns: SERVER_PATTERNS},
  {name: 'centos7', summary: 'CentOS 7', os: 'linux', hostnamePatterns: SERVER_PATTERNS},
  {name: 'alpine', summary: 'Alpine Linux 3.19', os: 'linux', hostnamePatterns: ['{role}{n}', '{role}-{nn}']},
  {name: 'fedora', summary: 'Fedora 39', os: 'linux', hostnamePatterns: ['{role}{nn}', '{site}-{role}{nn}']},
  {name: 'kali', summary: 'Kali Linux', os: 'linux', hostnamePatterns: ['kali', 'kali-{nn}']},
  {name: 'arch', summary: 'Arch Linux', os: 'linux', hostnamePatterns: ['{role}-{nn}', 'ws{nn}']},
  {name: 'windows10', summary: 'Windows 10', os: 'windows', hostnamePatterns: WINDOWS_CLIENT_PATTERNS},
  {name: 'windows11', summary: 'Windows 11', os: 'windows', hostnamePatterns: WINDOWS_CLIENT_PATTERNS},
  {
    name: 'windows2019',
    summary: 'Windows Server 2019',
    os: 'windows_server',
    hostnamePatterns: WINDOWS_SERVER_PATTERNS,
  },
  {
    name: 'windows2022',
    summary: 'Windows Server 2022',
    os: 'windows_server',
    hostnamePatterns: WINDOWS_SERVER_PATTERNS,
  },
  {name: 'freebsd', summary: 'FreeBSD 14', os: 'bsd', hostnamePatterns: SERVER_PATTERNS},
  {
    name: 'embedded',
    summary: 'embedded Linux firmware',
    os: 'embedded',
    hostnamePatterns: ['dev-{serial}', '{site}-{role}{nn}'],
  },
  {
    name: 'ios',
    summary: 'Cisco IOS 15',
    os: 'cisco',
    hostnamePatterns: ['{site}-sw{nn}', '{site}-rt{n}', 'sw-{site}-{nn}'],
  },
]

export const DISTROS: ReadonlyMap<string, Distro> = new Map(TABLE.map((distro) => [distro.name, distro]))

/**
 * What a port scan says of a machine, in the words of the catalogue. The left sides are nmap's: service names of its
 * `nmap-services`, OS families and device types of its OS database. The right sides may name services and distros that
 * the catalogue does not have: whoever reads them looks them up.
 */
import type {OsName, Protocol} from '../fleet/catalog.ts'

const SERVICE_NAMES: Readonly<Record<string, string>> = {
  ssh: 'ssh',
  telnet: 'telnet',
  ftp: 'ftp',
  http: 'http',
  'http-alt': 'http',
  'http-proxy': 'http',
  https: 'https',
  'https-alt': 'https',
  smtp: 'smtp',
  smtps: 'smtp',
  submission: 'smtp',
  pop3: 'pop3',
  pop3s: 'pop3',
  imap: 'imap',
  imaps: 'imap',
  domain: 'dns',
  tftp: 'tftp',
  snmp: 'snmp',
  ldap: 'ldap',
  ldaps: 'ldap',
  ldapssl: 'ldap',
  globalcatldap: 'ldap',
  globalcatldapssl: 'ldap',
  'microsoft-ds': 'smb',
  'netbios-ssn': 'smb',
  'ms-wbt-server': 'rdp',
  msrpc: 'msrpc',
  wsman: 'winrm',
  wsmans: 'winrm',
  llmnr: 'llmnr',
  'kerberos-sec': 'kerberos',
  kpasswd5: 'kerberos',
  'netbios-ns': 'nbns',
  'ms-sql-s': 'mssql',
  mysql: 'mysql',
  postgresql: 'postgres',
  redis: 'redis',
  mongod: 'mongodb',
  mongodb: 'mongodb',
  elasticsearch: 'elasticsearch',
  docker: 'docker_api',
  vnc: 'vnc',
  sip: 'sip',
  'sip-tls': 'sip',
  mqtt: 'mqtt',
  'secure-mqtt': 'mqtt',
  amqp: 'rabbitmq',
  amqps: 'rabbitmq',
  nfs: 'nfs',
  mountd: 'nfs',
  ntp: 'ntp',
  ipp: 'ipp',
  printer: 'lpd',
  jetdirect: 'jetdirect',
  'hp-pjl': 'jetdirect',
  memcache: 'memcached',
  memcached: 'memcached',
  'iso-tsap': 's7',
  s7comm: 's7',
  mbap: 'modbus',
  modbus: 'modbus',
}

/** For ports that nmap has no service name of, or only that of its table of ports. */
const SERVICE_PORTS: Readonly<Record<string, string>> = {
  '2375/tcp': 'docker_api',
  '2376/tcp': 'docker_api',
  '5985/tcp': 'winrm',
  '6443/tcp': 'k8s',
  '9200/tcp': 'elasticsearch',
  '27017/tcp': 'mongodb',
  '502/tcp': 'modbus',
  '102/tcp': 's7',
  '15672/tcp': 'rabbitmq',
  '9100/tcp': 'jetdirect',
  '515/tcp': 'lpd',
  '631/tcp': 'ipp',
}

export interface ScannedPort {
  readonly port: number
  readonly protocol: Protocol
  /** nmap's name of the service; empty: it has none. */
  readonly service: string
  /** Whether the service was found behind TLS. */
  readonly tls: boolean
}

/** The catalogue's name of a service found by a scan; undefined: it is called nothing there. */
export function serviceOfPort({port, protocol, service, tls}: ScannedPort): string | undefined {
  const name = SERVICE_PORTS[`${port}/${protocol}`] ?? lookUp(SERVICE_NAMES, service.toLowerCase())
  return tls && name === 'http' ? 'https' : name
}

export interface ScannedSystem {
  /** `osfamily` of the best OS match, e.g. `Linux`; empty: no match. */
  readonly family: string
  /** Its `vendor`. */
  readonly vendor: string
  /** Its `type`, e.g. `general purpose`. */
  readonly device: string
  /** Everything the scan says in words: the name of the match, products, versions. */
  readonly words: string
  /** Open ports, as `22/tcp`. */
  readonly ports: ReadonlySet<string>
}

const FAMILIES: Readonly<Record<string, OsName>> = {
  linux: 'linux',
  freebsd: 'bsd',
  openbsd: 'bsd',
  netbsd: 'bsd',
  dragonfly: 'bsd',
  'ios xe': 'cisco',
  'ios xr': 'cisco',
  'nx-os': 'cisco',
  catos: 'cisco',
  asa: 'cisco',
  embedded: 'embedded',
}

/** Device types whose machines run a vendor's firmware, whatever kernel is inside. */
const FIRMWARE =
  /^(?:printer|print server|webcam|wap|broadband router|media device|voip|voip phone|voip adapter|power-device|storage-misc|pda|phone|remote management|specialized|security-misc|terminal)$/i
const WINDOWS_SERVER = /Windows Server|Windows (?:NT|2000|2003|2008|2012|2016|2019|2022)\b|Server 20\d\d/i

/** The OS profile that a scanned machine looks most like. */
export function osOfScan(system: ScannedSystem): OsName {
  const family = system.family.toLowerCase()
  // Apple calls a system iOS, too.
  if (family === 'ios' && /^cisco$/i.test(system.vendor)) return 'cisco'
  if (family === 'windows') return windowsOf(system.words)
  if (family !== '' && FIRMWARE.test(system.device)) return 'embedded'
  return lookUp(FAMILIES, family) ?? osOfWords(system)
}

function windowsOf(words: string): OsName {
  return WINDOWS_SERVER.test(words) ? 'windows_server' : 'windows'
}

function osOfWords({words, ports}: ScannedSystem): OsName {
  if (/\b(?:Microsoft|Windows)\b/i.test(words)) return windowsOf(words)
  if (/\bCisco\b/i.test(words)) return 'cisco'
  if (/\b(?:FreeBSD|OpenBSD|NetBSD)\b/i.test(words)) return 'bsd'
  if (/\b(?:Debian|Ubuntu|Linux|CentOS|Fedora|Red Hat)\b/i.test(words)) return 'linux'
  if (ports.has('9100/tcp') || ports.has('515/tcp')) return 'embedded'
  if (!ports.has('22/tcp') && (ports.has('135/tcp') || ports.has('3389/tcp'))) {
    return ports.has('88/tcp') || ports.has('389/tcp') ? 'windows_server' : 'windows'
  }
  return 'linux'
}

/** What banners say of the distribution; the first that fits. */
const DISTROS: readonly (readonly [RegExp, string])[] = [
  [/OpenSSH[ _]8\.2p1 Ubuntu|Ubuntu 20\.04/i, 'ubuntu20'],
  [/Ubuntu/i, 'ubuntu22'],
  [/Debian|\+deb\d/i, 'debian'],
  [/CentOS/i, 'centos7'],
  [/Rocky|Red Hat|\bel9\b/i, 'rocky9'],
  [/Fedora/i, 'fedora'],
  [/Alpine/i, 'alpine'],
  [/Windows Server 2019/i, 'windows2019'],
  [/Windows Server 20(?:16|22|25)/i, 'windows2022'],
  [/Windows 11/i, 'windows11'],
  [/Windows 10/i, 'windows10'],
  [/FreeBSD/i, 'freebsd'],
]

/** The distro that a scanned machine names; undefined: it names none. */
export function distroOfScan(words: string): string | undefined {
  return DISTROS.find(([pattern]) => pattern.test(words))?.[1]
}

function lookUp<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/**
 * Kinds of machines, with the ports that a scanner expects of them. An entry may name services that this version does
 * not have: `archetypes.ts` offers it once all of them are there.
 */
import type {OsName} from '../fleet/catalog.ts'
import {AUTOMATION_OUIS, CAMERA_OUIS, HP_OUIS, NAS_OUIS, PRINTER_OUIS, VIRTUAL_OUIS} from './os-profiles.ts'

export interface ArchetypeEntry {
  readonly name: string
  readonly summary: string
  readonly services: readonly string[]
  readonly os: OsName
  readonly distros: readonly string[]
  readonly roles: readonly string[]
  readonly ouis?: readonly string[]
  readonly hostnamePatterns?: readonly string[]
  /** Options of its services where the fleet file is silent, as a fleet file would write them. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const WINDOWS_SERVERS = ['windows2019', 'windows2022']
const DEBIAN_LIKE = ['debian', 'ubuntu22']
/** What every Windows machine of a company answers on: 135, 137/udp, 139 and 445. */
const WINDOWS_BASE = ['msrpc', 'smb', 'nbns']

const WINDOWS: readonly ArchetypeEntry[] = [
  {
    name: 'windows-workstation',
    summary: 'Windows desktop of an employee',
    services: [...WINDOWS_BASE, 'llmnr', 'rdp'],
    os: 'windows',
    distros: ['windows10', 'windows11'],
    roles: ['ws', 'pc'],
  },
  {
    name: 'windows-server',
    summary: 'Windows file server',
    services: [...WINDOWS_BASE, 'rdp', 'winrm'],
    os: 'windows_server',
    distros: WINDOWS_SERVERS,
    roles: ['file', 'fs', 'data', 'print'],
  },
  {
    name: 'domain-controller',
    summary: 'Active Directory domain controller with DNS and Kerberos',
    services: ['dns', 'kerberos', 'ntp', ...WINDOWS_BASE, 'ldap', 'rdp', 'winrm'],
    os: 'windows_server',
    distros: WINDOWS_SERVERS,
    roles: ['dc'],
    ouis: VIRTUAL_OUIS,
    options: {ldap: {controller: 'yes'}},
  },
  {
    name: 'windows-sql',
    summary: 'Windows server with Microsoft SQL Server',
    services: [...WINDOWS_BASE, 'mssql', 'rdp', 'winrm'],
    os: 'windows_server',
    distros: WINDOWS_SERVERS,
    roles: ['sql', 'db', 'erp'],
  },
  {
    name: 'iis-intranet',
    summary: 'Intranet web server on Windows and IIS',
    services: ['http', 'https', ...WINDOWS_BASE, 'rdp'],
    os: 'windows_server',
    distros: WINDOWS_SERVERS,
    roles: ['web', 'intra', 'iis', 'app'],
    options: {http: {product: 'iis', page: 'windows'}, https: {product: 'iis', page: 'windows'}},
  },
]

const LINUX: readonly ArchetypeEntry[] = [
  {
    name: 'linux-server',
    summary: 'Linux server with remote access and a web interface',
    services: ['ssh', 'http'],
    os: 'linux',
    distros: ['debian', 'ubuntu22', 'rocky9', 'fedora'],
    roles: ['srv', 'app', 'node', 'lnx'],
  },
  {
    name: 'web-server',
    summary: 'Linux web server',
    services: ['ssh', 'http', 'https'],
    os: 'linux',
    distros: ['debian', 'ubuntu22', 'ubuntu20'],
    roles: ['web', 'www', 'portal'],
  },
  {
    name: 'database-server',
    summary: 'Linux database server: MySQL and Redis',
    services: ['ssh', 'mysql', 'redis'],
    os: 'linux',
    distros: DEBIAN_LIKE,
    roles: ['db', 'mysql', 'sql'],
  },
  {
    name: 'mail-server',
    summary: 'Linux mail server',
    services: ['ssh', 'smtp', 'imap', 'pop3'],
    os: 'linux',
    distros: DEBIAN_LIKE,
    roles: ['mail', 'mx', 'smtp'],
  },
  {
    name: 'file-server',
    summary: 'Linux file server with Samba and FTP',
    services: ['ssh', 'smb', 'nbns', 'ftp'],
    os: 'linux',
    distros: ['debian', 'ubuntu22', 'rocky9'],
    roles: ['file', 'nfs', 'share', 'backup'],
  },
  {
    name: 'voip-server',
    summary: 'SIP registrar on Linux',
    services: ['ssh', 'sip'],
    os: 'linux',
    distros: DEBIAN_LIKE,
    roles: ['sip', 'voip'],
  },
  {
    name: 'voip-pbx',
    summary: 'Telephone system with a web interface',
    services: ['ssh', 'http', 'https', 'sip', 'tftp'],
    os: 'linux',
    // What FreePBX's own distribution was made of.
    distros: ['centos7'],
    roles: ['pbx', 'tel'],
    // Its phones get their configurations from it.
    options: {http: {product: 'freepbx'}, https: {product: 'freepbx'}, tftp: {lures: 'phone'}},
  },
  {
    name: 'monitoring-node',
    summary: 'Monitoring server',
    services: ['ssh', 'http', 'snmp'],
    os: 'linux',
    distros: ['debian', 'rocky9'],
    roles: ['mon', 'grafana', 'metrics'],
    options: {http: {product: 'grafana', port: '3000'}},
  },
  {
    name: 'devops-host',
    summary: 'Build machine with an open Docker API and Kubernetes',
    services: ['ssh', 'docker_api', 'k8s'],
    os: 'linux',
    distros: ['ubuntu22', 'debian'],
    roles: ['build', 'ci', 'k8s', 'dev'],
  },
  {
    name: 'jenkins',
    summary: 'Jenkins controller',
    services: ['ssh', 'http'],
    os: 'linux',
    distros: DEBIAN_LIKE,
    roles: ['jenkins', 'ci', 'build'],
    options: {http: {product: 'jenkins', port: '8080'}},
  },
  {
    name: 'deaddeck',
    summary: 'Forgotten machine that offers only a login',
    services: ['ssh'],
    os: 'linux',
    distros: DEBIAN_LIKE,
    roles: ['old', 'test', 'dev', 'tmp', 'legacy'],
  },
]

const APPLIANCES: readonly ArchetypeEntry[] = [
  {
    name: 'printer',
    summary: 'Network printer',
    services: ['http', 'https', 'ftp', 'lpd', 'ipp', 'jetdirect', 'snmp'],
    os: 'embedded',
    distros: ['embedded'],
    roles: ['prn', 'print'],
    ouis: PRINTER_OUIS,
    // What a JetDirect calls itself until somebody gives it a name.
    hostnamePatterns: ['NPI{MAC}', '{site}-{role}{nn}'],
    options: {http: {product: 'printer'}, https: {product: 'printer'}},
  },
  {
    name: 'iot-device',
    summary: 'Camera or sensor with a web interface and MQTT',
    services: ['ftp', 'telnet', 'http', 'https', 'mqtt', 'snmp'],
    os: 'embedded',
    distros: ['embedded'],
    roles: ['cam', 'sensor', 'iot'],
    ouis: CAMERA_OUIS,
    // What a camera of Axis calls itself until somebody gives it a name.
    hostnamePatterns: ['axis-{mac}'],
    // What is built into a device asks for no user, and has no certificate.
    options: {http: {product: 'axis'}, https: {product: 'axis'}, mqtt: {anonymous: 'yes', tls: 'no'}},
  },
  {
    name: 'industrial-control',
    summary: 'Programmable logic controller',
    services: ['http', 'modbus', 's7', 'snmp'],
    os: 'embedded',
    distros: ['embedded'],
    roles: ['plc', 'hmi', 'line'],
    ouis: AUTOMATION_OUIS,
    hostnamePatterns: ['{role}{nn}', '{site}-{role}{nn}'],
    options: {http: {product: 'plc'}},
  },
  {
    name: 'nas',
    summary: 'Network storage',
    services: ['ssh', 'http', 'https', 'smb', 'nbns', 'snmp'],
    os: 'linux',
    distros: ['debian'],
    roles: ['nas', 'backup', 'storage'],
    ouis: NAS_OUIS,
    options: {
      ssh: {version: 'OpenSSH_8.2'},
      http: {product: 'synology', port: '5000'},
      https: {product: 'synology', port: '5001'},
    },
  },
  {
    name: 'switch',
    summary: 'Managed Cisco switch',
    services: ['ssh', 'telnet', 'http', 'snmp'],
    os: 'cisco',
    distros: ['ios'],
    roles: ['sw', 'core', 'acc'],
    hostnamePatterns: ['{site}-{role}{nn}', '{role}-{site}-{nn}'],
    options: {http: {product: 'cisco'}},
  },
  {
    name: 'esxi',
    summary: 'VMware ESXi host',
    services: ['ssh', 'http', 'https', 'vmware_authd'],
    os: 'linux',
    distros: ['debian'],
    roles: ['esx', 'esxi', 'vmhost'],
    ouis: HP_OUIS,
    options: {http: {product: 'esxi'}, https: {product: 'esxi'}},
  },
  {
    name: 'bmc',
    summary: 'Management controller of a server',
    services: ['ssh', 'http', 'https'],
    os: 'embedded',
    distros: ['embedded'],
    roles: ['ilo', 'mgmt', 'oob'],
    ouis: HP_OUIS,
    hostnamePatterns: ['{site}-{role}{nn}', '{role}-{serial}'],
    options: {http: {product: 'ilo'}, https: {product: 'ilo'}},
  },
]

export const ARCHETYPE_TABLE: readonly ArchetypeEntry[] = [...WINDOWS, ...LINUX, ...APPLIANCES]

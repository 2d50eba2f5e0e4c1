import type {OsName, ServiceInfo, ServiceSets} from '../fleet/catalog.ts'

const WINDOWS_BASE = ['msrpc', 'smb', 'nbns']

/**
 * What such machines plausibly run when the file does not say. Each set is one that real machines have, on the ports
 * where they have it, and what all of its services say of the machine agrees without an option being set: so there are
 * no printers and no controllers among them, whose web pages an archetype chooses. Sets with services that do not exist
 * are left out.
 */
const BY_OS: Readonly<Record<OsName, ServiceSets>> = {
  linux: [
    ['ssh'],
    ['ssh', 'http'],
    ['ssh', 'http', 'https'],
    ['ssh', 'http', 'mysql'],
    ['ssh', 'http', 'ftp'],
    ['ssh', 'http', 'redis'],
    ['ssh', 'http', 'vnc'],
    ['ssh', 'mysql'],
    ['ssh', 'postgres'],
    ['ssh', 'redis'],
    ['ssh', 'mongodb'],
    ['ssh', 'elasticsearch'],
    ['ssh', 'rabbitmq'],
    ['ssh', 'memcached'],
    ['ssh', 'smb', 'nbns'],
    ['ssh', 'nfs'],
    ['ssh', 'nfs', 'smb', 'nbns'],
    ['ssh', 'dns'],
    ['ssh', 'dns', 'ntp'],
    ['ssh', 'smtp'],
    ['ssh', 'smtp', 'imap', 'pop3'],
    ['ssh', 'ldap'],
    ['ssh', 'mqtt'],
    ['ssh', 'docker_api'],
    ['ssh', 'snmp'],
  ],
  windows: [
    WINDOWS_BASE,
    [...WINDOWS_BASE, 'rdp'],
    [...WINDOWS_BASE, 'llmnr'],
    [...WINDOWS_BASE, 'llmnr', 'rdp'],
    [...WINDOWS_BASE, 'vnc'],
  ],
  windows_server: [
    [...WINDOWS_BASE, 'rdp'],
    [...WINDOWS_BASE, 'rdp', 'winrm'],
    [...WINDOWS_BASE, 'rdp', 'winrm', 'http'],
    [...WINDOWS_BASE, 'rdp', 'winrm', 'http', 'https'],
    [...WINDOWS_BASE, 'rdp', 'winrm', 'mssql'],
    [...WINDOWS_BASE, 'rdp', 'winrm', 'snmp'],
  ],
  bsd: [['ssh'], ['ssh', 'http'], ['ssh', 'http', 'https'], ['ssh', 'dns'], ['ssh', 'nfs'], ['ssh', 'postgres']],
  embedded: [
    ['telnet', 'http'],
    ['http', 'https'],
    ['telnet', 'http', 'https'],
    ['http', 'mqtt'],
    ['http', 'snmp'],
    ['telnet', 'http', 'snmp'],
    ['telnet', 'http', 'mqtt'],
  ],
  // No ssh: what is emulated is OpenSSH, which no IOS runs.
  cisco: [
    ['telnet', 'http'],
    ['telnet', 'snmp'],
    ['telnet', 'http', 'snmp'],
    ['telnet', 'ntp', 'snmp'],
  ],
}

/** Distros that are not for all that their OS is for: a penetration tester's machine is no mail server. */
const BY_DISTRO: Readonly<Record<string, ServiceSets>> = {
  kali: [['ssh'], ['ssh', 'http'], ['ssh', 'postgres'], ['ssh', 'vnc']],
  arch: [['ssh'], ['ssh', 'http'], ['ssh', 'vnc'], ['ssh', 'docker_api'], ['ssh', 'nfs']],
  alpine: [['ssh'], ['ssh', 'http'], ['ssh', 'redis'], ['ssh', 'dns'], ['ssh', 'mqtt'], ['ssh', 'docker_api']],
}

const FALLBACK: ServiceSets = [['http']]

/** By OS, and by distro where that has its own; no name is both. */
export function defaultServiceSets(services: ReadonlyMap<string, ServiceInfo>): ReadonlyMap<string, ServiceSets> {
  const played = (sets: ServiceSets): ServiceSets => {
    const whole = sets.filter((names) => names.every((name) => services.has(name)))
    return whole.length > 0 ? whole : FALLBACK
  }
  return new Map(Object.entries({...BY_OS, ...BY_DISTRO}).map(([name, sets]) => [name, played(sets)]))
}

import type {OsName, ServiceInfo} from '../fleet/catalog.ts'

type Sets = readonly (readonly string[])[]

/**
 * What such machines plausibly run when the file does not say: never the whole catalogue, never clashing. Sets with
 * services that do not exist yet are left out.
 */
const SETS: Readonly<Record<OsName, Sets>> = {
  linux: [['ssh'], ['ssh', 'http'], ['ssh', 'redis'], ['ssh', 'http', 'redis'], ['ssh', 'mysql'], ['ssh', 'postgres']],
  windows: [
    ['msrpc', 'smb', 'nbns'],
    ['msrpc', 'smb', 'nbns', 'rdp'],
  ],
  windows_server: [
    ['msrpc', 'smb', 'nbns', 'rdp', 'winrm'],
    ['msrpc', 'smb', 'nbns', 'rdp', 'http'],
  ],
  bsd: [['ssh'], ['ssh', 'http']],
  embedded: [
    ['telnet', 'http'],
    ['http', 'snmp'],
    ['telnet', 'http', 'snmp'],
  ],
  cisco: [
    ['telnet', 'http'],
    ['telnet', 'snmp'],
    ['telnet', 'http', 'snmp'],
  ],
}
/** Where none of the sets can be played. No ssh for Cisco: what is emulated is OpenSSH, which no IOS runs. */
const FALLBACK: Sets = [['http']]

export function defaultServiceSets(services: ReadonlyMap<string, ServiceInfo>): ReadonlyMap<OsName, Sets> {
  const played = (sets: Sets): Sets => {
    const whole = sets.filter((names) => names.every((name) => services.has(name)))
    return whole.length > 0 ? whole : FALLBACK
  }
  return new Map((Object.keys(SETS) as OsName[]).map((os) => [os, played(SETS[os])]))
}

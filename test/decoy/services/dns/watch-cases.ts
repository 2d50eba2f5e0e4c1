import {createHash} from 'node:crypto'

/** Names as tunnels make them (iodine, dnscat2), and as they are everywhere. */
const carried = (piece: number): string => createHash('sha256').update(`${piece}`).digest('hex').slice(0, 60)

export const abuseOfWatch = {
  tunnel: Array.from({length: 12}, (_, index) => `${carried(index)}.evil.example`),
  ordinary: [
    '_ldap._tcp.Default-First-Site-Name._sites.dc._msdcs.corp.example',
    ...['dc', 'gc', 'pdc', 'ForestDnsZones', 'DomainDnsZones', 'domains'].map(
      (name) => `_ldap._tcp.${name}._msdcs.corp.example`,
    ),
    ...Array.from({length: 20}, (_, index) => `fileserver-${index}.berlin.corp.example`),
    ...Array.from({length: 20}, (_, index) => `${index}.1.168.192.in-addr.arpa`),
  ],
} as const

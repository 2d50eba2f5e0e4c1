import {contains, parseAddress, type Subnet} from '../fleet/ipv4.ts'

import type {Host} from './host.ts'

/** What this machine's lease files tell of DHCP in a subnet. */
export interface LeaseFacts {
  /** Addresses that a DHCP server on this machine gave out, ascending. */
  readonly given: readonly number[]
  /** Whether this machine has its own address from a DHCP server. */
  readonly received: boolean
}

interface LeaseFiles {
  readonly directory: string
  readonly name: RegExp
  /** Its first group is an address. */
  readonly lease: RegExp
}

const ADDRESS = '(\\d{1,3}(?:\\.\\d{1,3}){3})'

/** dnsmasq (and Pi-hole): `expiry MAC address name id`; ISC: `lease address {`; Kea: a CSV that begins with the address. */
const SERVERS: readonly LeaseFiles[] = [
  {directory: '/var/lib/misc', name: /^dnsmasq\.leases$/, lease: new RegExp(`^\\d+ \\S+ ${ADDRESS} `, 'gm')},
  {directory: '/etc/pihole', name: /^dhcp\.leases$/, lease: new RegExp(`^\\d+ \\S+ ${ADDRESS} `, 'gm')},
  {directory: '/var/lib/dhcp', name: /^dhcpd\.leases$/, lease: new RegExp(`^lease ${ADDRESS} \\{`, 'gm')},
  {directory: '/var/lib/kea', name: /^kea-leases4\.csv/, lease: new RegExp(`^${ADDRESS},`, 'gm')},
]

/** dhclient, dhcpcd's text form, systemd-networkd, NetworkManager. */
const CLIENTS: readonly LeaseFiles[] = [
  {directory: '/var/lib/dhcp', name: /^dhclient.*\.leases?$/, lease: new RegExp(`fixed-address ${ADDRESS};`, 'g')},
  {directory: '/var/lib/dhclient', name: /\.leases?$/, lease: new RegExp(`fixed-address ${ADDRESS};`, 'g')},
  {directory: '/run/systemd/netif/leases', name: /^\d+$/, lease: new RegExp(`^ADDRESS=${ADDRESS}$`, 'gm')},
  {directory: '/var/lib/NetworkManager', name: /\.lease$/, lease: new RegExp(`^ADDRESS=${ADDRESS}$`, 'gm')},
  {
    directory: '/run/NetworkManager/devices',
    name: /^\d+$/,
    lease: new RegExp(`^dhcp4?[.-].*address=${ADDRESS}$`, 'gim'),
  },
]

export function leaseFacts(host: Host, subnet: Subnet): LeaseFacts {
  const inside = (files: readonly LeaseFiles[]) =>
    files.flatMap((each) => addressesIn(host, each)).filter((address) => contains(subnet, address))
  return {given: inside(SERVERS).toSorted((a, b) => a - b), received: inside(CLIENTS).length > 0}
}

function addressesIn(host: Host, {directory, name, lease}: LeaseFiles): number[] {
  const files = host.list(directory)?.filter((file) => name.test(file)) ?? []
  return files.flatMap((file) =>
    [...(host.read(`${directory}/${file}`) ?? '').matchAll(lease)].flatMap(([, text = '']) => parseAddress(text) ?? []),
  )
}

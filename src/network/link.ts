import type {Host} from './host.ts'

export type LinkKind =
  | 'ethernet'
  | 'wireless'
  | 'bridge'
  | 'bond'
  | 'vlan'
  | 'macvlan'
  | 'ipvlan'
  | 'loopback'
  /** Not Ethernet at all: a tunnel, PPP, a modem. */
  | 'other'

/** The state of one interface. Null: it cannot be told from here. */
export interface LinkFacts {
  readonly name: string
  readonly kind: LinkKind
  readonly up: boolean | null
  readonly carrier: boolean | null
  /** The bridge or bond whose port it is. */
  readonly master: string | null
  readonly promiscuous: boolean | null
}

/** `if.h` and `if_arp.h` of Linux. */
const IFF_UP = 0x1
const IFF_PROMISC = 0x100
const ARPHRD_ETHER = 1
const ARPHRD_LOOPBACK = 772

const SYS = '/sys/class/net'
const DEVICE_TYPES: Readonly<Record<string, LinkKind>> = {
  wlan: 'wireless',
  bridge: 'bridge',
  bond: 'bond',
  vlan: 'vlan',
  macvlan: 'macvlan',
  macvtap: 'macvlan',
  ipvlan: 'ipvlan',
}

/** Every interface of the network namespace that the process runs in, up or not. Null: this is no Linux. */
export function linkNames(host: Host): string[] | null {
  const table = host.read('/proc/self/net/dev')
  // Two header lines, then `  eth0: 123 …`.
  return (
    table
      ?.split('\n')
      .slice(2)
      .flatMap((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? []) ?? null
  )
}

/** An interface as it is now; null: there is none of that name. */
export function linkFacts(host: Host, name: string): LinkFacts | null {
  if (linkNames(host)?.includes(name) !== true) return null
  return sysIsOurs(host) ? factsOfSys(host, name) : factsOfProc(host, name)
}

/**
 * `/sys` shows the network namespace that mounted it, which `nsenter --net` and `docker run --network` leave behind;
 * `/proc/self/net` follows the process. Where names or indexes differ, `/sys` speaks of other interfaces.
 */
function sysIsOurs(host: Host): boolean {
  const shown = host.list(SYS)?.filter((name) => host.exists(`${SYS}/${name}/ifindex`)) ?? []
  const names = linkNames(host) ?? []
  if (shown.length !== names.length || !names.every((name) => shown.includes(name))) return false
  return [...indexesOfUp(host)].every(([name, index]) => host.read(`${SYS}/${name}/ifindex`)?.trim() === index)
}

/** Indexes, as text, of the interfaces that are up: the kernel joins each to the all-hosts group, and only then. */
function indexesOfUp(host: Host): Map<string, string> {
  const table = host.read('/proc/self/net/igmp') ?? ''
  const found = table.split('\n').flatMap((line) => {
    const match = /^(\d+)\s+(\S+)\s*:/.exec(line)
    return match === null ? [] : [[match[2] as string, match[1] as string] as const]
  })
  return new Map(found)
}

function factsOfSys(host: Host, name: string): LinkFacts {
  const at = (file: string) => host.read(`${SYS}/${name}/${file}`)?.trim()
  const flags = Number(at('flags') ?? Number.NaN)
  const up = Number.isNaN(flags) ? null : (flags & IFF_UP) !== 0
  // The kernel refuses to tell the carrier of an interface that is down.
  const carrier = at('carrier')
  return {
    name,
    kind: kindOfSys(host, name, Number(at('type') ?? ARPHRD_ETHER)),
    up,
    carrier: carrier === undefined ? (up === false ? false : null) : carrier === '1',
    master: host.linkTarget(`${SYS}/${name}/master`),
    promiscuous: Number.isNaN(flags) ? null : (flags & IFF_PROMISC) !== 0,
  }
}

function kindOfSys(host: Host, name: string, type: number): LinkKind {
  if (host.exists(`${SYS}/${name}/wireless`) || host.exists(`${SYS}/${name}/phy80211`)) return 'wireless'
  const devtype = /^DEVTYPE=(\w+)$/m.exec(host.read(`${SYS}/${name}/uevent`) ?? '')?.[1]
  const known = devtype === undefined ? undefined : DEVICE_TYPES[devtype]
  if (known !== undefined) return known
  if (type === ARPHRD_LOOPBACK) return 'loopback'
  return type === ARPHRD_ETHER ? 'ethernet' : 'other'
}

/** What the namespace's own `/proc` tells: less, but of the right interfaces. */
function factsOfProc(host: Host, name: string): LinkFacts {
  const members = host.exists('/proc/self/net/igmp')
  const up = members ? indexesOfUp(host).has(name) : null
  return {
    name,
    kind: kindOfProc(host, name),
    up,
    carrier: carrierOfProc(host, name, up),
    master: null,
    promiscuous: null,
  }
}

function kindOfProc(host: Host, name: string): LinkKind {
  if (name === 'lo') return 'loopback'
  if (host.exists(`/proc/self/net/vlan/${name}`)) return 'vlan'
  if (host.exists(`/proc/self/net/bonding/${name}`)) return 'bond'
  const wireless = host.read('/proc/self/net/wireless') ?? ''
  return wireless.split('\n').some((line) => line.trim().startsWith(`${name}:`)) ? 'wireless' : 'ethernet'
}

/** With IPv6 an interface that works always has an address, so one without any does not. */
function carrierOfProc(host: Host, name: string, up: boolean | null): boolean | null {
  if ((host.addresses()[name]?.length ?? 0) > 0) return true
  if (up === false) return false
  return host.read(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`)?.trim() === '0' ? false : null
}

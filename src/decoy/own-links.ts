/** The subnets that a decky is in, by the address that it binds. */
import {networkInterfaces} from 'node:os'

/** What a container binds: it has one interface, and that is the decky's. */
const ALL_ADDRESSES = '0.0.0.0'

export interface Link {
  /** Of the interface itself, as text. */
  readonly address: string
  /** Where a datagram to everybody in it goes. */
  readonly broadcast: string
  contains(ip: string): boolean
}

export function linksOf(bind: string, interfaces: typeof networkInterfaces = networkInterfaces): readonly Link[] {
  const links = Object.values(interfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({family}) => family === 'IPv4')
    .map(({address, netmask, internal}) => ({internal, link: linkOf(toInteger(address), toInteger(netmask), address)}))
  const own = links.filter(({internal, link}) => (bind === ALL_ADDRESSES ? !internal : link.contains(bind)))
  return own.map(({link}) => link)
}

function linkOf(number: number, mask: number, address: string): Link {
  return {
    address,
    broadcast: toText((number & mask) | ~mask),
    contains: (ip) => (toInteger(ip) & mask) === (number & mask),
  }
}

function toInteger(ip: string): number {
  return ip.split('.').reduce((sum, octet) => (sum << 8) | Number(octet), 0)
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.')
}

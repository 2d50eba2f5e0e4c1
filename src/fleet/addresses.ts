import {accept, type Decoded, refuse} from './decoded.ts'
import {type AddressRange, contains, formatAddress, parseAddress, parseSubnet, type Subnet} from './ipv4.ts'
import {quote} from './quote.ts'
import type {EngineName} from './spec.ts'

export const LOOPBACK: AddressRange = {first: 0x7f000000, last: 0x7fffffff}

/** Ranges that no machine on a LAN has an address of (RFC 6890). */
const UNUSABLE: readonly (AddressRange & {readonly what: string})[] = [
  {first: 0x00000000, last: 0x00ffffff, what: '"this network" (0.0.0.0/8)'},
  {first: 0xa9fe0000, last: 0xa9feffff, what: 'link-local (169.254.0.0/16)'},
  {first: 0xe0000000, last: 0xefffffff, what: 'multicast (224.0.0.0/4)'},
  {first: 0xf0000000, last: 0xffffffff, what: 'reserved (240.0.0.0/4)'},
]
/** The largest block that anyone owns; a shorter prefix is a slip. */
const SHORTEST_PREFIX = 8
const LONGEST_PREFIX = 30

export function decodeSubnet(text: string): Decoded<Subnet> {
  const result = parseSubnet(text)
  if (!result.ok) {
    if (result.reason === 'host-bits') {
      const hint = `did you mean ${quote(result.suggestion ?? '')}?`
      return refuse('net-host-bits', `${quote(text)} is an address inside a subnet, not a subnet`, hint)
    }
    const hint = text.includes(':') ? 'only IPv4 is supported' : 'write it as 192.168.1.0/24'
    return refuse('bad-net', `${quote(text)} is no IPv4 subnet`, hint)
  }
  const {subnet} = result
  if (subnet.bits < SHORTEST_PREFIX) {
    return refuse(
      'net-too-large',
      `${subnet.cidr} is larger than any LAN`,
      `the shortest prefix is /${SHORTEST_PREFIX}`,
    )
  }
  if (subnet.bits > LONGEST_PREFIX) {
    const hint = `the longest prefix is /${LONGEST_PREFIX}`
    return refuse('net-too-small', `${subnet.cidr} has no room for a gateway and a decky`, hint)
  }
  const unusable = UNUSABLE.find((range) => subnet.first <= range.last && subnet.last >= range.first)
  if (unusable === undefined) return accept(subnet)
  return refuse('unusable-net', `${subnet.cidr} is ${unusable.what}: no LAN uses it`)
}

/** Any subnet of 127.0.0.0/8 would do for the embedded engine; this one is far from what other programs use there. */
export const DEFAULT_LOOPBACK_SUBNET = '127.77.0.0/24'

/** Whether deckies of this engine can have addresses of the subnet. */
export function checkSubnetEngine(subnet: Subnet, engine: EngineName): Decoded<Subnet> {
  const onLoopback = contains(LOOPBACK, subnet.first)
  if (onLoopback && engine !== 'embedded') {
    return refuse('unusable-net', `${subnet.cidr} is loopback, where no container can be reached`, NEEDS_EMBEDDED)
  }
  if (!onLoopback && engine === 'embedded') {
    const hint = `leave it out, or use a subnet of 127.0.0.0/8, e.g. ${DEFAULT_LOOPBACK_SUBNET}`
    return refuse('unusable-net', `${subnet.cidr} is not loopback, where the embedded engine plays its deckies`, hint)
  }
  return accept(subnet)
}

export const NEEDS_EMBEDDED = 'it needs the embedded engine: engine = embedded, or --engine embedded'

export function isLoopback(text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && contains(LOOPBACK, address)
}

export function decodeAddress(text: string): Decoded<number> {
  const address = parseAddress(text)
  if (address === undefined) return refuse('bad-address', `${quote(text)} is no IPv4 address`, addressHint(text))
  const unusable = UNUSABLE.find((range) => contains(range, address))
  if (unusable === undefined) return accept(address)
  return refuse('unusable-address', `${text} is ${unusable.what}: no machine has it`)
}

function addressHint(text: string): string {
  if (text.includes(':')) return 'only IPv4 is supported'
  if (text.includes('/')) return 'write it without the prefix length'
  return 'write it as 192.168.1.82, without leading zeros'
}

/** `a` or `a-b`, both ends included. */
export function decodeRange(text: string): Decoded<AddressRange> {
  const [from = '', to = from, ...more] = text.split('-').map((end) => end.trim())
  const first = parseAddress(from)
  const last = parseAddress(to)
  if (first === undefined || last === undefined || more.length > 0) {
    const hint = 'write 192.168.1.100 or 192.168.1.100-192.168.1.150'
    return refuse('bad-range', `${quote(text)} is no address or range`, hint)
  }
  if (first > last) {
    const hint = `did you mean ${formatAddress(last)}-${formatAddress(first)}?`
    return refuse('bad-range', `the range ${quote(text)} runs backwards`, hint)
  }
  return accept({first, last})
}

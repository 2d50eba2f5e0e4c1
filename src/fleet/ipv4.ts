import {ip2long, long2ip} from 'netmask'

/** An IPv4 network. Addresses are unsigned 32-bit numbers inside the domain and dotted text at its edge. */
export interface Subnet {
  /** CIDR text, host bits zero. */
  readonly cidr: string
  readonly first: number
  readonly last: number
  readonly bits: number
}

/** Both ends included. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

const DOTTED = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/

/** Strict dotted-quad text → number; undefined for anything else (octal, hex, short forms, spaces). */
export function parseAddress(text: string): number | undefined {
  const match = DOTTED.exec(text)
  if (match === null || match.slice(1).some((octet) => Number(octet) > 255)) return undefined
  return ip2long(text)
}

export function formatAddress(address: number): string {
  return long2ip(address)
}

export type SubnetResult =
  | {readonly ok: true; readonly subnet: Subnet}
  | {readonly ok: false; readonly reason: 'syntax' | 'host-bits'; readonly suggestion?: string}

/** `a.b.c.d/n` with zero host bits. A network with host bits set is refused with the one probably meant. */
export function parseSubnet(text: string): SubnetResult {
  const match = /^([\d.]+)\/(0|[1-9]\d?)$/.exec(text)
  const address = match === null ? undefined : parseAddress(match[1] as string)
  const bits = match === null ? Number.NaN : Number(match[2])
  if (address === undefined || !(bits <= 32)) return {ok: false, reason: 'syntax'}
  const subnet = subnetAt(address, bits)
  if (subnet.first !== address) return {ok: false, reason: 'host-bits', suggestion: subnet.cidr}
  return {ok: true, subnet}
}

/** The network of this prefix length that holds the address. */
export function subnetAt(address: number, bits: number): Subnet {
  const size = 2 ** (32 - bits)
  const first = Math.floor(address / size) * size
  return {cidr: `${formatAddress(first)}/${bits}`, first, last: first + size - 1, bits}
}

export function contains(range: AddressRange, address: number): boolean {
  return address >= range.first && address <= range.last
}

/** Where the facts about a fleet's network come from, whichever engine it is for. */
import type {Reservations} from '../fleet/allocation.ts'
import type {FleetNetwork} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import {contains, formatAddress, parseAddress, parseSubnet, type Subnet} from '../fleet/ipv4.ts'
import type {EngineName, GeneralSpec} from '../fleet/spec.ts'
import type {HostNetwork} from '../network/detect.ts'

/** Flags of the command line that say something about the network. */
export interface NetworkFlags {
  readonly interface?: string | undefined
  readonly subnet?: string | undefined
  readonly gateway?: string | undefined
}

export interface NetworkFacts {
  readonly network: FleetNetwork
  readonly reservations: Reservations
}

export interface NetworkSources {
  /** Absent: docker. */
  readonly engine?: EngineName
  readonly flags: NetworkFlags
  readonly general: GeneralSpec
  /** The committed fleet's network; null: there is none, or it is another engine's. */
  readonly current: FleetNetwork | null
  /** Asked only for what nothing else says: it runs programs and takes its time. */
  readonly detect: () => Promise<HostNetwork>
  /** This host's own addresses, dotted text. */
  readonly hostAddresses: () => readonly string[]
}

/** Throws USAGE for flags that name no network or address: at once, before a command writes anything. */
export function checkNetworkFlags(flags: NetworkFlags): void {
  flaggedSubnet(flags)
  flaggedGateway(flags)
}

export function flaggedSubnet(flags: NetworkFlags): Subnet | undefined {
  if (flags.subnet === undefined) return undefined
  const parsed = parseSubnet(flags.subnet)
  if (parsed.ok) return parsed.subnet
  const hint = parsed.reason === 'host-bits' ? `did you mean ${parsed.suggestion}?` : 'write it as 192.168.1.0/24'
  throw new DecnetError('USAGE', `--subnet ${flags.subnet} is not an IPv4 network`, {hint})
}

export function subnetOf(cidr: string | undefined): Subnet | undefined {
  const parsed = cidr === undefined ? undefined : parseSubnet(cidr)
  return parsed?.ok === true ? parsed.subnet : undefined
}

export function flaggedGateway({gateway}: NetworkFlags): number | undefined {
  if (gateway === undefined) return undefined
  const address = parseAddress(gateway)
  if (address !== undefined) return address
  throw new DecnetError('USAGE', `--gateway ${gateway} is not an IPv4 address`)
}

/** 127.0.0.1 is every host's own, also of one whose loopback interface is not listed. */
const LOCALHOST = '127.0.0.1'

export function reservationsOf(
  {general, hostAddresses}: NetworkSources,
  subnet: Subnet,
  gateway: number,
): Reservations {
  const own = [LOCALHOST, ...hostAddresses()]
  return {
    subnet,
    gateway,
    host: new Set(own.flatMap((address) => parseAddress(address) ?? [])),
    exclude: general.exclude,
  }
}

export function checkGateway(gateway: number, subnet: Subnet): void {
  if (contains(subnet, gateway) && gateway !== subnet.first && gateway !== subnet.last) return
  throw new DecnetError('USAGE', `the gateway ${formatAddress(gateway)} is no usable address of ${subnet.cidr}`, {
    hint: 'set it: --gateway, or `gw` in [general]',
  })
}

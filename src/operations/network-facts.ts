import type {Reservations} from '../fleet/allocation.ts'
import type {FleetNetwork} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import {contains, formatAddress, parseAddress, parseSubnet, type Subnet} from '../fleet/ipv4.ts'
import type {GeneralSpec} from '../fleet/spec.ts'
import type {HostInterface, HostNetwork} from '../network/detect.ts'

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
  readonly flags: NetworkFlags
  readonly general: GeneralSpec
  /** The committed fleet's network. */
  readonly current: FleetNetwork | null
  /** Asked only for what nothing else says: it runs programs and takes its time. */
  readonly detect: () => Promise<HostNetwork>
  /** This host's own addresses, dotted text. */
  readonly hostAddresses: () => readonly string[]
}

/** The fleet's network. Each fact comes from the first that states it: flag, fleet file, state, detection. */
export async function networkFacts(sources: NetworkSources): Promise<NetworkFacts> {
  const {flags, general, current} = sources
  const named = flags.interface ?? general.interface ?? current?.interface
  let detected: HostNetwork | undefined
  const host = async () => {
    detected ??= await sources.detect()
    return detected
  }
  const name = named ?? (await host()).defaultInterface
  if (name === null) {
    throw new DecnetError('USAGE', 'no interface to put the deckies on: this host has no default route', {
      hint: 'name one: --interface eth0, or `interface = eth0` in [general]',
    })
  }
  const stateApplies = current !== null && current.interface === name
  const subnet =
    statedSubnet(flags, general) ??
    subnetOf(stateApplies ? current.subnet : undefined) ??
    detectedSubnet(name, await host())
  const gateway = statedGateway(sources, subnet, stateApplies) ?? detectedGateway(name, await host(), subnet)
  if (!contains(subnet, gateway) || gateway === subnet.first || gateway === subnet.last) {
    throw new DecnetError('USAGE', `the gateway ${formatAddress(gateway)} is no usable address of ${subnet.cidr}`, {
      hint: 'set it: --gateway, or `gw` in [general]',
    })
  }
  const driver = general.driver ?? current?.driver ?? 'macvlan'
  return {
    network: {driver, interface: name, subnet: subnet.cidr, gateway: formatAddress(gateway)},
    reservations: {
      subnet,
      gateway,
      host: new Set(sources.hostAddresses().flatMap((address) => parseAddress(address) ?? [])),
      exclude: general.exclude,
    },
  }
}

/** Throws USAGE for flags that name no network or address: at once, before a command writes anything. */
export function checkNetworkFlags(flags: NetworkFlags): void {
  flaggedSubnet(flags)
  flaggedGateway(flags)
}

function statedSubnet(flags: NetworkFlags, general: GeneralSpec): Subnet | undefined {
  return flaggedSubnet(flags) ?? general.net
}

function flaggedSubnet(flags: NetworkFlags): Subnet | undefined {
  if (flags.subnet === undefined) return undefined
  const parsed = parseSubnet(flags.subnet)
  if (parsed.ok) return parsed.subnet
  const hint = parsed.reason === 'host-bits' ? `did you mean ${parsed.suggestion}?` : 'write it as 192.168.1.0/24'
  throw new DecnetError('USAGE', `--subnet ${flags.subnet} is not an IPv4 network`, {hint})
}

function subnetOf(cidr: string | undefined): Subnet | undefined {
  const parsed = cidr === undefined ? undefined : parseSubnet(cidr)
  return parsed?.ok === true ? parsed.subnet : undefined
}

function interfaceOf(name: string, host: HostNetwork): HostInterface | undefined {
  return host.interfaces.find((candidate) => candidate.name === name)
}

function detectedSubnet(name: string, host: HostNetwork): Subnet {
  const found = interfaceOf(name, host)
  const subnet = subnetOf(found?.subnet ?? undefined)
  if (subnet !== undefined) return subnet
  if (found !== undefined) {
    throw new DecnetError('USAGE', `the interface ${name} has no IPv4 address, so the subnet is not known`, {
      hint: 'state it: --subnet 192.168.1.0/24, or `net` in [general]',
    })
  }
  const names = host.interfaces.filter(({loopback}) => !loopback).map((candidate) => candidate.name)
  throw new DecnetError('USAGE', `this host has no interface ${name}`, {
    hint: names.length === 0 ? 'it has no network interface at all' : `it has ${names.join(', ')}`,
  })
}

function statedGateway(
  {flags, general, current}: NetworkSources,
  subnet: Subnet,
  stateApplies: boolean,
): number | undefined {
  const flagged = flaggedGateway(flags)
  if (flagged !== undefined) return flagged
  if (general.gateway !== undefined) return parseAddress(general.gateway)
  return stateApplies && current?.subnet === subnet.cidr ? parseAddress(current.gateway) : undefined
}

function flaggedGateway({gateway}: NetworkFlags): number | undefined {
  if (gateway === undefined) return undefined
  const address = parseAddress(gateway)
  if (address !== undefined) return address
  throw new DecnetError('USAGE', `--gateway ${gateway} is not an IPv4 address`)
}

/** The interface's own gateway; without one the first address, which is where routers usually sit. */
function detectedGateway(name: string, host: HostNetwork, subnet: Subnet): number {
  const found = interfaceOf(name, host)
  const own = found?.gateway == null ? undefined : parseAddress(found.gateway)
  return own !== undefined && contains(subnet, own) ? own : subnet.first + 1
}

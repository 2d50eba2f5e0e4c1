import {checkSubnetEngine} from '../fleet/addresses.ts'
import {DecnetError} from '../fleet/errors.ts'
import {contains, formatAddress, parseAddress, type Subnet} from '../fleet/ipv4.ts'
import type {EngineName, GeneralSpec} from '../fleet/spec.ts'
import type {HostInterface, HostNetwork} from '../network/detect.ts'
import {loopbackFacts} from './loopback-facts.ts'
import {
  checkGateway,
  flaggedGateway,
  flaggedSubnet,
  type NetworkFacts,
  type NetworkFlags,
  type NetworkSources,
  reservationsOf,
  subnetOf,
} from './network-sources.ts'

export type {NetworkFacts, NetworkFlags, NetworkSources} from './network-sources.ts'

/** The fleet's network. Each fact comes from the first that states it: flag, fleet file, state, detection. */
export async function networkFacts(sources: NetworkSources): Promise<NetworkFacts> {
  const {engine = 'docker', flags} = sources
  const flagged = flaggedSubnet(flags)
  if (flagged !== undefined) refuseMisfit(flagged, engine, '--subnet: ')
  return engine === 'embedded' ? loopbackFacts(sources) : lanFacts(sources)
}

function refuseMisfit(subnet: Subnet, engine: EngineName, where: string): void {
  const fit = checkSubnetEngine(subnet, engine)
  if (!fit.ok) throw new DecnetError('USAGE', `${where}${fit.summary}`, {hint: fit.hint})
}

async function lanFacts(sources: NetworkSources): Promise<NetworkFacts> {
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
  // Of the loopback interface, which only a flag can name by now.
  refuseMisfit(subnet, 'docker', `--interface ${name}: `)
  const gateway = statedGateway(sources, subnet, stateApplies) ?? detectedGateway(name, await host(), subnet)
  checkGateway(gateway, subnet)
  const driver = general.driver ?? current?.driver ?? 'macvlan'
  return {
    network: {driver, interface: name, subnet: subnet.cidr, gateway: formatAddress(gateway)},
    reservations: reservationsOf(sources, subnet, gateway),
  }
}

function statedSubnet(flags: NetworkFlags, general: GeneralSpec): Subnet | undefined {
  return flaggedSubnet(flags) ?? general.net
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

/** The interface's own gateway; without one the first address, which is where routers usually sit. */
function detectedGateway(name: string, host: HostNetwork, subnet: Subnet): number {
  const found = interfaceOf(name, host)
  const own = found?.gateway == null ? undefined : parseAddress(found.gateway)
  return own !== undefined && contains(subnet, own) ? own : subnet.first + 1
}

import {DEFAULT_LOOPBACK_SUBNET} from '../fleet/addresses.ts'
import {DecnetError} from '../fleet/errors.ts'
import {formatAddress, parseAddress, type Subnet} from '../fleet/ipv4.ts'
import type {GeneralSpec} from '../fleet/spec.ts'
import {LOOPBACK_INTERFACE} from '../network/loopback.ts'
import {
  checkGateway,
  flaggedGateway,
  flaggedSubnet,
  type NetworkFacts,
  type NetworkSources,
  reservationsOf,
  subnetOf,
} from './network-sources.ts'

/**
 * The network of the embedded engine: a loopback subnet, whose first address plays the gateway and is nobody's. Nothing
 * is detected. What the file says was held against the engine before.
 */
export function loopbackFacts(sources: NetworkSources): NetworkFacts {
  const {flags, general, current} = sources
  if (flags.interface !== undefined && flags.interface !== LOOPBACK_INTERFACE) {
    const message = `the embedded engine plays its deckies on loopback, not on ${flags.interface}`
    throw new DecnetError('USAGE', message, {hint: 'leave --interface (DECNET_INTERFACE) out'})
  }
  const subnet = flaggedSubnet(flags) ?? general.net ?? stateSubnet(sources)
  const gateway = flaggedGateway(flags) ?? statedGateway(general, current, subnet) ?? subnet.first + 1
  checkGateway(gateway, subnet)
  return {
    network: {
      driver: 'loopback',
      interface: LOOPBACK_INTERFACE,
      subnet: subnet.cidr,
      gateway: formatAddress(gateway),
    },
    reservations: reservationsOf(sources, subnet, gateway),
  }
}

function stateSubnet({current}: NetworkSources): Subnet {
  const subnet = subnetOf(current?.subnet) ?? subnetOf(DEFAULT_LOOPBACK_SUBNET)
  if (subnet === undefined) throw new DecnetError('INTERNAL', `${DEFAULT_LOOPBACK_SUBNET} is no subnet`)
  return subnet
}

function statedGateway(general: GeneralSpec, current: NetworkSources['current'], subnet: Subnet): number | undefined {
  if (general.gateway !== undefined) return parseAddress(general.gateway)
  return current?.subnet === subnet.cidr ? parseAddress(current.gateway) : undefined
}

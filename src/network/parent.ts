/** What keeps an interface from carrying deckies. Pure but for the host that is looked at; `doctor` and `deploy` share it. */
import type {FleetNetwork} from '../fleet/decky.ts'
import {contains, parseAddress, parseSubnet} from '../fleet/ipv4.ts'

import {type Host, inContainer} from './host.ts'
import {moduleState} from './kernel-module.ts'
import {type LinkFacts, linkFacts, linkNames} from './link.ts'
import {defaultRoutes} from './routes.ts'

/** `failed`: deckies cannot work. `warning`: they may not. */
export interface ParentProblem {
  readonly severity: 'failed' | 'warning'
  readonly detail: string
  /** What to do. */
  readonly fix: string
}

type Parent = Pick<FleetNetwork, 'driver' | 'interface'>

/** The interface is missing, down, without a cable, or of a kind that no macvlan or ipvlan can sit on. */
export function interfaceProblem(host: Host, {interface: name}: Parent): ParentProblem | null {
  const link = linkFacts(host, name)
  if (link === null) return missing(host, name)
  if (link.kind === 'loopback' || link.kind === 'other') {
    return failed(
      `${name} is no Ethernet interface`,
      'name the interface of the LAN with --interface; "ip link" lists them',
    )
  }
  if (link.master !== null) {
    return failed(
      `${name} is a port of ${link.master}, and a port can carry no other network`,
      `use the whole of it: --interface ${link.master}`,
    )
  }
  if (link.up === false) return failed(`${name} is down`, `ip link set ${name} up`)
  if (link.carrier === false)
    return failed(`${name} is up and has no carrier`, `plug its cable in, then look with "ip link show ${name}"`)
  return null
}

/** In a container the machine's interfaces may be out of sight, so one that is not seen is not known to be missing. */
function missing(host: Host, name: string): ParentProblem {
  const others = (linkNames(host) ?? []).filter((other) => other !== 'lo')
  if (inContainer(host)) {
    return {
      severity: 'warning',
      detail: `${name} is not seen from inside this container`,
      fix: 'run the container with --network host, or decnet outside of it',
    }
  }
  const list = others.length === 0 ? 'it has no interface but lo' : `it has ${others.join(', ')}`
  return failed(
    `this host has no interface ${name}`,
    `name one with --interface, or \`interface\` in [general]: ${list}`,
  )
}

/** Access points drop frames of stations that never joined them, so every MAC but the card's own. */
export function wirelessProblem(host: Host, {interface: name, driver}: Parent): ParentProblem | null {
  if (driver !== 'macvlan' || linkFacts(host, name)?.kind !== 'wireless') return null
  return failed(
    `${name} is wireless, where only the card's own MAC address gets through`,
    'set `driver = ipvlan` in [general], or use a wired interface with --interface',
  )
}

const STACKED: Readonly<Partial<Record<LinkFacts['kind'], string>>> = {
  bridge: 'deckies reach the LAN only when a port of the bridge does: "bridge link" lists its ports',
  macvlan: 'the deckies are put on the interface below it: name that one with --interface',
  ipvlan: 'an ipvlan cannot carry another network: name the interface below it with --interface',
}

/** The interface is itself made of others. VLANs and bonds are fine; a bridge is where its ports are on the LAN. */
export function stackedProblem(link: LinkFacts): ParentProblem | null {
  const fix = STACKED[link.kind]
  if (fix === undefined) return null
  const severity = link.kind === 'ipvlan' ? 'failed' : 'warning'
  return {severity, detail: `${link.name} is itself ${link.kind === 'ipvlan' ? 'an' : 'a'} ${link.kind}`, fix}
}

/** The kernel is known not to have the driver. */
export function moduleProblem(host: Host, driver: string): ParentProblem | null {
  if (host.platform !== 'linux' || moduleState(host, driver) !== 'absent') return null
  const other = driver === 'macvlan' ? 'ipvlan' : 'macvlan'
  const instead = moduleState(host, other) === 'absent' ? '' : `, or set \`driver = ${other}\` in [general]`
  return failed(
    `the kernel ${host.release} has no ${driver} driver`,
    `install the kernel's further modules (Ubuntu: apt install linux-modules-extra-$(uname -r)) or another kernel${instead}`,
  )
}

/** The subnet and the gateway are not those that the interface itself has. */
export function agreementProblem(host: Host, network: FleetNetwork): ParentProblem | null {
  const parsed = parseSubnet(network.subnet)
  const gateway = parseAddress(network.gateway)
  if (!parsed.ok || gateway === undefined) return null
  const {subnet} = parsed
  const own = (host.addresses()[network.interface] ?? []).filter(({family}) => family === 'IPv4')
  const inside = own.find(({address}) => contains(subnet, parseAddress(address) ?? -1))
  if (own.length > 0 && inside === undefined) {
    const addresses = own.map(({cidr, address}) => cidr ?? address).join(', ')
    return warning(
      `${network.interface} has ${addresses}, which is not in ${subnet.cidr}`,
      "check `net` in [general] or --subnet: deckies of another subnet than the LAN's answer nobody",
    )
  }
  const prefix = Number(inside?.cidr?.split('/')[1] ?? subnet.bits)
  if (prefix !== subnet.bits) {
    return warning(
      `${network.interface} is in a /${prefix}, and the deckies would be in ${subnet.cidr}`,
      'state the subnet of the LAN: `net` in [general], or --subnet',
    )
  }
  return gatewayProblem(
    host,
    network,
    own.map(({address}) => address),
  )
}

function gatewayProblem(
  host: Host,
  {interface: name, gateway, subnet}: FleetNetwork,
  own: readonly string[],
): ParentProblem | null {
  if (own.includes(gateway)) {
    return warning(
      `the gateway ${gateway} is this host's own address`,
      "state the LAN's router: `gw` in [general], or --gateway",
    )
  }
  const route = defaultRoutes(() => host.read('/proc/self/net/route') ?? '').find((each) => each.interface === name)
  const parsed = parseSubnet(subnet)
  const known = route === undefined ? undefined : parseAddress(route.gateway)
  if (route === undefined || known === undefined || route.gateway === gateway) return null
  if (!parsed.ok || !contains(parsed.subnet, known)) return null
  return warning(
    `the gateway is ${gateway}, and the route of ${name} goes through ${route.gateway}`,
    `if that is the router of the LAN: \`gw = ${route.gateway}\` in [general], or --gateway ${route.gateway}`,
  )
}

function failed(detail: string, fix: string): ParentProblem {
  return {severity: 'failed', detail, fix}
}

function warning(detail: string, fix: string): ParentProblem {
  return {severity: 'warning', detail, fix}
}

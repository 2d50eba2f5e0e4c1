import {
  checkSubnetEngine,
  DEFAULT_LOOPBACK_SUBNET,
  decodeAddress,
  decodeRange,
  decodeSubnet,
  LOOPBACK,
} from '../../fleet/addresses.ts'
import {type Decoded, refuse, withoutUndefined} from '../../fleet/decoded.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {type AddressRange, contains, formatAddress, parseAddress, type Subnet} from '../../fleet/ipv4.ts'
import type {EngineName, GeneralSpec, LanDriver} from '../../fleet/spec.ts'
import {decodeDomain, decodeInterface, decodeInterval, decodeLogFile} from '../../fleet/values.ts'
import type {HostInterface, HostNetwork} from '../../network/detect.ts'
import type {InitInput} from './input.ts'
import {listItems, required} from './usage.ts'

/** What this machine is like, as far as a first fleet file depends on it. */
export interface MachineFacts {
  readonly dockerFound: boolean
  readonly network: HostNetwork
  /** This host's own addresses, dotted text. */
  readonly addresses: readonly string[]
}

export interface NetworkProposal {
  readonly interface?: string
  readonly net?: Subnet
  readonly gateway?: string
  readonly driver?: LanDriver
}

/** The engine that is asked for, or that what is said of the network needs; undefined: either would do. */
export function statedEngine({
  engine,
  net,
  gateway,
  ipStart,
  interface: name,
  driver,
}: InitInput): EngineName | undefined {
  if (engine !== undefined) return engine
  if (name !== undefined || driver !== undefined) return 'docker'
  const [address] = (net ?? gateway ?? ipStart ?? '').split('/')
  const known = parseAddress(address ?? '')
  if (known === undefined) return undefined
  return contains(LOOPBACK, known) ? 'embedded' : 'docker'
}

/** The engine that is stated, else one that this machine has. */
export function engineOf(input: InitInput, dockerFound: boolean): EngineName {
  return statedEngine(input) ?? (dockerFound ? 'docker' : 'embedded')
}

/** Interfaces that a LAN may be behind. */
export function lanInterfaces({interfaces}: HostNetwork): HostInterface[] {
  return interfaces.filter(({loopback, address}) => !loopback && address !== null)
}

/** What the network of this machine suggests, for the named interface or that of the default route. */
export function proposeNetwork(engine: EngineName, name: string | undefined, network: HostNetwork): NetworkProposal {
  if (engine === 'embedded') {
    const net = decodeSubnet(DEFAULT_LOOPBACK_SUBNET)
    return net.ok ? {net: net.value} : {}
  }
  const wanted = name ?? network.defaultInterface
  const found = network.interfaces.find((candidate) => candidate.name === wanted)
  if (found === undefined || !decodeInterface(found.name).ok) return {}
  const decoded = found.subnet === null ? undefined : decodeSubnet(found.subnet)
  const net = decoded?.ok === true ? decoded.value : undefined
  return withoutUndefined({
    interface: found.name,
    net,
    gateway: net === undefined ? undefined : gatewayOf(net, found.gateway),
    // An access point takes one MAC from a station.
    driver: found.wireless ? ('ipvlan' as const) : undefined,
  })
}

/** The interface's own gateway if the subnet has it, else the first address, where routers usually sit. */
export function gatewayOf(net: Subnet, own: string | null): string {
  const address = own === null ? undefined : parseAddress(own)
  return address !== undefined && isUsable(net, address) ? formatAddress(address) : formatAddress(net.first + 1)
}

function isUsable(net: Subnet, address: number): boolean {
  return contains(net, address) && address !== net.first && address !== net.last
}

/** `[general]`, from what is said and what is detected. Throws USAGE for what contradicts itself. */
export function generalOf(input: InitInput, machine: MachineFacts): GeneralSpec {
  const engine = engineOf(input, machine.dockerFound)
  const interfaceName =
    input.interface === undefined ? undefined : required(decodeInterface(input.interface), '--interface')
  if (engine === 'embedded') checkEmbedded(input)
  const proposal = proposeNetwork(engine, interfaceName, machine.network)
  const net = input.net === undefined ? proposal.net : required(decodeNet(input.net, engine), '--net')
  // What was detected belongs to the detected subnet.
  const fits = net?.cidr === proposal.net?.cidr
  const gateway =
    input.gateway === undefined
      ? fits
        ? proposal.gateway
        : undefined
      : required(decodeGateway(input.gateway, net), '--gateway')
  return {
    ...withoutUndefined({
      net,
      gateway,
      interface: interfaceName ?? (fits ? proposal.interface : undefined),
      driver: input.driver ?? (fits || interfaceName !== undefined ? proposal.driver : undefined),
      domain: optional(input.domain, decodeDomain, '--domain'),
      engine,
      mutateInterval: optional(input.mutateInterval, decodeInterval, '--mutate-interval'),
      logFile: optional(input.logFile, decodeLogFile, '--log-file'),
    }),
    exclude: input.exclude === undefined ? [] : decodeExclude(input.exclude, net),
  }
}

/** The embedded engine plays on loopback: what only a LAN has would be refused in the file. */
function checkEmbedded(input: InitInput): void {
  const flag = (['interface', 'driver'] as const).find((name) => input[name] !== undefined)
  if (flag === undefined) return
  const message = `--${flag} ${input[flag]} is for containers on a LAN, not for the embedded engine`
  throw new DecnetError('USAGE', message, {hint: `leave --${flag} out, or say --engine docker`})
}

function optional<T>(text: string | undefined, decode: (text: string) => Decoded<T>, flag: string): T | undefined {
  return text === undefined ? undefined : required(decode(text), flag)
}

export function decodeNet(text: string, engine: EngineName): Decoded<Subnet> {
  const net = decodeSubnet(text)
  return net.ok ? checkSubnetEngine(net.value, engine) : net
}

export function decodeGateway(text: string, net: Subnet | undefined): Decoded<string> {
  const address = decodeAddress(text)
  if (!address.ok) return address
  if (net !== undefined && !isUsable(net, address.value)) {
    return refuse('bad-gateway', `${text} is no usable address of ${net.cidr}`, 'name the router of that subnet')
  }
  return {ok: true, value: text}
}

/** Throws USAGE for what is no address or range, or lies outside the subnet, where it would exclude nothing. */
export function decodeExclude(text: string, net: Subnet | undefined): AddressRange[] {
  const ranges = listItems(text, '--exclude').map((item) => required(decodeRange(item), '--exclude'))
  const outside = net && ranges.find(({first, last}) => first > net.last || last < net.first)
  if (outside) {
    const message = `--exclude: ${formatAddress(outside.first)} lies outside ${net.cidr} and excludes nothing`
    throw new DecnetError('USAGE', message, {hint: `name addresses of ${net.cidr}`})
  }
  if (ranges.length > MAX_RANGES) {
    throw new DecnetError('USAGE', `--exclude has ${ranges.length} ranges`, {hint: `at most ${MAX_RANGES}`})
  }
  return ranges
}

/** As many as the reader takes in one list. */
export const MAX_RANGES = 100

/** The fleet's network: found by label, attached by id, made and removed once. */
import type {FleetNetwork} from '../../fleet/decky.ts'
import {type CallOptions, EngineError} from '../engine.ts'
import type {NetworkDetails} from './api-types.ts'
import {CallFailure} from './call-failure.ts'
import type {DockerContext} from './context.ts'
import {kindOf, translate} from './errors.ts'
import {isOwn, LABEL} from './labels.ts'
import {networkName} from './names.ts'
import {listOwn} from './own-containers.ts'
import {persist} from './retry.ts'

/** All networks with our label, oldest first, each inspected: a list leaves their endpoints out. */
export async function ownNetworks(context: DockerContext, signal: AbortSignal | undefined): Promise<NetworkDetails[]> {
  const own = (await listNetworks(context, signal)).filter(({Labels}) => isOwn(Labels, context.install.id))
  const inspected = await Promise.all(own.map(({Id}) => inspectOrNull(context, Id, signal)))
  return inspected
    .filter((network) => network !== null)
    .toSorted((a, b) => (a.Created < b.Created ? -1 : a.Created > b.Created ? 1 : a.Id < b.Id ? -1 : 1))
}

/** The one in use (else the oldest) and the rest, which a crash or a race left. */
export function chooseNetwork(own: readonly NetworkDetails[]): {
  chosen: NetworkDetails | null
  surplus: NetworkDetails[]
} {
  const chosen = own.find((network) => endpointIds(network).length > 0) ?? own[0] ?? null
  return {chosen, surplus: own.filter((network) => network !== chosen)}
}

export function endpointIds(network: NetworkDetails): string[] {
  return Object.keys(network.Containers ?? {})
}

/** The network that deckies are attached to. */
export interface AttachedNetwork {
  readonly details: NetworkDetails
  /**
   * What create calls know it by. Ids are unique and names are not, but Engine 20.10 ignores a MAC unless the network
   * is given by name; a name that two have is refused by every engine, never guessed.
   */
  readonly handle: string
}

/** Rejects when there is none. */
export async function requireNetwork(
  context: DockerContext,
  wanted: FleetNetwork,
  signal: AbortSignal,
): Promise<AttachedNetwork> {
  const own = await ownNetworks(context, signal)
  const {chosen} = chooseNetwork(own.filter((network) => differences(network, wanted).length === 0))
  if (chosen === null) {
    throw new EngineError('refused', `the fleet's network on ${wanted.interface} does not exist`, {
      hint: 'run "decnet reconcile": it makes the network anew',
    })
  }
  const namesakes = (await listNetworks(context, signal)).filter(({Name}) => Name === chosen.Name)
  return {details: chosen, handle: namesakes.length === 1 ? chosen.Name : chosen.Id}
}

export async function createNetwork(
  context: DockerContext,
  wanted: FleetNetwork,
  {signal, onStep}: CallOptions,
): Promise<void> {
  await clearUnfit(context, wanted, signal)
  const present = async (hurry?: AbortSignal) => {
    const own = await ownNetworks(context, hurry)
    return chooseNetwork(own.filter((network) => differences(network, wanted).length === 0)).chosen?.Id ?? null
  }
  if ((await present()) === null) {
    onStep?.('creating the network')
    try {
      await persist(context.timing, {
        what: 'create the network',
        signal,
        run: () => context.api.createNetwork(networkBody(context, wanted), signal),
        look: present,
      })
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      throw translate(error, {
        endpoint: context.endpoint,
        interface: wanted.interface,
        ...(await culprit(context, wanted, error)),
      })
    }
  }
  await verify(context, wanted, signal)
}

export async function removeNetworks(context: DockerContext, {signal}: CallOptions): Promise<void> {
  for (const network of await ownNetworks(context, signal)) await removeNetwork(context, network, signal)
}

/** In words, e.g. `its gateway is 10.0.0.1 instead of 10.0.0.254`. */
export function differences(network: NetworkDetails, wanted: FleetNetwork): string[] {
  const found = describeNetwork(network)
  const fields = ['driver', 'interface', 'subnet', 'gateway'] as const
  return fields
    .filter((field) => found[field] !== wanted[field])
    .map((field) => `its ${field} is ${found[field] || 'missing'} instead of ${wanted[field]}`)
}

export function describeNetwork(network: NetworkDetails) {
  const config = network.IPAM.Config?.[0]
  return {
    driver: network.Driver,
    interface: network.Options?.parent ?? '',
    subnet: config?.Subnet ?? '',
    gateway: config?.Gateway ?? '',
  }
}

function networkBody(context: DockerContext, wanted: FleetNetwork): object {
  const mode = wanted.driver === 'macvlan' ? {macvlan_mode: 'bridge'} : {ipvlan_mode: 'l2'}
  return {
    Name: networkName(context.install),
    CheckDuplicate: true,
    Driver: wanted.driver,
    EnableIPv6: false,
    Options: {parent: wanted.interface, ...mode},
    // Every address is ours to give. The range that Docker would hand out from holds the gateway alone, which Docker
    // keeps for itself, so that it never takes an address of the LAN and none is lost to it.
    IPAM: {
      Config: [{Subnet: wanted.subnet, Gateway: wanted.gateway, IPRange: `${wanted.gateway}/32`}],
    },
    Labels: {[LABEL.fleet]: context.install.id},
  }
}

/** Removes what a crash left of our networks: copies, and networks of other settings that nothing uses. */
async function clearUnfit(context: DockerContext, wanted: FleetNetwork, signal: AbortSignal): Promise<void> {
  const own = await ownNetworks(context, signal)
  const fit = own.filter((network) => differences(network, wanted).length === 0)
  const {chosen} = chooseNetwork(fit)
  for (const network of own) {
    if (network === chosen) continue
    const inUse = endpointIds(network).length > 0
    if (inUse && differences(network, wanted).length > 0) {
      throw new EngineError('refused', `the fleet's network is in use and ${differences(network, wanted).join(', ')}`, {
        hint: 'deploy with --replace-fleet to move every decky',
      })
    }
    if (!inUse) await removeNetwork(context, network, signal)
  }
}

async function removeNetwork(context: DockerContext, network: NetworkDetails, signal: AbortSignal): Promise<void> {
  try {
    await persist(context.timing, {
      what: 'remove the network',
      signal,
      run: () => context.api.removeNetwork(network.Id, signal).then(() => true),
      look: async (hurry) => (await inspectOrNull(context, network.Id, hurry)) === null || null,
    })
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    if (error.status === 404) return
    throw translate(error, {endpoint: context.endpoint, ...(await endpointHolders(context, network.Id))})
  }
}

async function endpointHolders(context: DockerContext, id: string): Promise<{holder?: string}> {
  const network = await inspectOrNull(context, id, undefined).catch(() => null)
  const names = Object.values(network?.Containers ?? {}).map(({Name}) => Name)
  return names.length === 0 ? {} : {holder: names.join(', ')}
}

/** The network that keeps ours from being made. */
async function culprit(context: DockerContext, wanted: FleetNetwork, error: CallFailure): Promise<{holder?: string}> {
  const kind = kindOf(error)
  if (kind !== 'parent-in-use' && kind !== 'pool-overlap') return {}
  const others = await listNetworks(context, undefined).catch(() => [])
  const found =
    others.find(({Options}) => Options?.parent === wanted.interface) ??
    others.find((network) => describeNetwork(network).subnet === wanted.subnet)
  return found === undefined ? {} : {holder: `"${found.Name}"`}
}

/** An engine may drop what it does not understand. */
async function verify(context: DockerContext, wanted: FleetNetwork, signal: AbortSignal): Promise<void> {
  const {chosen} = chooseNetwork(await ownNetworks(context, signal))
  const problems = chosen === null ? ['it is not listed'] : differences(chosen, wanted)
  if (problems.length > 0) {
    throw new EngineError('refused', `the engine made the network otherwise than asked: ${problems.join(', ')}`)
  }
}

/** A list may hold names that are no longer there, never the other way round. */
async function inspectOrNull(
  context: DockerContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<NetworkDetails | null> {
  try {
    return await persist(context.timing, {
      what: 'inspect the network',
      signal,
      run: () => context.api.inspectNetwork(id, signal),
    })
  } catch (error) {
    if (error instanceof CallFailure && error.status === 404) return null
    throw error
  }
}

function listNetworks(context: DockerContext, signal: AbortSignal | undefined): Promise<readonly NetworkDetails[]> {
  return persist(context.timing, {what: 'list networks', signal, run: () => context.api.listNetworks(signal)})
}

/** Who holds an address or a MAC on a network, as far as the engine can tell: `decky web-01`. */
export async function endpointHolder(
  context: DockerContext,
  network: NetworkDetails,
  wanted: {readonly ip: string} | {readonly mac: string},
): Promise<{holder?: string}> {
  if ('ip' in wanted && describeNetwork(network).gateway === wanted.ip) return {holder: 'the gateway'}
  const parent = network.Options?.parent
  const sharing = (await listNetworks(context, undefined)).filter(({Options}) => Options?.parent === parent)
  const inspected = await Promise.all(sharing.map(({Id}) => inspectOrNull(context, Id, undefined)))
  const endpoints = inspected.flatMap((found) => Object.entries(found?.Containers ?? {}))
  const holder = endpoints.find(([, endpoint]) =>
    'ip' in wanted ? endpoint.IPv4Address?.split('/')[0] === wanted.ip : endpoint.MacAddress === wanted.mac,
  )
  if (holder === undefined) return {}
  const own = (await listOwn(context, undefined)).find(({id}) => id === holder[0])
  return {holder: own === undefined ? `container ${holder[1].Name}, which is not this fleet's` : `decky ${own.decky}`}
}

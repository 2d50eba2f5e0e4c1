/** What a Docker Engine says of itself: reads only, retries nothing, and asks an Engine of any age for its version. */
import type {EngineContainer, EngineDetails, EngineFacts, EngineNetwork} from '../engine.ts'
import {DockerApi} from './api.ts'
import type {ContainerSummary, EngineInfo, NetworkDetails} from './api-types.ts'
import {speaksOurApi} from './api-version.ts'
import {CallFailure} from './call-failure.ts'
import {connect} from './client.ts'
import {endpointText, parseEndpoint} from './endpoint.ts'
import {translate} from './errors.ts'
import {LABEL} from './labels.ts'
import {DEFAULT_TIMING, type Timing} from './timing.ts'

export interface FactsOptions {
  /** As for `createDockerEngine`. */
  readonly host: string | undefined
  readonly certPath?: string | undefined
  readonly timing?: Timing
}

/** Rejects with the translated error where the Engine cannot be asked. */
export async function dockerFacts(options: FactsOptions, signal: AbortSignal): Promise<EngineFacts> {
  const endpoint = await parseEndpoint(options.host, options.certPath)
  const api = new DockerApi(await connect(endpoint), options.timing ?? DEFAULT_TIMING)
  const text = endpointText(endpoint)
  try {
    const {Version, ApiVersion} = await api.engineVersion(signal)
    const details = speaksOurApi(ApiVersion) ? await detailsOf(api, signal) : null
    return {endpoint: text, version: Version, apiVersion: ApiVersion, details}
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    throw translate(error, {endpoint: text})
  } finally {
    api.close()
  }
}

async function detailsOf(api: DockerApi, signal: AbortSignal): Promise<EngineDetails> {
  const before = Date.now()
  const info = await api.engineInfo(signal)
  const askedAt = (before + Date.now()) / 2
  const [networks, containers] = await Promise.all([inspectedNetworks(api, signal), api.listContainers('{}', signal)])
  return {...engineDetails(info), askedAt, networks, containers: containers.map(engineContainer)}
}

function engineDetails(info: EngineInfo) {
  return {
    operatingSystem: info.OperatingSystem,
    kernel: info.KernelVersion,
    rootless: info.SecurityOptions?.some((option) => /\bname=rootless\b/.test(option)) ?? false,
    rootDirectory: info.DockerRootDir,
    systemTime: info.SystemTime,
  }
}

/** Only an inspect tells who is attached, and only networks on an interface of the host's can hold a LAN address. */
async function inspectedNetworks(api: DockerApi, signal: AbortSignal): Promise<EngineNetwork[]> {
  const listed = await api.listNetworks(signal)
  const found = await Promise.all(
    listed.map((network) => (network.Options?.parent === undefined ? network : inspect(api, network.Id, signal))),
  )
  return found.filter((network) => network !== null).map(engineNetwork)
}

async function inspect(api: DockerApi, id: string, signal: AbortSignal): Promise<NetworkDetails | null> {
  try {
    return await api.inspectNetwork(id, signal)
  } catch (error) {
    // It went away between the list and now.
    if (error instanceof CallFailure && error.status === 404) return null
    throw error
  }
}

function engineNetwork(network: NetworkDetails): EngineNetwork {
  return {
    name: network.Name,
    driver: network.Driver,
    parent: network.Options?.parent ?? '',
    subnets: (network.IPAM.Config ?? []).flatMap(({Subnet}) => Subnet ?? []),
    fleet: network.Labels?.[LABEL.fleet] ?? null,
    endpoints: Object.entries(network.Containers ?? {}).map(([container, {Name, IPv4Address}]) => ({
      container,
      name: Name,
      address: IPv4Address?.split('/')[0] ?? '',
    })),
  }
}

function engineContainer({Id, Names, State, Labels}: ContainerSummary): EngineContainer {
  return {
    id: Id,
    name: Names?.[0]?.replace(/^\//, '') ?? Id,
    state: State,
    fleet: Labels?.[LABEL.fleet] ?? null,
    decky: Labels?.[LABEL.decky] ?? null,
  }
}

/** The containers, networks and images of a fake Engine, and what dockerd 20.10 does to them. */
import {randomBytes} from 'node:crypto'

import {decodeManifest} from '../../src/decoy/manifest.ts'
import type {ContainerSpec, NetworkDetails} from '../../src/engines/docker/api-types.ts'

export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface FakeEndpoint {
  IPAMConfig: {IPv4Address?: string}
  NetworkID: string
  IPAddress: string
  MacAddress: string
}

export interface FakeContainer {
  readonly id: string
  name: string
  readonly spec: ContainerSpec
  readonly created: number
  host: Record<string, unknown> & {NetworkMode: string; RestartPolicy: {Name: string}}
  endpoints: Record<string, FakeEndpoint>
  status: 'created' | 'running' | 'exited' | 'restarting' | 'paused' | 'removing' | 'dead'
  exitCode: number
  restarts: number
  startedAt: string
  finishedAt: string
  log: Buffer[]
}

const NEVER = '0001-01-01T00:00:00Z'
const newId = () => randomBytes(32).toString('hex')

/** One frame of a multiplexed stream. */
export function frame(channel: 'stdout' | 'stderr', text: string): Buffer {
  const payload = Buffer.from(text)
  const header = Buffer.alloc(8)
  header.writeUInt8(channel === 'stdout' ? 1 : 2, 0)
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

/** The line a decoy announces a service with. */
export function readyLine(service: string, port: number, facts: Record<string, unknown> = {}): string {
  const data = {port, protocol: 'tcp', listening: true, answering: true, ...facts}
  return `${JSON.stringify({v: 1, boot: facts.boot ?? 'b', service, event: 'service.ready', data})}\n`
}

interface ConnectBody {
  readonly NetworkingConfig?: {
    readonly EndpointsConfig?: Readonly<Record<string, {IPAMConfig?: {IPv4Address?: string}}>>
  }
  readonly HostConfig: FakeContainer['host']
}

export class FakeEngineState {
  readonly containers = new Map<string, FakeContainer>()
  readonly networks = new Map<string, NetworkDetails>()
  /** Reference → labels. */
  readonly images = new Map<string, Record<string, string>>()
  readonly execs = new Map<string, string>()
  /** What a started container writes; by default its services announce themselves. */
  onStart: (container: FakeContainer) => void = announce
  /** As a proxy in between that does not know them would. */
  ignoresFilters = false
  /** What an import answers, one JSON object a line; a line with an error makes no image. */
  importAnswer = '{"status":"sha256:1"}\r\n'
  /** As `importAnswer`, of a build. */
  buildAnswer = '{"stream":"Step 1/2 : FROM scratch\\n"}\r\n{"stream":"Successfully built 1\\n"}\r\n'
  /** Lines of its logs that are not there any more. */
  rotated = 0
  /** What commands end with, one after the other; 0 when none is left. */
  readonly exitCodes: number[] = []
  /** What the probe prints; by default what the log announced. */
  probeOutput: string | null = null
  #clock = Date.UTC(2026, 0, 1)

  /** Every look at the clock is a millisecond later. */
  now(): string {
    return new Date(++this.#clock).toISOString()
  }

  container(idOrName: string): FakeContainer {
    const all = [...this.containers.values()]
    const found = this.containers.get(idOrName) ?? all.find(({name}) => name === idOrName)
    if (found === undefined) throw new Refusal(404, `No such container: ${idOrName}`)
    return found
  }

  network(idOrName: string): NetworkDetails {
    const all = [...this.networks.values()]
    const found = this.networks.get(idOrName) ?? all.find(({Name}) => Name === idOrName)
    if (found === undefined) throw new Refusal(404, `network ${idOrName} not found`)
    return found
  }

  createContainer(name: string, spec: ContainerSpec): FakeContainer {
    const holder = [...this.containers.values()].find((container) => container.name === name)
    if (holder !== undefined) {
      const text = `Conflict. The container name "/${name}" is already in use by container "${holder.id}".`
      throw new Refusal(409, text)
    }
    if (!this.images.has(spec.Image)) throw new Refusal(404, `No such image: ${spec.Image}`)
    const body = spec as unknown as ConnectBody
    const endpoints = Object.entries(body.NetworkingConfig?.EndpointsConfig ?? {}).map(([key, endpoint]) => [
      key,
      {IPAMConfig: endpoint.IPAMConfig ?? {}, NetworkID: '', IPAddress: '', MacAddress: ''},
    ])
    const container: FakeContainer = {
      id: newId(),
      name,
      spec,
      created: Math.floor(Date.parse(this.now()) / 1000),
      host: structuredClone(body.HostConfig),
      endpoints: Object.fromEntries(endpoints),
      status: 'created',
      exitCode: 0,
      restarts: 0,
      startedAt: NEVER,
      finishedAt: NEVER,
      log: [],
    }
    this.containers.set(container.id, container)
    return container
  }

  /** False: it ran already. */
  start(container: FakeContainer): boolean {
    if (container.status === 'running') return false
    if (container.status === 'removing' || container.status === 'dead') {
      throw new Refusal(409, 'container is marked for removal and cannot be started')
    }
    this.#connect(container)
    container.status = 'running'
    container.restarts = 0
    container.startedAt = this.now()
    this.onStart(container)
    return true
  }

  #connect(container: FakeContainer): void {
    const connected: Record<string, FakeEndpoint> = {}
    for (const [key, endpoint] of Object.entries(container.endpoints)) {
      const network = this.network(endpoint.NetworkID || key)
      const ip = endpoint.IPAMConfig.IPv4Address ?? ''
      const gateway = network.IPAM.Config?.[0]?.Gateway
      if (ip === gateway || this.#holds(network.Id, ip, container)) throw new Refusal(403, 'Address already in use')
      connected[network.Name] = {
        ...endpoint,
        NetworkID: network.Id,
        IPAddress: ip,
        MacAddress: container.spec.MacAddress ?? '02:42:00:00:00:01',
      }
    }
    container.endpoints = connected
  }

  #holds(network: string, ip: string, except: FakeContainer): boolean {
    return [...this.containers.values()].some(
      (other) =>
        other !== except &&
        Object.values(other.endpoints).some(({NetworkID, IPAddress}) => NetworkID === network && IPAddress === ip),
    )
  }

  /** Releases its addresses, as a stop does. */
  stop(container: FakeContainer, exitCode = 0): boolean {
    if (container.status !== 'running' && container.status !== 'paused') return false
    container.status = 'exited'
    container.exitCode = exitCode
    container.finishedAt = this.now()
    for (const endpoint of Object.values(container.endpoints)) {
      endpoint.IPAddress = ''
      endpoint.MacAddress = ''
    }
    return true
  }

  inspect(container: FakeContainer): object {
    const {spec, status} = container
    const running = status === 'running' || status === 'paused'
    return {
      Id: container.id,
      Name: `/${container.name}`,
      Created: new Date(container.created * 1000).toISOString(),
      RestartCount: container.restarts,
      State: {
        Status: status,
        Running: running || status === 'restarting',
        Paused: status === 'paused',
        Restarting: status === 'restarting',
        OOMKilled: false,
        ExitCode: container.exitCode,
        Error: '',
        StartedAt: container.startedAt,
        FinishedAt: container.finishedAt,
      },
      Config: {Labels: spec.Labels, User: spec.User ?? '', Hostname: spec.Hostname ?? '', Image: spec.Image},
      HostConfig: {CapAdd: null, Binds: null, Devices: null, ...container.host},
      NetworkSettings: {Networks: container.endpoints},
    }
  }

  createNetwork(body: Record<string, unknown>): NetworkDetails {
    const details = body as unknown as NetworkDetails
    const all = [...this.networks.values()]
    const parent = details.Options?.parent
    if (all.some(({Name}) => Name === details.Name)) {
      throw new Refusal(409, `network with name ${details.Name} already exists`)
    }
    const subnet = details.IPAM.Config?.[0]?.Subnet
    if (all.some(({IPAM}) => IPAM.Config?.[0]?.Subnet === subnet)) {
      throw new Refusal(403, 'Pool overlaps with other one on this address space')
    }
    if (all.some(({Options}) => Options?.parent === parent)) {
      throw new Refusal(500, `network dm-1b2c3d4e5f60 is already using parent interface ${parent}`)
    }
    return this.addNetwork(details)
  }

  /** Past all checks: for what was there before, and for what races leave. */
  addNetwork(body: Partial<NetworkDetails> & Pick<NetworkDetails, 'Name'>): NetworkDetails {
    const network: NetworkDetails = {
      Driver: 'macvlan',
      Labels: {},
      Options: {},
      IPAM: {Config: []},
      ...body,
      Id: newId(),
      Created: this.now(),
    }
    this.networks.set(network.Id, network)
    return network
  }

  inspectNetwork(network: NetworkDetails): NetworkDetails {
    const connected = [...this.containers.values()].flatMap((container) =>
      Object.values(container.endpoints)
        .filter(({NetworkID, IPAddress}) => NetworkID === network.Id && IPAddress !== '')
        .map(({IPAddress, MacAddress}) => [
          container.id,
          {Name: container.name, IPv4Address: `${IPAddress}/24`, MacAddress},
        ]),
    )
    return {...network, Containers: Object.fromEntries(connected)}
  }

  removeNetwork(network: NetworkDetails): void {
    if (Object.keys(this.inspectNetwork(network).Containers ?? {}).length > 0) {
      throw new Refusal(
        403,
        `error while removing network: network ${network.Name} id ${network.Id} has active endpoints`,
      )
    }
    this.networks.delete(network.Id)
  }
}

/** Announces every service of the manifest; the option `behave` makes it misbehave as the stub decoy does. */
function announce(container: FakeContainer): void {
  const manifest = container.spec.Env.find((entry) => entry.startsWith('MANIFEST='))
  if (manifest === undefined) return
  const services = decodeManifest(manifest.slice('MANIFEST='.length)).deckies.flatMap((decky) => decky.services)
  for (const {name, ports, options} of services) {
    if (options.behave === 'exit') {
      container.log.push(frame('stderr', 'giving up \x1b[31mnow\n'))
      container.status = 'restarting'
      container.exitCode = 3
      container.restarts = 1
    }
    if (options.behave === 'exit' || options.behave === 'silent') continue
    for (const {port, protocol} of ports) {
      container.log.push(frame('stdout', readyLine(name, port, {protocol, boot: container.startedAt})))
    }
  }
}

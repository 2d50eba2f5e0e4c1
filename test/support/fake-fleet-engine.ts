/** An engine in memory, for tests of operations: it remembers what was asked of it and fails where it is told to. */
import {setTimeout as sleep} from 'node:timers/promises'

import type {CallOptions, DeckyProbe, DeckyRequest, Engine, EvidenceSink} from '../../src/engines/engine.ts'
import type {FleetNetwork} from '../../src/fleet/decky.ts'
import type {Observation, ObservedInstance, ObservedNetwork} from '../../src/fleet/observation.ts'
import type {EngineName} from '../../src/fleet/spec.ts'

/** `create web-01`, `replace web-01`, `restart web-01`, `remove web-01`, `network.create`, `image.ensure` … */
type CallName = string

export class FakeFleetEngine implements Engine {
  readonly name: EngineName
  runtimeId = 'image:1'
  network: ObservedNetwork | null = null
  imagePresent = false
  /** By decky name; tests take away from it what somebody else removed. */
  readonly instances = new Map<string, ObservedInstance>()
  /** Names of deckies whose services do not answer. */
  readonly deaf = new Set<string>()
  /** Every change that was asked for, in order. */
  readonly calls: CallName[] = []
  /** Every look, too. */
  looks = 0
  closed = 0
  /** What every look rejects with. */
  unreachable: Error | undefined
  /** Awaited before each change; it may reject, or never return. */
  before: (call: CallName, options: CallOptions) => void | Promise<void> = () => undefined

  readonly #failures = new Map<CallName, Error[]>()
  readonly #requests = new Map<string, DeckyRequest>()
  #made = 0

  constructor(name: EngineName = 'docker') {
    this.name = name
  }

  /** The next calls of this name fail, one with each error. */
  failNext(call: CallName, ...errors: Error[]): void {
    this.#failures.set(call, [...(this.#failures.get(call) ?? []), ...errors])
  }

  /** What a decky runs with. */
  requestOf(decky: string): DeckyRequest | undefined {
    return this.#requests.get(decky)
  }

  /** Changes an instance behind the fleet's back. */
  alter(decky: string, changes: Partial<ObservedInstance>): void {
    const instance = this.instances.get(decky)
    if (instance === undefined) throw new Error(`${decky} does not run`)
    this.instances.set(decky, {...instance, ...changes})
  }

  /** What `collect` hands to the sink. */
  evidence: {lines: string[]; sink: EvidenceSink | undefined} = {lines: [], sink: undefined}

  async collect(): Promise<void> {
    if (this.unreachable !== undefined) throw this.unreachable
    this.evidence.sink?.store(this.evidence.lines)
  }

  async follow({signal}: CallOptions): Promise<void> {
    while (!signal.aborted) {
      await this.collect()
      await sleep(5, undefined, {signal}).catch(() => undefined)
    }
  }

  async observe(): Promise<Observation> {
    this.looks++
    if (this.unreachable !== undefined) throw this.unreachable
    return {
      network: this.network,
      surplusNetworks: [],
      imagePresent: this.imagePresent,
      instances: [...this.instances.values()],
    }
  }

  async ensureImage(options: CallOptions): Promise<void> {
    await this.#call('image.ensure', options)
    this.imagePresent = true
  }

  async removeImage(options: CallOptions): Promise<void> {
    await this.#call('image.remove', options)
    this.imagePresent = false
  }

  async createNetwork(network: FleetNetwork, options: CallOptions): Promise<void> {
    await this.#call('network.create', options)
    this.network = {id: `net-${++this.#made}`, foreignEndpoints: [], ...network}
  }

  async removeNetwork(options: CallOptions): Promise<void> {
    await this.#call('network.remove', options)
    this.network = null
  }

  async createDecky(request: DeckyRequest, _network: FleetNetwork, options: CallOptions): Promise<void> {
    await this.#call(`create ${request.decky.name}`, options)
    this.#put(request)
  }

  async replaceDecky(request: DeckyRequest, _network: FleetNetwork, options: CallOptions): Promise<void> {
    await this.#call(`replace ${request.decky.name}`, options)
    this.#put(request)
  }

  async restartDecky(request: DeckyRequest, _network: FleetNetwork, options: CallOptions): Promise<void> {
    await this.#call(`restart ${request.decky.name}`, options)
    this.deaf.delete(request.decky.name)
    this.#put(request)
  }

  async removeDecky(name: string, options: CallOptions): Promise<void> {
    await this.#call(`remove ${name}`, options)
    this.instances.delete(name)
  }

  async probe(names: readonly string[]): Promise<DeckyProbe[]> {
    this.looks++
    return names.flatMap((name) => {
      const request = this.#requests.get(name)
      const instance = this.instances.get(name)
      if (request === undefined || instance === undefined) return []
      const services = request.decky.services.flatMap((service) =>
        service.ports.map(({port, protocol}) => ({
          name: service.name,
          port,
          protocol,
          state: this.deaf.has(name) ? ('down' as const) : ('answering' as const),
        })),
      )
      return [{decky: name, ip: instance.ip, mac: instance.mac, services, error: null}]
    })
  }

  async close(): Promise<void> {
    this.closed++
  }

  async #call(call: CallName, options: CallOptions): Promise<void> {
    this.calls.push(call)
    options.onStep?.('working')
    await this.before(call, options)
    const error = this.#failures.get(call)?.shift()
    if (error !== undefined) throw error
  }

  #put(request: DeckyRequest): void {
    const {decky, configHash, generation} = request
    const holder = [...this.instances.values()].find(({decky: name, ip}) => name !== decky.name && ip === decky.ip)
    if (holder !== undefined) throw new Error(`Address already in use: ${decky.ip} by ${holder.decky}`)
    this.#requests.set(decky.name, request)
    this.instances.set(decky.name, {
      id: `c-${++this.#made}`,
      decky: decky.name,
      customService: null,
      configHash,
      generation,
      state: 'running',
      ip: decky.ip,
      mac: decky.mac,
      networkId: this.network?.id ?? null,
      startedAt: '2026-01-02T03:04:05Z',
      restarts: 0,
      deviations: [],
    })
  }
}

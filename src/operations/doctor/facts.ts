import type {EngineDetails, EngineFacts} from '../../engines/engine.ts'
import {AddressPool} from '../../fleet/allocation.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {formatAddress, parseAddress} from '../../fleet/ipv4.ts'
import {isOpen, type LifecycleRow} from '../../fleet/lifecycle.ts'
import type {EngineName, FleetSpec} from '../../fleet/spec.ts'
import type {Deps} from '../deps.ts'
import {type DeploymentRequest, desiredFleet} from '../desired-fleet.ts'
import {readSnapshot, type Snapshot} from '../mutation.ts'
import {type NetworkFacts, networkFacts} from '../network-facts.ts'

export interface DoctorRequest extends Omit<DeploymentRequest, 'spec' | 'replaceFleet'> {
  /** The fleet file that is to be deployed; null: none is named. */
  readonly spec: FleetSpec | null
  /** Whether frames may be sent to look for who has the addresses. */
  readonly probeLan: boolean
}

/** What the state says; both null where there is none yet. */
export interface StateFacts {
  readonly snapshot: Snapshot | null
  /** Why it cannot be read. */
  readonly error: DecnetError | null
  readonly exists: boolean
  readonly openRows: readonly LifecycleRow[]
}

/** Free addresses that are looked at where no fleet file says which ones it will take. */
const FREE_CANDIDATES = 8

/** What several checks need, each found out once. What cannot be found out rejects for all of them alike. */
export class DoctorFacts {
  readonly deps: Deps
  readonly request: DoctorRequest
  readonly state: StateFacts
  readonly engine: EngineName
  readonly #signal: AbortSignal
  #docker: Promise<EngineFacts> | undefined
  #network: Promise<NetworkFacts> | undefined
  #candidates: Promise<readonly string[]> | undefined

  constructor(deps: Deps, request: DoctorRequest, signal: AbortSignal) {
    this.deps = deps
    this.request = request
    this.#signal = signal
    this.state = readState(deps)
    const stored = this.state.snapshot?.stored ?? null
    this.engine = request.engine ?? request.spec?.general.engine ?? stored?.fleet.engine ?? 'docker'
  }

  get host() {
    return this.deps.surroundings.host
  }

  /** Whether deckies sit on this machine's own interfaces. */
  get local(): boolean {
    return this.engine === 'embedded' || this.deps.surroundings.engineIsLocal
  }

  docker(): Promise<EngineFacts> {
    this.#docker ??= this.deps.surroundings.engineFacts(this.#signal)
    return this.#docker
  }

  /** Null: the engine could not be asked, which is a finding of its own. */
  async dockerDetails(): Promise<EngineDetails | null> {
    if (this.engine !== 'docker') return null
    return this.docker().then(
      ({details}) => details,
      () => null,
    )
  }

  /** The network that a deployment would put the deckies on. */
  network(): Promise<NetworkFacts> {
    const stored = this.state.snapshot?.stored?.fleet
    this.#network ??= networkFacts({
      flags: this.request,
      engine: this.engine,
      general: this.request.spec?.general ?? {exclude: []},
      current: stored?.engine === this.engine ? stored.network : null,
      detect: () => this.deps.detectNetwork(),
      hostAddresses: () => this.deps.hostAddresses(),
    })
    return this.#network
  }

  /** The same; null where it is not known, which is a finding of its own. */
  knownNetwork(): Promise<NetworkFacts | null> {
    return this.network().catch(() => null)
  }

  /** Addresses that deckies would get or get back: nobody else may have them. */
  candidates(): Promise<readonly string[]> {
    this.#candidates ??= this.#findCandidates()
    return this.#candidates
  }

  async #findCandidates(): Promise<readonly string[]> {
    const network = await this.knownNetwork()
    if (network === null) return []
    const running = await this.#runningDeckies()
    const wanted = this.request.spec === null ? this.#committed() : await this.wantedDeckies()
    const addresses = wanted.filter(({name}) => !running.has(name)).map(({ip}) => ip)
    if (this.request.spec !== null) return addresses
    return [...addresses, ...freeAddresses(network, this.#committed())]
  }

  #committed() {
    return this.state.snapshot?.stored?.fleet.deckies ?? []
  }

  async #runningDeckies(): Promise<ReadonlySet<string>> {
    const install = this.state.snapshot?.install.id
    const containers = (await this.dockerDetails())?.containers ?? []
    const own = containers.filter(({fleet, state}) => fleet === install && state === 'running')
    return new Set(own.flatMap(({decky}) => decky ?? []))
  }

  /** The deckies of the file as they would be resolved. A file that is deployed already is looked at as a replacement. */
  async wantedDeckies() {
    const {spec} = this.request
    const {snapshot} = this.state
    if (spec === null || snapshot === null) return []
    const ask = (replaceFleet: boolean) => desiredFleet(this.deps, {...this.request, spec, replaceFleet}, snapshot)
    const names = new Set(spec.deckies.map(({name}) => name.toLowerCase()))
    const fleet = await ask(false).catch((error: unknown) => {
      if (error instanceof DecnetError && error.code === 'NAME_CONFLICT') return ask(true)
      throw error
    })
    return fleet.deckies.filter(({name}) => names.has(name.toLowerCase()))
  }
}

function freeAddresses({reservations}: NetworkFacts, taken: readonly {readonly ip: string}[]): string[] {
  const pool = new AddressPool(reservations, new Set(taken.flatMap(({ip}) => parseAddress(ip) ?? [])))
  return Array.from({length: FREE_CANDIDATES}, () => pool.next())
    .filter((address) => address !== undefined)
    .map(formatAddress)
}

function readState(deps: Deps): StateFacts {
  try {
    const store = deps.readState()
    const exists = store !== null
    try {
      const openRows = store?.lifecycle({deployment: 'last'}).filter(({status}) => isOpen(status)) ?? []
      return {snapshot: readSnapshot(deps), error: null, exists, openRows}
    } finally {
      store?.close()
    }
  } catch (error) {
    if (!(error instanceof DecnetError)) throw error
    return {snapshot: null, error, exists: true, openRows: []}
  }
}

import type {Options, OsName, Port} from './catalog.ts'
import type {CustomService, EngineName, NetworkDriver} from './spec.ts'

/** One decoy machine, fully resolved. JSON-safe; stored in the state and hashed into the config hash. */
export interface Decky {
  readonly name: string
  readonly ip: string
  /** Lower case, colon-separated. */
  readonly mac: string
  readonly hostname: string
  readonly os: OsName
  readonly distro: string
  readonly archetype: string | null
  readonly host: string
  readonly services: readonly DeckyService[]
  readonly customServices: readonly CustomService[]
  /** Minutes; null: its services never rotate. */
  readonly mutateInterval: number | null
}

export interface DeckyService {
  readonly name: string
  readonly ports: readonly Port[]
  readonly options: Options
}

/** The LAN that a fleet lives on, or the loopback subnet of the embedded engine. */
export interface FleetNetwork {
  readonly driver: NetworkDriver
  /** The host interface that carries the deckies. */
  readonly interface: string
  /** CIDR, e.g. `192.168.1.0/24`. */
  readonly subnet: string
  readonly gateway: string
}

/** The desired fleet: what the state file holds. */
export interface Fleet {
  readonly engine: EngineName
  readonly network: FleetNetwork
  /** DNS domain all personas share; null: none was set. */
  readonly domain: string | null
  readonly logFile: string | null
  /** Added to every port that the deckies bind; 0 on the docker engine, where each has an address of its own. */
  readonly portOffset: number
  /** Sorted by name. */
  readonly deckies: readonly Decky[]
}

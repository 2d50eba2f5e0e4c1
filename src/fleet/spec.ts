import type {Options, OsName, Port} from './catalog.ts'
import type {Place} from './diagnostics.ts'
import type {AddressRange, Subnet} from './ipv4.ts'

export type EngineName = 'docker' | 'embedded'
/** What carries the deckies of containers over the LAN. */
export type LanDriver = 'macvlan' | 'ipvlan'
/** `loopback`: the embedded engine's, which no fleet file names. */
export type NetworkDriver = LanDriver | 'loopback'

/** What a fleet file asks for, decoded and checked on its own: no network facts and no state are known yet. */
export interface FleetSpec {
  readonly file: string
  readonly general: GeneralSpec
  /** Where `[general]` states what depends on the engine, for messages. */
  readonly places?: GeneralPlaces
  /** In file order, with `amount` expanded. Never empty. */
  readonly deckies: readonly DeckySpec[]
}

export type GeneralPlaces = Readonly<Partial<Record<'net' | 'gateway' | 'interface' | 'driver', Place>>>

export interface GeneralSpec {
  readonly net?: Subnet
  readonly gateway?: string
  readonly interface?: string
  readonly driver?: LanDriver
  readonly domain?: string
  readonly engine?: EngineName
  readonly exclude: readonly AddressRange[]
  /** Minutes; `null` switches rotation off, absent means the file does not say. */
  readonly mutateInterval?: number | null
  readonly logFile?: string
}

export interface DeckySpec {
  readonly name: string
  /** The section header, for messages about this decky. */
  readonly place: Place
  readonly ip?: string
  readonly ipPlace?: Place
  /** Built-in ones, lower case. Absent: taken from the archetype, or drawn from the catalogue's default sets. */
  readonly services?: readonly string[]
  readonly archetype?: string
  readonly os?: OsName
  readonly distro?: string
  readonly hostname?: string
  /** Lower case, colon-separated. */
  readonly mac?: string
  readonly mutateInterval?: number | null
  /** An enrolled host's name; absent: any (today `local`). */
  readonly host?: string
  /** Options by service name, decoded by the service's definition. Custom services have none here. */
  readonly options: Readonly<Record<string, Options>>
  /** The operator's own services that this decky names. */
  readonly customServices: readonly CustomService[]
}

/** `[custom-NAME]`: an operator's image that runs in the decky's network namespace. */
export interface CustomService {
  /** Without the `custom-` prefix. */
  readonly name: string
  readonly image: string
  /** argv; empty: the image's own entry point. */
  readonly exec: readonly string[]
  readonly ports: readonly Port[]
  /** `[decky.NAME]` options, passed to the container's environment. */
  readonly options: Readonly<Record<string, string>>
  /** What the image is built from where the engine does not have it; absent: the image is the operator's to provide. */
  readonly build?: BuildSource
  /** What a deployment waits for; absent: that it goes on running. */
  readonly health?: Health
}

export interface BuildSource {
  /** Absolute: engines are told of it by other commands, too. */
  readonly directory: string
}

/** A port that it listens on, or a command inside its container that ends with 0. */
export type Health = {readonly port: Port} | {readonly command: readonly string[]}

/**
 * What the fleet domain needs to know of the catalogue (`src/catalog` implements it): the domain decides what a
 * fleet file means, the catalogue says which services, archetypes, distros and OS profiles exist.
 */

export type Protocol = 'tcp' | 'udp'

export interface Port {
  readonly port: number
  readonly protocol: Protocol
}

/** A decoded service option; JSON-safe, because it travels to the decoy in the manifest. */
export type OptionValue = string | number | boolean | readonly string[]
export type Options = Readonly<Record<string, OptionValue>>

export type OptionResult =
  | {readonly ok: true; readonly value: OptionValue}
  | {readonly ok: false; readonly expected: string}

/** What is certain of a machine before anything of it is drawn. */
export interface Machine {
  readonly os: OsName
  readonly archetype: string | null
}

/** What is wrong with options together, each of which is right by itself. */
export interface OptionProblem {
  readonly code: 'option-conflict' | 'option-without-effect' | 'port-clash'
  /** The option that has to change. */
  readonly option: string
  /** The option that it contradicts; null: what it contradicts is no option. */
  readonly against: string | null
  readonly problem: string
  readonly hint: string
}

/** What may be in a directory that an option names: any files, or mails only. */
export type DirectoryContent = 'files' | 'mails'

export interface ServiceInfo {
  readonly name: string
  /** Words that machines offering this service are named by. */
  readonly roles: readonly string[]
  readonly optionNames: readonly string[]
  /** Those of them whose values are never shown. */
  readonly secretOptions: readonly string[]
  /** Those that name a directory, whose content takes the place of the name, and what it may hold. Absent: none. */
  readonly directoryOptions?: ReadonlyMap<string, DirectoryContent>
  /** Decodes the text of one option; `expected` says what would have been right. */
  parseOption(key: string, raw: string): OptionResult
  /** The ports this service listens on under these options. */
  ports(options: Options): readonly Port[]
  /** Absent: its options have nothing to do with each other. */
  problems?(options: Options, machine: Machine): readonly OptionProblem[]
}

export type OsName = 'linux' | 'windows' | 'windows_server' | 'bsd' | 'embedded' | 'cisco'

export interface OsProfile {
  readonly name: OsName
  /** Organisation prefixes, `aa:bb:cc`, of vendors whose machines run this OS. */
  readonly ouis: readonly string[]
  /** Network-namespace sysctls that give the TCP/IP stack this OS's look. */
  readonly sysctls: Readonly<Record<string, string>>
}

export interface Archetype {
  readonly name: string
  readonly summary: string
  readonly services: readonly string[]
  readonly os: OsName
  /** Distros drawn from where the file names none. */
  readonly distros: readonly string[]
  /** Words this kind of machine is named by, e.g. `web`. */
  readonly roles: readonly string[]
  /** Vendor prefixes that fit this kind of machine better than its OS profile's. */
  readonly ouis?: readonly string[]
  /** Names that this kind of machine has, whatever runs on it. */
  readonly hostnamePatterns?: readonly string[]
  /** Options of its services, by service, where the fleet file does not set them. */
  readonly options?: Readonly<Record<string, Options>>
}

export interface Distro {
  readonly name: string
  readonly summary: string
  readonly os: OsName
  /**
   * `{role}` is a role word, `{site}` the fleet's site code (both upper case where written so), `{n}` a number, `{nn}` one
   * of at least two digits, `{serial}` seven and `{serial11}` eleven letters and digits, `{MAC}` the end of the MAC
   * address and `{mac}` all of it.
   */
  readonly hostnamePatterns: readonly string[]
}

/** Services that machines have together, none of them on the port of another. */
export type ServiceSets = readonly (readonly string[])[]

/** A name that older fleet files use for a service, and what does its work. */
export interface StandIn {
  readonly name: string
  /** Empty: nothing needs to. */
  readonly services: readonly string[]
  /** Why the name is no service. */
  readonly reason: string
}

export interface Catalog {
  readonly services: ReadonlyMap<string, ServiceInfo>
  /** By names that are none of `services`. */
  readonly standIns?: ReadonlyMap<string, StandIn>
  readonly archetypes: ReadonlyMap<string, Archetype>
  /** Archetypes that cannot be played yet, with what they lack: naming one has a better answer than "there is none". */
  readonly plannedArchetypes?: ReadonlyMap<string, readonly string[]>
  readonly distros: ReadonlyMap<string, Distro>
  readonly osProfiles: ReadonlyMap<OsName, OsProfile>
  /** Accepted spellings of OS names that are not profile names themselves, e.g. `win` → `windows`. */
  readonly osAliases: ReadonlyMap<string, OsName>
  /** For a decky that names neither services nor archetype: by OS, and by distro where that differs from its OS. */
  readonly defaultServiceSets: ReadonlyMap<string, ServiceSets>
}

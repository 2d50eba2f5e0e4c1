/**
 * How a service describes itself: data only, so that the CLI can validate a fleet file without loading a server.
 * Every `services/NAME/definition.ts` exports one `ServiceDefinition`.
 */
import type {EventName} from '../events/event.ts'

export type OptionValue = string | number | boolean | readonly string[]
export type OptionValues = Readonly<Record<string, OptionValue>>

interface OptionBase<T> {
  /** One sentence for the reference. */
  readonly summary: string
  /** Used where the fleet file is silent; `null`: the service decides, usually from the persona. */
  readonly default: T | null
  /** Its value is never shown: a password that ends up in the log of a deployment is a decoy no more. */
  readonly secret?: true
  /** A value as the fleet file writes it, for the reference; needed where none can be made from the rest. */
  readonly example?: string
}

export interface TextOption extends OptionBase<string> {
  readonly type: 'text'
  /** Most characters; 256 where absent. */
  readonly maxLength?: number
  readonly pattern?: RegExp
  /** What a right value looks like, completing "expected …"; needed with `pattern`. */
  readonly expected?: string
}

export interface IntegerOption extends OptionBase<number> {
  readonly type: 'integer'
  readonly min: number
  readonly max: number
}

export interface BooleanOption extends OptionBase<boolean> {
  readonly type: 'boolean'
}

export interface EnumOption extends OptionBase<string> {
  readonly type: 'enum'
  readonly values: readonly string[]
}

/** Comma-separated in the fleet file. */
export interface ListOption extends OptionBase<readonly string[]> {
  readonly type: 'list'
  readonly maxItems: number
  readonly pattern: RegExp
  /** What one item looks like. */
  readonly expected: string
}

/**
 * A directory beside the fleet file. A decoy has no files of the operator's, so what is in it is read with the fleet file
 * and takes its place: `server.ts` gets the packed content as text (`directory-archive.ts`).
 */
export interface DirectoryOption extends OptionBase<string> {
  readonly type: 'directory'
  /** What it may hold; whoever reads it refuses anything else. Absent: any files, and directories below it. */
  readonly holds?: 'mails'
}

export type OptionDefinition = TextOption | IntegerOption | BooleanOption | EnumOption | ListOption | DirectoryOption

export interface PortDefinition {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** What listens there, for the reference. */
  readonly purpose: string
  /** The integer option that moves this port, where there is one. */
  readonly option?: string
  /** The boolean option without which it stays closed. */
  readonly needs?: string
}

/** What is certain of a machine when the fleet file is read; the rest may be drawn. */
export interface Machine {
  readonly os: string
  readonly archetype: string | null
}

/** A value that cannot stand beside another one. */
export interface OptionConflict {
  /** The option that has to change. */
  readonly option: string
  /** The option that it contradicts; null: what it contradicts is no option. */
  readonly against: string | null
  /** Both values, and why not. */
  readonly problem: string
  /** What would be right. */
  readonly hint: string
}

export interface ServiceDefinition {
  readonly name: string
  /** One sentence for the reference. */
  readonly summary: string
  /** Words that machines offering this service are named by, e.g. `web`: host names are made of them. */
  readonly roles: readonly string[]
  readonly ports: readonly PortDefinition[]
  readonly options: Readonly<Record<string, OptionDefinition>>
  /**
   * Which of the given values, each right by itself, contradict each other. The server asks the same at its start: what
   * passes here starts.
   */
  conflicts?(options: OptionValues, machine: Machine): readonly OptionConflict[]
  /** Events this service may report, besides the runtime's own. */
  readonly events: readonly EventName[]
}

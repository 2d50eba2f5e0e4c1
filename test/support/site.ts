/** Where a fleet of the scenarios lives, and what is there, asked without any code of ours. */
import type {ChildProcess, SpawnOptions} from 'node:child_process'
import type {EngineName} from '../../src/fleet/spec.ts'
import type {Section} from './fleet-text.ts'

/** A decky as the state has it. */
export interface StoredDecky {
  readonly name: string
  readonly ip: string
  readonly config_hash: string
  /** JSON. */
  readonly decky: string
}

export interface Site {
  readonly engine: EngineName
  readonly stateDir: string
  /** For the operator's home and temporary files. */
  readonly directory: string
  /** `[general]` of a fleet file for this place. */
  readonly general: Section
  /** An address of the fleet's network by its last byte. */
  address(host: number): string
  /** Addresses of that network that no decky may get. */
  readonly reserved: readonly string[]
  /** Starts a program as the operator; `decnet` is the built command line. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess
  /** In which life each decky is: equal before and after means untouched. */
  incarnations(): Promise<Record<string, string>>
  /** The address that each decky really has. */
  addresses(): Promise<Record<string, string | undefined>>
  /** Everything that a command which changes nothing must leave as it is. */
  snapshot(): Promise<unknown>
  /** What is left of any fleet, whatever the state says. */
  remains(): Promise<string[]>
  /** How what runs differs from these deckies of an install, in words. */
  differences(stored: readonly StoredDecky[], install: string): Promise<string[]>
  /** Somebody else takes this address, or what a decky needs of it; resolves with who it is and how it leaves. */
  squat(ip: string): Promise<Squatter>
  /** Removes whatever is there. */
  clear(): Promise<void>
  dispose(): Promise<void>
}

export interface Squatter {
  /** What an error message calls it. */
  readonly name: RegExp
  /** Everything about it: equal before and after means untouched. */
  look(): Promise<unknown>
  leave(): Promise<void>
}

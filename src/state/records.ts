/** What the store takes and gives. */
import type {Decky, Fleet} from '../fleet/decky.ts'
import type {LifecycleOperation, LifecycleRow, LifecycleStatus} from '../fleet/lifecycle.ts'

/** Who owns what this state describes, made once with the state file. */
export interface StoredInstall {
  /** 12 lower-case hexadecimal digits. */
  readonly id: string
  /** 32 bytes. */
  readonly secret: Buffer
  /** ISO 8601, UTC. */
  readonly since: string
}

export interface StoredFleet {
  readonly generation: number
  readonly mode: 'unihost'
  readonly fleet: Fleet
  /** One for each decky of the fleet, in the same order. */
  readonly deckies: readonly StoredDecky[]
}

export interface StoredDecky {
  readonly decky: Decky
  readonly configHash: string
  /** The deployment that submitted it last. */
  readonly deploymentId: number
  /** Null while that deployment is open. */
  readonly deploymentOutcome: DeploymentOutcome | null
}

export type DeploymentKind = 'deploy' | 'teardown' | 'reconcile'
export type DeploymentOutcome = 'succeeded' | 'partial' | 'interrupted'

/** What a command was asked for, as a record for humans, e.g. `{replaceFleet: true}`. JSON-safe. */
export type DeploymentFlags = Readonly<Record<string, unknown>>

export interface Deployment {
  readonly id: number
  readonly kind: DeploymentKind
  readonly user: string
  readonly generation: number
  readonly fileName: string | null
  readonly fileHash: string | null
  readonly flags: DeploymentFlags
  readonly createdAt: string
  readonly completedAt: string | null
  /** Null while it is open. */
  readonly outcome: DeploymentOutcome | null
}

export interface RowRequest {
  readonly decky: string
  readonly host: string
  readonly operation: LifecycleOperation
}

/** Everything that becomes true at once when a command commits to its plan. */
export interface CommitRequest {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly kind: DeploymentKind
  readonly user: string
  /** The fleet file as it was read; all three null where the command reads none. */
  readonly fileName: string | null
  readonly fileHash: string | null
  readonly fileText: string | null
  readonly flags: DeploymentFlags
  /** The whole desired fleet; null or without deckies: there is none any more. */
  readonly fleet: Fleet | null
  /** By decky name; one for every decky of the fleet. */
  readonly configHashes: ReadonlyMap<string, string>
  readonly rows: readonly RowRequest[]
  /** Names of the deckies that this deployment takes over; the others stay with the one they have. */
  readonly submitted: readonly string[]
}

export interface Commit {
  readonly deploymentId: number
  readonly generation: number
  /** In the order requested. */
  readonly rows: readonly LifecycleRow[]
}

/** Filters add up; without any, every row is meant. */
export interface LifecycleQuery {
  readonly ids?: readonly number[] | undefined
  readonly decky?: string | undefined
  readonly deployment?: number | 'last' | undefined
  readonly status?: LifecycleStatus | undefined
  /** Keep only the newest. */
  readonly limit?: number | undefined
}

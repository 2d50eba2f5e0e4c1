import type {NetworkDriver} from './spec.ts'

/**
 * What an engine reports of this fleet: its own resources only, recognised by label. An engine that could not list
 * everything throws instead: a partial list must never read as "gone".
 */
export interface Observation {
  /** The fleet's network, or null. Where a crash left several, the one in use (else the oldest). */
  readonly network: ObservedNetwork | null
  /** Ids of further networks with our label. */
  readonly surplusNetworks: readonly string[]
  /** Whether the image that the deckies need is present. */
  readonly imagePresent: boolean
  /** Every instance with our label; more than one may carry the same decky name after a crash. */
  readonly instances: readonly ObservedInstance[]
}

export interface ObservedNetwork {
  readonly id: string
  readonly driver: NetworkDriver | string
  readonly interface: string
  readonly subnet: string
  readonly gateway: string
  /** Instances on it that are not this fleet's, by name: they keep us from replacing it. */
  readonly foreignEndpoints: readonly string[]
}

export type InstanceState = 'running' | 'created' | 'restarting' | 'paused' | 'exited' | 'removing' | 'dead'

/** One container (or, on the embedded engine, one decky of the process). */
export interface ObservedInstance {
  readonly id: string
  readonly decky: string
  /** A custom service's container beside the decky's own: its service name; null for the decky itself. */
  readonly customService: string | null
  readonly configHash: string
  readonly generation: number
  readonly state: InstanceState
  /** Why it does not run, where the engine knows. */
  readonly reason?: string
  /** As configured on the engine; null when not attached to the fleet's network. */
  readonly ip: string | null
  readonly mac: string | null
  /** Id of the fleet network it is attached to; null when detached. */
  readonly networkId: string | null
  /** ISO 8601; null when never started. */
  readonly startedAt: string | null
  readonly restarts: number
  /** Ways in which it differs from what the engine itself creates, e.g. `runs with capability NET_ADMIN`. */
  readonly deviations: readonly string[]
}

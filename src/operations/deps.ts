import type {Engine, EvidenceSink, Install} from '../engines/engine.ts'
import type {EvidenceStore} from '../events/evidence-store.ts'
import type {Catalog} from '../fleet/catalog.ts'
import type {EngineName} from '../fleet/spec.ts'
import type {HostNetwork} from '../network/detect.ts'
import type {Store} from '../state/store.ts'

import type {Bus} from './bus.ts'
import type {Surroundings} from './surroundings.ts'
import type {Tracer} from './tracer.ts'

/** What an engine is made with. */
export interface EngineRequest {
  readonly name: EngineName
  readonly install: Install
  /** Where evidence goes that is drained before a decky is removed. */
  readonly evidence: EvidenceSink
  /** The `image` setting: an image of the operator's to use instead of the one we build. */
  readonly image: string | null
  /** Engine calls in flight at once. */
  readonly parallel: number
  /** Of the fleet's ports; 0 on docker. */
  readonly portOffset: number
}

/** The effects that operations need, made once by the composition root (`cli/context.ts`). */
export interface Deps {
  readonly catalog: Catalog
  readonly stateDir: string
  /** Login name of who runs the command, for the record. */
  readonly user: string
  now(): Date
  detectNetwork(): Promise<HostNetwork>
  /** This host's own IPv4 addresses. */
  hostAddresses(): readonly string[]
  /** Opens (and makes) the state for a command that holds the lock. */
  openState(): Store
  /** Opens the state for a command that only reads; null: there is none yet. */
  readState(): Store | null
  openEvidence(): EvidenceStore
  createEngine(request: EngineRequest): Promise<Engine>
  /** Where lifecycle transitions are told; `NO_BUS` where nobody asked for it. */
  readonly bus: Bus
  /** `NO_TRACER` where nobody traces. */
  readonly tracer: Tracer
  /** This machine, for checks. */
  readonly surroundings: Surroundings
}

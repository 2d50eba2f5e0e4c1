import type {Options, OsName} from '../../fleet/catalog.ts'
import type {GeneralSpec} from '../../fleet/spec.ts'

/** One decky as init means to write it. */
export interface DraftDecky {
  readonly name: string
  readonly archetype?: string
  /** Absent only where neither archetype nor flag says: then they are drawn at deploy. */
  readonly services?: readonly string[]
  readonly os?: OsName
  readonly distro?: string
  readonly hostname?: string
  readonly ip?: string
  readonly mac?: string
  readonly options?: Readonly<Record<string, Options>>
  /** Lines above its section: what of the original could not be imitated. */
  readonly comment?: readonly string[]
}

/** Everything that a first fleet file will say. */
export interface FleetDraft {
  readonly general: GeneralSpec
  readonly deckies: readonly DraftDecky[]
  /** What the choices were drawn from; null: nothing was drawn. */
  readonly seed: string | null
  /** Where the deckies come from, for the head of the file. */
  readonly origin: readonly string[]
}

import type {EngineName} from '../../fleet/spec.ts'

/**
 * What flags and interview say, as text: both fill the same fields, and one decoder reads them. Absent fields take what
 * is detected, else a default.
 */
export interface InitInput {
  readonly engine?: EngineName | undefined
  readonly net?: string | undefined
  readonly gateway?: string | undefined
  readonly interface?: string | undefined
  readonly driver?: 'macvlan' | 'ipvlan' | undefined
  readonly domain?: string | undefined
  /** Comma-separated addresses and ranges. */
  readonly exclude?: string | undefined
  readonly mutateInterval?: string | undefined
  readonly logFile?: string | undefined
  readonly deckies?: number | undefined
  /** `NAME` or `NAME=COUNT`. */
  readonly archetypes?: readonly string[] | undefined
  /** Comma-separated. */
  readonly services?: string | undefined
  readonly randomServices?: boolean | undefined
  /** Comma-separated, taken in turn. */
  readonly distro?: string | undefined
  readonly randomDistros?: boolean | undefined
  readonly os?: string | undefined
  readonly seed?: string | undefined
  readonly ipStart?: string | undefined
  readonly namePattern?: string | undefined
  /** A comma-separated list, or a pattern. */
  readonly hostnames?: string | undefined
}

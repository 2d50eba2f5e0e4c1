/** The JSON documents of the command line, as far as scenarios read them. */
import type {DecnetOutcome} from './decnet.ts'

export interface RowDocument {
  readonly id: number
  readonly deploymentId: number
  readonly decky: string
  readonly operation: string
  readonly status: string
  readonly outcome: string | null
  readonly error: string | null
}

export interface MutationDocument {
  readonly ok: boolean
  readonly deploymentId: number
  readonly summary: Readonly<Record<string, number>>
  readonly lifecycle: readonly RowDocument[]
}

export interface LifecycleDocument {
  readonly ok: boolean
  readonly rows: readonly RowDocument[]
}

export interface PlanDocument {
  readonly ok: boolean
  readonly changes: boolean
  readonly summary: Readonly<Record<string, number>>
  readonly operations: readonly {readonly address: string; readonly action: string; readonly cause: string}[]
}

export interface DeckyDocument {
  readonly name: string
  readonly ip: string
  readonly mac: string
  readonly hostname: string
  readonly state: string
  readonly services: readonly {
    readonly name: string
    readonly port: number
    readonly boundPort: number
    readonly state: string
  }[]
  readonly drift: readonly {readonly field: string; readonly desired: string; readonly observed: string}[]
}

export interface StatusDocument {
  readonly ok: boolean
  readonly fleet: {readonly subnet: string; readonly generation: number} | null
  readonly deckies: readonly DeckyDocument[]
  readonly leftovers: readonly string[]
}

export interface ErrorDocument {
  readonly ok: false
  readonly error: {readonly code: string; readonly message: string; readonly hint?: string}
}

interface Documents {
  readonly deploy: MutationDocument
  readonly teardown: MutationDocument
  readonly reconcile: MutationDocument
  readonly lifecycle: LifecycleDocument
  readonly plan: PlanDocument
  readonly status: StatusDocument
  readonly error: ErrorDocument
}

/**
 * The document that a command with `--json` printed.
 *
 * @throws Error with everything the command said, when it is another one.
 */
export function documentOf<K extends keyof Documents>(kind: K, outcome: DecnetOutcome): Documents[K] {
  const {json} = outcome
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined
  if (schema !== `decnet.${kind}/v1`) {
    throw new Error(`no decnet.${kind}/v1, exit ${outcome.code}:\n${outcome.stdout}\n${outcome.stderr}`)
  }
  return json as Documents[K]
}

/** Rows as `NAME: outcome`, or the status where there is no outcome: short enough to compare as a whole. */
export function outcomes(rows: readonly RowDocument[]): string[] {
  return rows.map(({decky, outcome, status}) => `${decky}: ${outcome ?? status}`)
}

import type {Decky, Fleet} from './decky.ts'
import {DecnetError} from './errors.ts'
import type {EngineName} from './spec.ts'

export interface MergeInput {
  /** The fleet as committed, or null when there is none. */
  readonly current: Fleet | null
  /** What the file resolved to, in file order. */
  readonly submitted: readonly Decky[]
  /** Everything of the desired fleet but its deckies. */
  readonly frame: Omit<Fleet, 'deckies'>
  readonly replaceFleet: boolean
  /**
   * Names (lower case) whose last deployment did not finish: submitting them again resumes it, and is no conflict.
   */
  readonly unfinished: ReadonlySet<string>
  /** The largest allowed number of deckies. */
  readonly limit: number
}

/**
 * The fleet as it is to be. Additive: the submitted deckies beside the current ones; a name, address, MAC or network
 * that the fleet holds already is a conflict. Replacing: the submitted deckies alone. Nothing is half-applied: any
 * conflict throws.
 */
export function mergeFleet(input: MergeInput): Fleet {
  const staying = input.replaceFleet ? [] : stayingDeckies(input)
  if (!input.replaceFleet) refuseConflicts(input, staying)
  const deckies = [...staying, ...input.submitted].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (deckies.length > input.limit) {
    throw new DecnetError(
      'LIMIT_EXCEEDED',
      `the fleet would have ${deckies.length} deckies, the limit is ${input.limit}`,
      {hint: `raise it: decnet config set deployment-limit ${deckies.length}`},
    )
  }
  return {...input.frame, deckies}
}

/** The current deckies that the submission does not resubmit. */
export function stayingDeckies(
  input: Pick<MergeInput, 'current' | 'unfinished'> & {submitted: readonly {name: string}[]},
): Decky[] {
  const resumed = new Set(
    input.submitted.map(({name}) => name.toLowerCase()).filter((name) => input.unfinished.has(name)),
  )
  return (input.current?.deckies ?? []).filter(({name}) => !resumed.has(name.toLowerCase()))
}

/** Throws NAME_CONFLICT for submitted names that the fleet holds (and that no interrupted deployment left). */
export function refuseNameConflicts(submitted: readonly {readonly name: string}[], staying: readonly Decky[]): void {
  const held = new Map(staying.map((decky) => [decky.name.toLowerCase(), decky.name]))
  const taken = submitted.flatMap(({name}) => held.get(name.toLowerCase()) ?? [])
  if (taken.length === 0) return
  throw new DecnetError('NAME_CONFLICT', `the fleet already has ${list(taken)}`, {
    hint: 'rename them in the file, remove them with `decnet teardown`, or make the file the whole fleet with --replace-fleet',
  })
}

/** Throws ENGINE_CONFLICT where the fleet is on another engine than what is to be added to it. */
export function refuseEngineConflict(current: Fleet | null, engine: EngineName): void {
  if (current === null || current.engine === engine) return
  throw new DecnetError('ENGINE_CONFLICT', `the fleet runs on the ${current.engine} engine, not on ${engine}`, {
    hint: 'move the whole fleet with --replace-fleet',
  })
}

function refuseConflicts({current, submitted, frame}: MergeInput, staying: readonly Decky[]): void {
  refuseNameConflicts(submitted, staying)
  refuseFieldConflicts(submitted, staying, 'ip')
  refuseFieldConflicts(submitted, staying, 'mac')
  if (current === null || staying.length === 0) return
  refuseEngineConflict(current, frame.engine)
  for (const field of ['subnet', 'gateway', 'interface', 'driver'] as const) {
    if (current.network[field] === frame.network[field]) continue
    throw new DecnetError(
      'NETWORK_CONFLICT',
      `the fleet's ${field} is ${current.network[field]}, the file asks for ${frame.network[field]}`,
      {hint: 'change the file, or move the whole fleet with --replace-fleet'},
    )
  }
  if (current.portOffset !== frame.portOffset) {
    throw new DecnetError(
      'NETWORK_CONFLICT',
      `the ports of the fleet are offset by ${current.portOffset}, not by ${frame.portOffset}`,
      {hint: 'leave --port-offset out, or move the whole fleet with --replace-fleet'},
    )
  }
  // Every persona carries the domain: another one would make all deckies that stay differ from what runs.
  if (current.domain !== frame.domain) {
    throw new DecnetError(
      'NETWORK_CONFLICT',
      `the fleet's domain is ${current.domain ?? 'not set'}, the file asks for ${frame.domain ?? 'none'}`,
      {hint: 'leave `domain` out, or move the whole fleet with --replace-fleet'},
    )
  }
}

function refuseFieldConflicts(submitted: readonly Decky[], staying: readonly Decky[], field: 'ip' | 'mac'): void {
  const holders = new Map(staying.map((decky) => [decky[field], decky.name]))
  const taken = submitted.filter((decky) => holders.has(decky[field]))
  if (taken.length === 0) return
  const parts = taken.map((decky) => `${decky[field]} of ${decky.name} (held by ${holders.get(decky[field])})`)
  throw new DecnetError('ADDRESS_CONFLICT', `the fleet already uses ${list(parts)}`, {
    hint: 'choose other addresses, or leave them out and they are chosen for you',
  })
}

const SHOWN = 5

function list(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).join(', ')
  return items.length > SHOWN ? `${shown} and ${items.length - SHOWN} more` : shown
}

import type {LifecycleOperation} from './lifecycle.ts'
import type {EngineName} from './spec.ts'

export type Action =
  | 'network.create'
  | 'network.replace'
  | 'network.remove'
  | 'image.ensure'
  | 'image.remove'
  | 'decky.create'
  | 'decky.replace'
  | 'decky.restart'
  | 'decky.remove'

/** One change to the engine. Independent operations run in parallel. */
export interface Operation {
  /** Unique in the plan: `ACTION ADDRESS`. */
  readonly id: string
  /** `network`, `image` or `decky/NAME`; `ENGINE/…` where that is not the fleet's own. */
  readonly address: string
  /** Absent: the fleet's own. Another one is where the fleet was before. */
  readonly engine?: EngineName
  readonly action: Action
  /** The decky's name, null for network and image. */
  readonly decky: string | null
  /** Why, for a human: `services changed`, `not found` … */
  readonly cause: string
  /** Ids of operations that must have succeeded before. */
  readonly dependsOn: readonly string[]
  /** Whether it ends something that the user had: consent is asked for these. */
  readonly destructive: boolean
}

/** What happens to one decky, whatever number of operations that takes. */
export interface DeckyChange {
  readonly decky: string
  readonly operation: LifecycleOperation
  readonly cause: string
  readonly destructive: boolean
}

export interface PlanSummary {
  readonly create: number
  readonly replace: number
  readonly restart: number
  readonly remove: number
  readonly unchanged: number
}

/** What has to be done to make the engine agree with the desired fleet. Pure data; `planFleet` makes it. */
export interface Plan {
  readonly operations: readonly Operation[]
  /** One entry per decky in scope, sorted by name; `keep` for those that need nothing. */
  readonly changes: readonly DeckyChange[]
  /** Added to every port that the deckies bind; absent: 0. */
  readonly portOffset?: number
  /** Where the fleet is; absent: on Docker. */
  readonly engine?: EngineName
}

export function summarize(plan: Plan): PlanSummary {
  const count = (operation: LifecycleOperation) =>
    plan.changes.filter((change) => change.operation === operation).length
  return {
    create: count('create'),
    replace: count('replace'),
    restart: count('restart'),
    remove: count('remove'),
    unchanged: count('keep'),
  }
}

export function hasChanges(plan: Plan): boolean {
  return plan.operations.length > 0
}

export function isDestructive(plan: Plan): boolean {
  return plan.operations.some((operation) => operation.destructive)
}

const SYMBOLS: Readonly<Record<LifecycleOperation, string>> = {
  create: '  +',
  replace: '-/+',
  restart: '  ~',
  remove: '  -',
  keep: '   ',
}

/** What stands for a network and an image where there are neither. */
const EMBEDDED_WORDS: Readonly<Record<string, string>> = {network: 'loopback', image: 'process'}

/** The address of an operation in the words of its engine, for humans alone: documents keep the address itself. */
export function shownAddress({address, engine, decky}: Operation, plan: Plan): string {
  if (decky !== null || (engine ?? plan.engine) !== 'embedded') return address
  return address.replace(/[^/]+$/, (word) => EMBEDDED_WORDS[word] ?? word)
}

const RESOURCE_OPERATIONS: Partial<Readonly<Record<Action, LifecycleOperation>>> = {
  'network.create': 'create',
  'network.replace': 'replace',
  'network.remove': 'remove',
  'image.ensure': 'create',
  'image.remove': 'remove',
}

/** How the text of a plan is fitted to a terminal. */
export interface PlanTextLimits {
  /** Columns that an address may take. */
  readonly address: number
  readonly cut: (text: string, width: number) => string
}

/**
 * The canonical text of a plan: one line a change, in a fixed order, ASCII, without colour. The same plan gives the
 * same bytes; scripts and tests may compare them. With limits long addresses are cut, and it is canonical no more.
 */
export function planToText(plan: Plan, limits?: PlanTextLimits): string {
  const resources = plan.operations.flatMap((operation) => {
    const kind = RESOURCE_OPERATIONS[operation.action]
    return kind === undefined ? [] : [{kind, address: shownAddress(operation, plan), cause: ascii(operation.cause)}]
  })
  const deckies = plan.changes
    .filter(({operation}) => operation !== 'keep')
    .map(({operation, decky, cause}) => ({kind: operation, address: `decky/${ascii(decky)}`, cause: ascii(cause)}))
  const rows = [...resources, ...deckies]
  const longest = Math.max(0, ...rows.map(({address}) => address.length))
  const width = Math.min(longest, limits?.address ?? longest)
  const shown = (address: string) => (limits?.cut(address, width) ?? address).padEnd(width)
  const lines = rows.map(({kind, address, cause}) => `${SYMBOLS[kind]} ${shown(address)}  ${kind.padEnd(7)}  ${cause}`)
  if (plan.portOffset !== undefined) lines.push(`Ports are offset by ${plan.portOffset}.`)
  return `${[...lines, summaryLine(summarize(plan), rows.length > 0)].join('\n')}\n`
}

/** Causes quote engines, and through them what runs in a decky: no word of theirs may look like a line of ours. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

function summaryLine(summary: PlanSummary, anything: boolean): string {
  if (!anything) return `No changes: ${summary.unchanged} unchanged.`
  const {create, replace, restart, remove, unchanged} = summary
  return `Plan: ${create} to create, ${replace} to replace, ${restart} to restart, ${remove} to remove, ${unchanged} unchanged.`
}

/**
 * What was recorded of whom already. A walk through an agent is a thousand requests that say one thing: it is recorded
 * where it begins and for each further group of objects that it gets to, not for every step.
 */
import type {Endpoint} from '../../../events/event.ts'
import {arcsOf, compareArcs} from './mib/tree.ts'

/** When there are more, the one that was heard longest ago is forgotten, and recorded as new. */
const MAX_SOURCES = 512
/** Arcs that name a group of objects, e.g. `1.3.6.1.2.1.2`; below `enterprises` two more name somebody's product. */
const GROUP_ARCS = 7
const ENTERPRISES = '1.3.6.1.4.1.'
const ENTERPRISE_ARCS = 9
/** A walk that pauses for longer is another one. */
const WALK_MS = 60_000

interface Walk {
  /** Where its last GetNext or GetBulk ended. */
  readonly walkedTo: string | null
  readonly group: string
  readonly at: number
}

/** Communities of one source that are remembered as recorded. */
const MAX_CREDENTIALS = 8

export class Sources {
  readonly #credentials = new Map<string, Set<string>>()
  readonly #walks = new Map<string, Walk>()

  /** Whether this use of a right credential is the source's first. */
  isFirstUse(ip: string, credential: string): boolean {
    const credentials = this.#credentials.get(ip) ?? new Set()
    remember(this.#credentials, ip, credentials)
    if (credentials.has(credential)) return false
    if (credentials.size < MAX_CREDENTIALS) credentials.add(credential)
    return true
  }

  /** Whether a step from one name to another only goes on with what was recorded. Walks side by side have ports of their own. */
  continues({ip, port}: Endpoint, step: {from: string; to: string | null; now: number}): boolean {
    const source = `${ip}:${port}`
    const before = this.#walks.get(source)
    const group = groupOf(step.to ?? step.from)
    remember(this.#walks, source, {walkedTo: step.to, group, at: step.now})
    if (before === undefined || before.walkedTo === null || step.now - before.at > WALK_MS) return false
    return before.group === group && compareArcs(arcsOf(step.from), arcsOf(before.walkedTo)) === 0
  }
}

function remember<T>(known: Map<string, T>, source: string, value: T): void {
  known.delete(source)
  known.set(source, value)
  for (const oldest of known.keys()) {
    if (known.size <= MAX_SOURCES) break
    known.delete(oldest)
  }
}

export function groupOf(oid: string): string {
  const arcs = oid.split('.')
  return arcs.slice(0, oid.startsWith(ENTERPRISES) ? ENTERPRISE_ARCS : GROUP_ARCS).join('.')
}

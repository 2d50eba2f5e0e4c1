/** The variables of an agent in lexicographic order of their names (RFC 3416 §4.2.2). */
import type {Value} from '../wire/values.ts'

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Milliseconds since the agent's machine booted. */
  readonly uptime: number
}

export type Read = (clock: Clock) => Value

export interface Variable {
  readonly oid: string
  readonly arcs: readonly number[]
  /** How many of the arcs name the object; the rest is the instance. */
  readonly object: number
  readonly read: Read
  /** With the write community it takes any value of its own type. */
  readonly writable: boolean
}

export const arcsOf = (oid: string): number[] => oid.split('.').map(Number)

export function compareArcs(one: readonly number[], other: readonly number[]): number {
  const shared = Math.min(one.length, other.length)
  for (let at = 0; at < shared; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

/** Merges runs that are in order already, so a list that was sorted costs little to sort again with some more behind it. */
export const inOrder = (variables: readonly Variable[]): Variable[] =>
  variables.toSorted((one, other) => compareArcs(one.arcs, other.arcs))

const startsWith = (arcs: readonly number[], prefix: readonly number[]): boolean =>
  prefix.length <= arcs.length && prefix.every((arc, at) => arcs[at] === arc)

export class Mib {
  readonly #variables: readonly Variable[]

  constructor(variables: readonly Variable[]) {
    this.#variables = inOrder(variables)
  }

  get size(): number {
    return this.#variables.length
  }

  get(oid: string): Variable | null {
    const arcs = arcsOf(oid)
    const found = this.#variables[this.#position(arcs)]
    return found !== undefined && compareArcs(found.arcs, arcs) === 0 ? found : null
  }

  /** The first variable behind a name, which need not be one itself; null at the end of the view. */
  next(oid: string): Variable | null {
    const arcs = arcsOf(oid)
    const at = this.#position(arcs)
    const found = this.#variables[at]
    const behind = found !== undefined && compareArcs(found.arcs, arcs) === 0 ? this.#variables[at + 1] : found
    return behind ?? null
  }

  /** Whether there is the object of which this name would be an instance. */
  hasObject(oid: string): boolean {
    const arcs = arcsOf(oid)
    const at = this.#position(arcs)
    return [this.#variables[at - 1], this.#variables[at]].some(
      (near) => near !== undefined && startsWith(arcs, near.arcs.slice(0, near.object)),
    )
  }

  /** Index of the first variable that is not before the name. */
  #position(arcs: readonly number[]): number {
    let [low, high] = [0, this.#variables.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const variable = this.#variables[middle]
      if (variable !== undefined && compareArcs(variable.arcs, arcs) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

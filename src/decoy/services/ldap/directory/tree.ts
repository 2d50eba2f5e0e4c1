/** The entries of a directory, and searches over them. */
import type {Filter} from '../wire/filter.ts'
import {SCOPE} from '../wire/operations.ts'
import {dnKey, keyOf, parseDn} from './dn.ts'
import {matches} from './match.ts'

export type Value = string | Buffer

export interface Attribute {
  readonly name: string
  readonly values: readonly Value[]
  /** Shown to those only who ask for it. */
  readonly operational?: boolean
}

/** An entry with its attributes in the order in which they are shown. */
export class Entry {
  readonly dn: string
  readonly key: string
  readonly attributes: readonly Attribute[]
  readonly #byName: ReadonlyMap<string, Attribute>

  constructor(dn: string, attributes: readonly Attribute[]) {
    this.dn = dn
    this.key = keyOf(dn)
    this.attributes = attributes
    this.#byName = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]))
  }

  /** By name in whatever case. */
  get(name: string): Attribute | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  text(name: string): string | undefined {
    const value = this.get(name)?.values[0]
    return value === undefined ? undefined : value.toString()
  }
}

export class Tree {
  readonly entries: readonly Entry[]
  readonly #byKey: ReadonlyMap<string, Entry>

  constructor(entries: readonly Entry[]) {
    this.entries = entries
    this.#byKey = new Map(entries.map((entry) => [entry.key, entry]))
  }

  find(dn: string): Entry | undefined {
    return this.#byKey.get(keyOf(dn))
  }

  /** The entry, or the nearest that is above it; undefined where not even its suffix is here. */
  nearest(dn: string): Entry | undefined {
    const parts = parseDn(dn) ?? []
    for (let skip = 0; skip < parts.length; skip++) {
      const found = this.#byKey.get(dnKey(parts.slice(skip)))
      if (found !== undefined) return found
    }
    return undefined
  }

  /** `base` is the DN of an entry, or empty: everything there is. */
  search(base: string, scope: number, filter: Filter): Entry[] {
    const key = keyOf(base)
    const suffix = key === '' ? '' : `,${key}`
    return this.entries.filter((entry) => inScope(entry.key, key, suffix, scope) && matches(filter, entry, this))
  }
}

function inScope(key: string, base: string, suffix: string, scope: number): boolean {
  if (scope === SCOPE.BASE) return key === base
  const below = key.endsWith(suffix) && key !== base
  if (scope !== SCOPE.ONE) return below || key === base
  return below && (parseDn(key.slice(0, key.length - suffix.length)) ?? []).length === 1
}

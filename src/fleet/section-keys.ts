import {accept, type Decoded, type Refusal, refuse} from './decoded.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceEntry, SourceSection} from './fleet-source.ts'
import type {SectionDefinition} from './keys.ts'
import {quote} from './quote.ts'
import {trimBlanks} from './source-value.ts'
import {didYouMean} from './suggest.ts'

/** Far more than any decky offers; a longer list is a slip. */
const MAX_ITEMS = 100

/** One item of a comma-separated value. */
export interface Item<T> {
  readonly value: T
  readonly place: Place
}

const EMPTY_ITEM = refuse('empty-item', 'the list has an empty item', 'remove the extra comma')

/**
 * A section seen through its table of keys. Reports unknown keys and two spellings of one key when it is made, and a
 * value that is refused when it is read.
 */
export class SectionKeys<Key extends string> {
  readonly #entries = new Map<Key, SourceEntry>()
  readonly #definition: SectionDefinition<Key>
  readonly #diagnostics: Diagnostics

  /** `elsewhere` says where else in the file a key that is unknown here would be right. */
  constructor(
    section: SourceSection,
    definition: SectionDefinition<Key>,
    diagnostics: Diagnostics,
    elsewhere: (key: string) => string | undefined,
  ) {
    this.#definition = definition
    this.#diagnostics = diagnostics
    const names = new Map(
      definition.keys.flatMap(({name, aliases = []}) => [name, ...aliases].map((alias) => [alias, name])),
    )
    for (const entry of section.entries.values()) {
      const name = names.get(entry.key)
      if (name === undefined) this.#reportUnknown(entry, elsewhere(entry.key))
      else this.#add(name, entry)
    }
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** The entry as it stands, unless its line was reported as unreadable. */
  entry(key: Key): SourceEntry | undefined {
    const entry = this.#entries.get(key)
    return entry?.damaged === true ? undefined : entry
  }

  /** The decoded value; undefined where the key is absent or its value was reported. */
  read<T>(key: Key, decode: (value: string, entry: SourceEntry) => Decoded<T>): T | undefined {
    const entry = this.entry(key)
    if (entry === undefined) return undefined
    if (entry.value.trim() === '') {
      const example = this.#definition.keys.find(({name}) => name === key)?.example
      const hint = `give it a value, e.g. ${entry.key} = ${example}, or remove the line`
      this.#diagnostics.error('empty-value', `${entry.key} has no value`, entry.keyPlace, hint)
      return undefined
    }
    const decoded = decode(entry.value, entry)
    if (decoded.ok) return decoded.value
    this.#refuse(entry, decoded, 0)
    return undefined
  }

  /** The items of a comma-separated value; undefined where the key is absent or any item was reported. */
  readList<T>(key: Key, decode: (item: string) => Decoded<T>): readonly Item<T>[] | undefined {
    return this.read(key, (value, entry) => {
      const parts = value.split(',')
      if (parts.length > MAX_ITEMS) {
        return refuse('too-many-items', `the list has ${parts.length} items`, `at most ${MAX_ITEMS}`)
      }
      return accept(this.#items(entry, parts, decode))
    })
  }

  #items<T>(entry: SourceEntry, parts: readonly string[], decode: (item: string) => Decoded<T>): Item<T>[] | undefined {
    const items: Item<T>[] = []
    let offset = 0
    for (const part of parts) {
      const {start, end} = trimBlanks(part)
      const decoded = start === end ? EMPTY_ITEM : decode(part.slice(start, end))
      if (decoded.ok) items.push({value: decoded.value, place: placeWithin(entry, offset + start)})
      else this.#refuse(entry, decoded, offset + start)
      offset += part.length + 1
    }
    return items.length === parts.length ? items : undefined
  }

  #refuse(entry: SourceEntry, refusal: Refusal, offset: number): void {
    const place = placeWithin(entry, offset + refusal.offset)
    this.#diagnostics.error(refusal.code, refusal.summary, place, refusal.hint)
  }

  #add(name: Key, entry: SourceEntry): void {
    const first = this.#entries.get(name)
    if (first === undefined) {
      this.#entries.set(name, entry)
      return
    }
    const lines = `lines ${first.keyPlace.line} and ${entry.keyPlace.line}`
    const summary = `${entry.key} and ${first.key} are the same key: ${lines}`
    this.#diagnostics.error('duplicate-key', summary, entry.keyPlace, 'keep one of them')
  }

  #reportUnknown(entry: SourceEntry, elsewhere: string | undefined): void {
    const {header, keys} = this.#definition
    const meant = keys.find(({mistakenAs = []}) => mistakenAs.includes(entry.key))?.name
    const names = keys.map(({name}) => name)
    const hint = elsewhere ?? (meant === undefined ? didYouMean(entry.key, names) : `did you mean ${quote(meant)}?`)
    const where = header === '[NAME]' ? 'a decky' : header
    this.#diagnostics.error('unknown-key', `${quote(entry.key)} is no key of ${where}`, entry.keyPlace, hint)
  }
}

function placeWithin(entry: SourceEntry, offset: number): Place {
  return {...entry.valuePlace, column: entry.valuePlace.column + offset}
}

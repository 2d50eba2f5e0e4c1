/** The honey credentials of a Windows service: names compare without case, and their domain does not matter. */
import type {OptionValues} from './definition.ts'

export class HoneyUsers {
  readonly #passwords = new Map<string, string[]>()

  /** Of `name:password` entries. */
  constructor(users: OptionValues[string] | undefined) {
    for (const entry of Array.isArray(users) ? users : []) {
      const colon = entry.indexOf(':')
      const name = entry.slice(0, colon).toLowerCase()
      this.#passwords.set(name, [...(this.#passwords.get(name) ?? []), entry.slice(colon + 1)])
    }
  }

  /** The passwords with which somebody of that name gets in; a `user@domain` counts as `user`. */
  readonly passwords = (name: string): readonly string[] =>
    this.#passwords.get((name.split('@', 1)[0] ?? '').toLowerCase()) ?? []
}

/** Honey credentials, the same in every service: the option `users`. */
import type {OptionValues} from './definition.ts'

/** The `name:password` entries of a fleet file, split; a password may have colons of its own. */
export function honeyPairs(users: OptionValues[string] | undefined): (readonly [name: string, password: string])[] {
  const entries: readonly string[] = Array.isArray(users) ? users : []
  return entries.map((entry) => {
    const colon = entry.indexOf(':')
    return [entry.slice(0, colon), entry.slice(colon + 1)]
  })
}

/** Passwords as the bytes that clients send, by name; of two entries with one name the later counts. */
export function honeyBytes(users: OptionValues[string] | undefined): Map<string, Buffer> {
  return new Map(honeyPairs(users).map(([name, password]) => [name, Buffer.from(password, 'utf8')]))
}

/** The honey credentials of a Windows service: names compare without case, and their domain does not matter. */
export class HoneyUsers {
  readonly #passwords = new Map<string, string[]>()

  /** Of `name:password` entries. */
  constructor(users: OptionValues[string] | undefined) {
    for (const [written, password] of honeyPairs(users)) {
      const name = written.toLowerCase()
      this.#passwords.set(name, [...(this.#passwords.get(name) ?? []), password])
    }
  }

  /** The passwords with which somebody of that name gets in; a `user@domain` counts as `user`. */
  readonly passwords = (name: string): readonly string[] =>
    this.#passwords.get((name.split('@', 1)[0] ?? '').toLowerCase()) ?? []
}

import type {OptionValues} from '../../../definition.ts'
import {honeyPairs} from '../../../honey-users.ts'
import type {NameAndPassword, Verify} from './credentials.ts'

/** The credentials of the fleet file with which signing in succeeds. Text is latin1: one character a byte. */
export class HoneyCredentials {
  readonly #known = new Map<string, Set<string>>()

  /** Of `name:password` entries. */
  constructor(users: OptionValues[string] | undefined) {
    for (const [written, password] of honeyPairs(users)) {
      const name = latin1(written)
      this.#known.set(name, (this.#known.get(name) ?? new Set()).add(latin1(password)))
    }
  }

  readonly verify: Verify = ({name, password}: NameAndPassword) => this.#known.get(name)?.has(password) === true

  passwords(name: string): readonly string[] {
    return [...(this.#known.get(name) ?? [])]
  }

  /** Unicode text, and names compared as Windows compares them. */
  windowsPasswords(name: string): readonly string[] {
    return [...this.#known]
      .filter(([known]) => text(known).toLowerCase() === name.toLowerCase())
      .flatMap(([, passwords]) => [...passwords].map(text))
  }
}

const latin1 = (value: string): string => Buffer.from(value, 'utf8').toString('latin1')
const text = (value: string): string => Buffer.from(value, 'latin1').toString('utf8')

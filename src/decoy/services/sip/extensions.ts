/** The extensions of a telephone system: a range of numbers, and those that the fleet file names. */
import type {OptionValues} from '../../definition.ts'
import {honeyPairs} from '../../honey-users.ts'
import type {Persona} from '../../persona.ts'

/** Where offices begin to count. */
const FIRST = [100, 200, 300, 1000, 2000, 6000]
/** Of a range that is written down. */
const MOST = 1000

export class Extensions {
  readonly #names: ReadonlySet<string>
  readonly #passwords: ReadonlyMap<string, readonly string[]>

  constructor(persona: Persona, options: OptionValues) {
    const honey = honeyPairs(options.users)
    const listed: readonly string[] = Array.isArray(options.extensions) ? options.extensions : []
    const names = listed.length > 0 ? listed.flatMap(expand) : usual(persona)
    this.#names = new Set([...names, ...honey.map(([name]) => name)])
    this.#passwords = new Map(
      [...Map.groupBy(honey, ([name]) => name)].map(([name, pairs]) => [name, pairs.map(([, password]) => password)]),
    )
  }

  exists(name: string): boolean {
    return this.#names.has(name)
  }

  /** The passwords with which somebody of that name registers. */
  passwords(name: string): readonly string[] {
    return this.#passwords.get(name) ?? []
  }
}

function usual(persona: Persona): string[] {
  const first = persona.pick('sip first extension', FIRST)
  const numbers = Array.from({length: persona.integer('sip extensions', 8, 30)}, (_, index) => first + 1 + index)
  // Somebody left, and nobody filled the gap.
  return numbers.filter((number) => persona.integer(`sip extension ${number}`, 0, 9) > 0).map(String)
}

function expand(text: string): string[] {
  const [, from, to] = /^(\d{2,6})-(\d{2,6})$/.exec(text) ?? []
  if (from === undefined || to === undefined) return [text]
  const count = Math.min(MOST, Number(to) - Number(from) + 1)
  return Array.from({length: Math.max(0, count)}, (_, index) => String(Number(from) + index))
}

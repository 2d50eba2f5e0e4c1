/** Numbers that look random and are the same again for the same seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number; both ends are possible. */
  between(least: number, most: number): number {
    return least + (this.#next() % (most - least + 1))
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    const [picked] = this.sample(list, 1)
    if (picked === undefined) throw new RangeError('nothing to pick from')
    return picked
  }

  /** Up to `count` items, none twice, in random order. */
  sample<T>(list: readonly T[], count: number): T[] {
    const rest = [...list]
    const size = Math.min(Math.max(0, count), rest.length)
    return Array.from({length: size}, () => rest.splice(this.between(0, rest.length - 1), 1)).flat()
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** `DECNET_SEED` to repeat a run, else another seed each time. */
export function seedOfRun(): number {
  const given = process.env.DECNET_SEED
  if (given === undefined || given === '') return Math.floor(Math.random() * 2 ** 31)
  const seed = Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`DECNET_SEED="${given}" is no whole number`)
  return seed
}

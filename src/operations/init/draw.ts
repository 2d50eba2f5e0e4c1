import {createHash, randomInt} from 'node:crypto'

const SEED_LIMIT = 2 ** 32

/** A seed where the user gave none: it is written into the file, so that the file can be made again. */
export function newSeed(): string {
  return String(randomInt(SEED_LIMIT))
}

/** Choices that are the same again for the same seed and purpose, whatever else is drawn. */
export class Draw {
  readonly #seed: string

  constructor(seed: string) {
    this.#seed = seed
  }

  /** A whole number in [0, bound), bound ≤ 2^40. */
  below(bound: number, purpose: string): number {
    return this.bytes(5, purpose).readUIntBE(0, 5) % bound
  }

  /** Throws RangeError for an empty list. */
  pick<T>(list: readonly T[], purpose: string): T {
    const [picked] = list.slice(this.below(Math.max(1, list.length), purpose))
    if (picked === undefined) throw new RangeError('nothing to pick from')
    return picked
  }

  /** All items in another order. */
  shuffle<T>(list: readonly T[], purpose: string): T[] {
    const keyed = list.map((item, index) => ({item, key: this.below(2 ** 40, `${purpose}/${index}`)}))
    return keyed.toSorted((a, b) => a.key - b.key).map(({item}) => item)
  }

  /** `size` ≤ 32 bytes. */
  bytes(size: number, purpose: string): Buffer {
    return createHash('sha256').update(`${this.#seed}\0${purpose}`).digest().subarray(0, size)
  }
}

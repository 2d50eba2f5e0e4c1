/** Stable pseudo-random choices from one seed. */
import {createHmac, createSecretKey, type KeyObject} from 'node:crypto'

export class Seeded {
  readonly #seed: KeyObject

  /** 32 bytes, hex. */
  constructor(seed: string) {
    this.#seed = createSecretKey(seed, 'hex')
  }

  /** Stable pseudo-random bytes for a purpose (`HMAC-SHA-256` in counter mode): the same for the life of the seed. */
  bytes(purpose: string, size: number): Buffer {
    const blocks: Buffer[] = []
    for (let length = 0, counter = 0; length < size; length += 32, counter++) {
      blocks.push(createHmac('sha256', this.#seed).update(`${purpose}\0${counter}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, size)
  }

  /** A stable whole number in [min, max]. */
  integer(purpose: string, min: number, max: number): number {
    return min + (this.bytes(purpose, 6).readUIntBE(0, 6) % (max - min + 1))
  }

  /** A stable choice. */
  pick<T>(purpose: string, list: readonly T[]): T {
    const chosen = list[this.integer(purpose, 0, list.length - 1)]
    if (chosen === undefined) throw new RangeError(`nothing to pick from for ${purpose}`)
    return chosen
  }
}

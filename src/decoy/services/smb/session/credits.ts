/** How many requests a client may have under way (MS-SMB2 §3.3.1.2). */
import type {RequestHeader} from '../wire/header.ts'

/**
 * The most of one connection. A request of more than 64 KiB costs one for each of them, so that this also bounds the
 * largest message there can be.
 */
export const MAX_CREDITS = 32

export class Credits {
  /** A connection begins with one. */
  #held = 1

  /** Takes what a request cost, and returns what its reply grants. */
  settle({creditCharge, credits}: Pick<RequestHeader, 'creditCharge' | 'credits'>): number {
    this.#held = Math.max(0, this.#held - Math.max(1, creditCharge))
    const granted = Math.min(Math.max(1, credits), MAX_CREDITS - this.#held)
    this.#held += granted
    return granted
  }
}

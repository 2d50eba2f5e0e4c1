/** `incr` and `decr`, in all three protocols. */
import type {Item} from './item.ts'
import {unsigned64} from './numbers.ts'
import {fresh, type Store} from './store.ts'

/** A number that a client may count with has no more digits. */
const MAX_DIGITS = 20
const MODULUS = 1n << 64n

/** Null: the value is no number. */
export function counted(store: Store, item: Item, delta: bigint, down: boolean, now: number): bigint | null {
  if (item.data.length > MAX_DIGITS) return null
  const value = unsigned64(item.data.toString('latin1'))
  if (value === null) return null
  const result = down ? (delta > value ? 0n : value - delta) : (value + delta) % MODULUS
  // A shorter number is written over the one before, and the rest filled with spaces.
  const digits = String(result).padEnd(down || result < value ? item.data.length : 0, ' ')
  const changed = {...fresh(item.key, item.flags, Buffer.from(digits), item.expiresAt, now), fetched: item.fetched}
  store.put({...changed, binaryKey: item.binaryKey, cas: store.nextCas()}, now)
  return result
}

/** How an item is stored, in all three protocols. */
import type {Cache} from './cache.ts'
import {type Item, itemSize, MAX_ITEM} from './item.ts'
import {NO_MEMORY, type Outcome, TOO_LARGE} from './reply.ts'

export type StoreMode = 'set' | 'add' | 'replace' | 'append' | 'prepend' | 'cas'

/** Bytes of one value that are kept; for more there is no memory. */
export const MAX_VALUE = 64 * 1024
/** What was there before is gone as well: it would be an old value. */
export function tooLarge(cache: Cache, item: Item, size: number, now: number): Outcome | null {
  const large = itemSize(item) + size > MAX_ITEM
  if (!large && size <= MAX_VALUE) return null
  if (large) cache.count('store_too_large')
  cache.store(now).delete(item.key, now)
  return {...(large ? TOO_LARGE : NO_MEMORY), swallow: size + 2}
}

export function stored(cache: Cache, item: Item, mode: StoreMode, unique: bigint, now: number): string {
  const store = cache.store(now)
  const before = store.get(item.key, now)
  cache.count('cmd_set')
  const refusal = refusalOf(cache, before, mode, unique)
  if (refusal !== null) return refusal
  const joined = before !== null && (mode === 'append' || mode === 'prepend')
  const whole = joined ? join(before, item.data, mode === 'append') : item
  if (whole.data.length > MAX_VALUE) return 'SERVER_ERROR out of memory storing object'
  cache.count('total_items')
  store.put({...whole, cas: store.nextCas()}, now)
  return 'STORED'
}

function refusalOf(cache: Cache, before: Item | null, mode: StoreMode, unique: bigint): string | null {
  switch (mode) {
    case 'set':
      return null
    case 'add':
      return before === null ? null : 'NOT_STORED'
    case 'cas':
      if (before === null) {
        cache.count('cas_misses')
        return 'NOT_FOUND'
      }
      cache.count(before.cas === unique ? 'cas_hits' : 'cas_badval')
      return before.cas === unique ? null : 'EXISTS'
    default:
      return before === null ? 'NOT_STORED' : null
  }
}

/** Its flags and its time stay. */
function join(before: Item, value: Buffer, behind: boolean): Item {
  return {...before, data: Buffer.concat(behind ? [before.data, value] : [value, before.data])}
}

/** Somebody read it. */
export function read(item: Item, now: number): void {
  item.fetched = true
  item.accessedAt = now
}

/** An item and what the cache counts of it. */

export interface Item {
  /** Latin-1: one character a byte. */
  readonly key: string
  /** The key was sent in base64 and is shown so. */
  readonly binaryKey: boolean
  flags: number
  data: Buffer
  /** Seconds since the epoch; 0: never. */
  expiresAt: number
  cas: bigint
  /** Seconds since the epoch. */
  readonly writtenAt: number
  accessedAt: number
  fetched: boolean
  /** Marked by a meta delete: whoever asks first is told to make it anew. */
  stale: boolean
  /** Somebody was told to. */
  won: boolean
}

export const MAX_KEY = 250
/** `item_size_max`, with what an item takes besides its value. */
export const MAX_ITEM = 1_048_576
/** What an item takes besides key and value: its header and the number for CAS. */
const HEADER = 48
const CAS = 8
/** Sizes of chunks grow by this from one class to the next, in steps of eight. */
const GROWTH = 1.25
const FIRST_CHUNK = 96
const PAGE = 1_048_576
const LARGEST_CHUNK = 524_288

export interface SlabClass {
  readonly id: number
  readonly chunk: number
  readonly perPage: number
}

export const SLAB_CLASSES: readonly SlabClass[] = slabClasses()

function slabClasses(): SlabClass[] {
  const classes: SlabClass[] = []
  let chunk = FIRST_CHUNK
  while (chunk < LARGEST_CHUNK / GROWTH) {
    classes.push({id: classes.length + 1, chunk, perPage: Math.floor(PAGE / chunk)})
    chunk = 8 * Math.ceil(Math.floor(chunk * GROWTH) / 8)
  }
  classes.push({id: classes.length + 1, chunk: LARGEST_CHUNK, perPage: PAGE / LARGEST_CHUNK})
  return classes
}

/** Bytes that an item takes. */
export function itemSize(item: Pick<Item, 'key' | 'flags' | 'data'>): number {
  return HEADER + CAS + item.key.length + 1 + (item.flags === 0 ? 0 : 4) + item.data.length + 2
}

/** Larger items are made of several of the largest chunks. */
export function slabOf(item: Pick<Item, 'key' | 'flags' | 'data'>): number {
  const size = itemSize(item)
  return SLAB_CLASSES.find(({chunk}) => size <= chunk)?.id ?? SLAB_CLASSES.length
}

const MONTH_S = 60 * 60 * 24 * 30

/** What a client's expiry means, in seconds since the epoch; 0: never. Negative and past ones are over at once. */
export function expiry(given: number, now: number): number {
  const time = given | 0
  if (time === 0) return 0
  if (time < 0) return 1
  return time <= MONTH_S ? now + time : time
}

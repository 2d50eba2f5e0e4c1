/** Sets of messages (RFC 3501, sequence-set): `1`, `2:4`, `*`, `5:*`, separated by commas; `$` is what was searched last. */
import type {Folder, Message} from '../../mailbox/folder.ts'

export interface Range {
  readonly from: number
  readonly to: number
}

const MAX_RANGES = 1000
const LARGEST = 0xffff_ffff

/** Null: it is none. `*` is the largest number there is. */
function parseSet(text: string, largest: number): readonly Range[] | null {
  const parts = text.split(',', MAX_RANGES + 1)
  if (parts.length > MAX_RANGES) return null
  const ranges: Range[] = []
  for (const part of parts) {
    const match = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(part)
    if (match === null) return null
    const [first, second] = [numberOf(match[1], largest), numberOf(match[2] ?? match[1], largest)]
    if (first === null || second === null) return null
    ranges.push({from: Math.min(first, second), to: Math.max(first, second)})
  }
  return ranges
}

function numberOf(text: string | undefined, largest: number): number | null {
  if (text === '*') return largest
  const value = Number(text)
  return value >= 1 && value <= LARGEST ? value : null
}

/** Messages by their places in the folder; null: no such set, or there is no such message. */
export function bySequence(folder: Folder, text: string): Message[] | null {
  const {messages} = folder
  const ranges = messages.length === 0 && text.includes('*') ? null : parseSet(text, messages.length)
  if (ranges === null || ranges.some(({to}) => to > messages.length)) return null
  return messages.filter((_, index) => within(ranges, index + 1))
}

/** Messages by their unique numbers; null: no such set. Numbers that nobody has do not matter. */
export function byUid(folder: Folder, text: string): Message[] | null {
  const ranges = parseSet(text, folder.messages.at(-1)?.uid ?? folder.uidNext)
  return ranges === null ? null : folder.messages.filter(({uid}) => within(ranges, uid))
}

/** As a search takes it: places that nobody has do not matter. */
export function searchSet(text: string, largest: number): readonly Range[] | null {
  return parseSet(text, largest)
}

export function within(ranges: readonly Range[], value: number): boolean {
  return ranges.some(({from, to}) => value >= from && value <= to)
}

/** Numbers in ascending order, as short as they can be written. */
export function shownSet(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < numbers.length; ) {
    let end = at
    while (numbers[end + 1] === (numbers[end] ?? 0) + 1) end++
    parts.push(end === at ? String(numbers[at]) : `${numbers[at]}:${numbers[end]}`)
    at = end + 1
  }
  return parts.join(',')
}

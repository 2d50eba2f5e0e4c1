import {type ByteRange, bytesOf, multipart, parseRanges, satisfiable} from '../site/range.ts'
import type {Document} from '../site/site.ts'

type Chosen = ByteRange | {readonly multipart: Buffer; readonly type: string}

/**
 * What Apache makes of a Range header: a malformed one does not count, neighbours that overlap become one, and a sum
 * that is no saving is not sent in parts.
 */
export function apacheRanges(
  value: string,
  document: Document,
  type: string,
  boundary: string,
): Chosen | 'unsatisfiable' | null {
  const parsed = parseRanges(value, document.body.length)
  if (parsed === null || parsed.reversed) return null
  const ranges = satisfiable(parsed.ranges)
  if (ranges.length === 0) return 'unsatisfiable'
  const merged = mergeNeighbours(ranges)
  const [only, second] = merged
  if (only === undefined) return null
  if (second === undefined) return only
  if (bytesOf(merged) > document.body.length) return null
  return {
    multipart: multipart(document, merged, boundary, ['Content-type', type]),
    type: `multipart/byteranges; boundary=${boundary}`,
  }
}

function mergeNeighbours(ranges: readonly ByteRange[]): ByteRange[] {
  const merged: ByteRange[] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last !== undefined && range.first <= last.last + 1 && range.last >= last.first - 1) {
      merged[merged.length - 1] = {first: Math.min(last.first, range.first), last: Math.max(last.last, range.last)}
    } else merged.push(range)
  }
  return merged
}

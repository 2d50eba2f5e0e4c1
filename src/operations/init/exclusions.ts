import type {AddressRange, Subnet} from '../../fleet/ipv4.ts'

/**
 * The ranges, merged and cut to the subnet, at most `limit` ≥ 1: the nearest ones are joined, with the free addresses
 * between them, until few enough are left.
 */
export function mergeRanges(all: Iterable<AddressRange>, net: Subnet, limit: number): AddressRange[] {
  const sorted = [...all]
    .map(({first, last}) => ({first: Math.max(first, net.first), last: Math.min(last, net.last)}))
    .filter(({first, last}) => first <= last)
    .toSorted((a, b) => a.first - b.first)
  const ranges: {first: number; last: number}[] = []
  for (const {first, last} of sorted) {
    const open = ranges.at(-1)
    if (open !== undefined && first <= open.last + 1) open.last = Math.max(open.last, last)
    else ranges.push({first, last})
  }
  if (ranges.length <= limit) return ranges
  // The widest gaps are the ones to keep: one less than there are ranges.
  const gaps = ranges.slice(1).map((range, index) => ({index, width: range.first - (ranges[index]?.last ?? 0)}))
  const kept = gaps.toSorted((a, b) => b.width - a.width || a.index - b.index).slice(0, limit - 1)
  const ends = new Set(kept.map(({index}) => index))
  const joined: AddressRange[] = []
  let first = ranges[0]?.first ?? 0
  for (const [index, {last}] of ranges.entries()) {
    if (!ends.has(index) && index < ranges.length - 1) continue
    joined.push({first, last})
    first = ranges[index + 1]?.first ?? 0
  }
  return joined
}

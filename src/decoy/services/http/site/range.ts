/** Byte ranges, RFC 9110 §14: `bytes=` 1#( first-pos "-" [ last-pos ] / "-" suffix-length ). */
import type {Document} from './site.ts'

export interface ByteRange {
  readonly first: number
  /** Inclusive. */
  readonly last: number
}

/** `last < first` where an item is beyond the document, or was written so. */
export interface ParsedRanges {
  readonly ranges: readonly ByteRange[]
  /** An item named its last byte before its first: RFC 9110 calls that invalid. */
  readonly reversed: boolean
}

/** More items than any client needs; a list beyond is not looked at (CVE-2011-3192). */
const ITEMS_LIMIT = 200
const ITEM = /^(\d{0,15})[ \t]*-[ \t]*(\d{0,15})$/

/** Null: another unit, or not well-formed. */
export function parseRanges(value: string, size: number): ParsedRanges | null {
  if (!/^bytes=/i.test(value)) return null
  const items = value.slice('bytes='.length).split(',', ITEMS_LIMIT + 1)
  if (items.length > ITEMS_LIMIT) return null
  const ranges: ByteRange[] = []
  let reversed = false
  for (const item of items) {
    const [, first = '', last = ''] = ITEM.exec(item.trim()) ?? []
    if (first === '' && last === '') return null
    if (first !== '' && last !== '' && Number(last) < Number(first)) reversed = true
    ranges.push(resolve(first, last, size))
  }
  return {ranges, reversed}
}

function resolve(first: string, last: string, size: number): ByteRange {
  if (first === '') return {first: Math.max(0, size - Number(last)), last: size - 1}
  return {first: Number(first), last: last === '' ? size - 1 : Math.min(size - 1, Number(last))}
}

export const satisfiable = (ranges: readonly ByteRange[]): ByteRange[] =>
  ranges.filter((range) => range.first <= range.last)

export const bytesOf = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, range) => sum + range.last - range.first + 1, 0)

export const slice = (document: Document, range: ByteRange): Buffer =>
  document.body.subarray(range.first, range.last + 1)

export const contentRange = (range: ByteRange, size: number): string => `bytes ${range.first}-${range.last}/${size}`

/** A `multipart/byteranges` body (RFC 9110 §14.6); the case of the part's headers is the product's. */
export function multipart(
  document: Document,
  ranges: readonly ByteRange[],
  boundary: string,
  [name, type]: readonly [name: 'Content-Type' | 'Content-type', type: string],
): Buffer {
  const size = document.body.length
  const rangeName = name === 'Content-Type' ? 'Content-Range' : 'Content-range'
  const parts = ranges.flatMap((range) => {
    const head = `\r\n--${boundary}\r\n${name}: ${type}\r\n${rangeName}: ${contentRange(range, size)}\r\n\r\n`
    return [Buffer.from(head, 'latin1'), slice(document, range)]
  })
  return Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')])
}

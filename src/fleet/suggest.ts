import {quote} from './quote.ts'

/** Longer words are no slips of the finger; comparing them would only cost time. */
const LONGEST_WORD = 64
const LISTED = 40

/** The candidate that the writer probably meant: a third of the word may be wrong, at most 3 characters. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > LONGEST_WORD) return undefined
  const wanted = normalized(word)
  let allowed = Math.min(3, Math.max(1, Math.floor(word.length / 3)))
  let best: string | undefined
  for (const candidate of candidates) {
    const distance = editDistance(wanted, normalized(candidate), allowed)
    if (distance > allowed) continue
    if (distance === 0) return candidate
    best = candidate
    allowed = distance - 1
  }
  return best
}

/** A hint: the nearest candidate, else what there is to choose from. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const names = [...candidates]
  const nearest = suggest(word, names)
  if (nearest !== undefined) return `did you mean ${quote(nearest)}?`
  if (names.length === 0) return 'there is nothing to choose from'
  const rest = names.length > LISTED ? `, and ${names.length - LISTED} more` : ''
  return `choose from: ${names.slice(0, LISTED).join(', ')}${rest}`
}

function normalized(word: string): string {
  return word.toLowerCase().replaceAll('_', '-')
}

/**
 * Levenshtein distance; any number above `limit` once it is certain to be exceeded. Only cells at most `limit` beside
 * the diagonal can hold less, so only those are computed: a file of many misspelt names must not cost more than it.
 */
export function editDistance(a: string, b: string, limit: number): number {
  const exceeded = limit + 1
  if (Math.abs(a.length - b.length) > limit) return exceeded
  let previous = Array.from({length: b.length + 1}, (_, column) => Math.min(column, exceeded))
  let current: number[] = new Array(b.length + 1).fill(exceeded)
  for (let row = 1; row <= a.length; row++) {
    const from = Math.max(1, row - limit)
    const to = Math.min(b.length, row + limit)
    let left = from === 1 ? row : exceeded
    let smallest = left
    current[from - 1] = left
    for (let column = from; column <= to; column++) {
      const substitution = (previous[column - 1] ?? exceeded) + (a[row - 1] === b[column - 1] ? 0 : 1)
      left = Math.min(substitution, (previous[column] ?? exceeded) + 1, left + 1)
      current[column] = left
      smallest = Math.min(smallest, left)
    }
    if (smallest > limit) return exceeded
    const swapped = previous
    previous = current
    current = swapped
  }
  return previous[b.length] ?? exceeded
}

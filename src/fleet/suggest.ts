import {quote} from './quote.ts'

/** Longer words are no slips of the finger; comparing them would only cost time. */
const LONGEST_WORD = 128
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

/** Levenshtein distance; any number above `limit` once it is certain to be exceeded. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let previous = Array.from({length: b.length + 1}, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let smallest = row
    for (let column = 1; column <= b.length; column++) {
      const substitution = cell(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const value = Math.min(substitution, cell(previous, column) + 1, cell(current, column - 1) + 1)
      current.push(value)
      smallest = Math.min(smallest, value)
    }
    if (smallest > limit) return limit + 1
    previous = current
  }
  return cell(previous, b.length)
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}

import type {Decoded} from '../../fleet/decoded.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {quote} from '../../fleet/quote.ts'
import {didYouMean} from '../../fleet/suggest.ts'

/** The value, or USAGE with the reason of the fleet file's own decoder, which names the value. */
export function required<T>(decoded: Decoded<T>, flag: string): T {
  if (decoded.ok) return decoded.value
  throw new DecnetError('USAGE', `${flag}: ${decoded.summary}`, {hint: decoded.hint})
}

/** The items of a comma-separated value, without blanks around them. Throws USAGE for an empty one. */
export function listItems(text: string, flag: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.some((item) => item === '')) {
    throw new DecnetError('USAGE', `${flag}: ${quote(text)} has an empty item`, {hint: 'remove the extra comma'})
  }
  return items
}

/** A name of a table, in any case. Throws USAGE with what was probably meant. */
export function knownName(text: string, names: Iterable<string>, what: string): string {
  const all = [...names]
  const found = all.find((name) => name === text.toLowerCase())
  if (found !== undefined) return found
  throw new DecnetError('USAGE', `there is no ${what} ${quote(text)}`, {hint: didYouMean(text, all)})
}

import {MAX_LINE_LENGTH} from './fleet-source.ts'
import {quote} from './quote.ts'
import {readValue} from './source-value.ts'

/** Room for the key, the separator and the quotes on the value's line. */
const MAX_VALUE_LENGTH = MAX_LINE_LENGTH - 256
/** What the scanner refuses wherever it stands, and half a surrogate pair, which UTF-8 cannot say. */
const UNWRITABLE = /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/u

/**
 * The text of one value as it stands behind `key = `: the reader gets the same value back from it. Plain where that
 * works, else in quotes.
 *
 * @throws RangeError for a value that no line can hold, such as one with a line break.
 */
export function writeValue(value: string): string {
  if (value.length > MAX_VALUE_LENGTH || UNWRITABLE.test(value)) throw unwritable(value)
  // Which form is right is the reader's to say: nothing is escaped, so a second set of rules could only differ.
  const forms = [value, `"${value}"`, `'${value}'`].filter((form) => readsBackAs(form, value))
  // A quote of the same kind inside is legal, but a command line is then taken with its quotes.
  const [best = forms[0]] = forms.filter((form) => form === value || !value.includes(form[0] ?? ''))
  if (best === undefined) throw unwritable(value)
  return best
}

/** Arguments as one line that `splitArguments` takes apart again. Backslashes only: quotes could pair with the file's. */
export function writeArguments(words: readonly string[]): string {
  const escaped = (word: string) => word.replace(/[^A-Za-z0-9_@%+=:,./-]/gu, '\\$&')
  const line = words.map((word) => (word === '' ? "''" : escaped(word))).join(' ')
  const text = writeValue(line)
  if (text !== line && line.includes(text[0] ?? '')) throw unwritable(line)
  return text
}

function readsBackAs(form: string, value: string): boolean {
  if (value === '' && form === '') return false
  const read = readValue(`= ${form}`, 1)
  return read.problem === undefined && read.commentAt === undefined && read.value === value
}

function unwritable(value: string): RangeError {
  return new RangeError(`no line of a fleet file can hold ${quote(value)}`)
}

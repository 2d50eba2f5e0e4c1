/** Lines for cracking tools, made of what attackers sent: one line each, whatever the fields hold. */
import type {CrackableHash} from '../../../events/event.ts'

/** Longer than any genuine capture, and short enough for a line of evidence to hold it uncut. */
const MAX_LINE = 8192
/** Whatever could end a line, hide in it or change how it is shown. */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Surrogate}/u

/** Text as a field of a line, and whether it stands there as it was given. */
export interface Field {
  readonly text: string
  readonly exact: boolean
}

/**
 * A field in which neither control characters nor separators can occur: where the text has any, it becomes `$HEX[…]`
 * of its UTF-8, as hashcat writes such passwords. The `$` is left out where it is a separator itself.
 */
export function field(text: string, separators: string): Field {
  const clean =
    !UNSAFE.test(text) && !text.startsWith('$HEX[') && !Array.from(separators).some((each) => text.includes(each))
  if (clean) return {text, exact: true}
  const sigil = separators.includes('$') ? '' : '$'
  return {text: `${sigil}HEX[${Buffer.from(text, 'utf8').toString('hex')}]`, exact: false}
}

/** Whether it stands as it was given in no more octets than a tool's parser takes; the limits are of hashcat 6.2.6. */
export const fits = ({text, exact}: Field, most: number): boolean => exact && Buffer.byteLength(text) <= most

/** `null` for a line that nobody sends who has a password: the bytes themselves are in the evidence's sample. */
export function crackable(format: string, hashcatMode: number | null, line: string): CrackableHash | null {
  if (line.length > MAX_LINE) return null
  return {format, line, ...(hashcatMode === null ? {} : {hashcatMode})}
}

export const hex = (bytes: Buffer): string => bytes.toString('hex')

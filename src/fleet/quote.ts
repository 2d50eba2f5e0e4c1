/**
 * Text of a fleet file made safe for messages: a name may hold terminal escapes, or characters that reorder or
 * hide its neighbours.
 */

/** Most characters of one quoted text: a message must stay readable whatever the file holds. */
const QUOTE_LIMIT = 64

const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu

/** The text with every character that a reader could not see, except the plain space, as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => (character === ' ' ? character : codePoint(character)))
}

/** A bounded, visible form in double quotes. */
export function quote(text: string): string {
  const shown = text.length > QUOTE_LIMIT ? `${visible(text.slice(0, QUOTE_LIMIT))}…` : visible(text)
  return `"${shown}"`
}

/** A section header, bounded and visible: `[name]`. */
export function header(name: string): string {
  return `[${quote(name).slice(1, -1)}]`
}

/** `U+202E`: names a character that cannot be shown. */
export function unicodeName(character: string): string {
  return `U+${hex(character).toUpperCase().padStart(4, '0')}`
}

function codePoint(character: string): string {
  return `\\u{${hex(character)}}`
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16)
}

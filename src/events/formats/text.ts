/** Text that can do nothing to a terminal, a log or a parser, whatever it was. */

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, everything invisible or that turns the direction of text
 * (Unicode's category Cf), and halves of surrogate pairs.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu

const PRINTABLE = /^[\x20-\x7e]*$/

/** Every such character as `\\xNN` or `\\u{N}`. What a decoy recorded has none; whatever else comes in may. */
export function visible(text: string): string {
  // Nearly every text is: looking up what each character is takes twenty times as long.
  if (PRINTABLE.test(text)) return text
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** At most so many characters; what is cut ends in an ellipsis. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

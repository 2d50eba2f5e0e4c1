/** What an intruder types, as lines: keysyms (X11, RFC 6143 section 7.5.4) of printable keys until Return. */

const RETURN = new Set([0xff0d, 0xff8d])
const BACKSPACE = 0xff08
const TAB = 0xff09
const MAX_LINE = 256
/** Other keys, as they are written in a line. */
const NAMED: ReadonlyMap<number, string> = new Map([
  [TAB, '<Tab>'],
  [0xff1b, '<Escape>'],
  [0xffff, '<Delete>'],
  [0xffe3, '<Ctrl>'],
  [0xffe4, '<Ctrl>'],
  [0xffe9, '<Alt>'],
  [0xffea, '<Alt>'],
  [0xffeb, '<Super>'],
  [0xff51, '<Left>'],
  [0xff52, '<Up>'],
  [0xff53, '<Right>'],
  [0xff54, '<Down>'],
])

export class Keyboard {
  #line = ''

  /** A key went down. Returns the line when this ends it. */
  press(keysym: number): string | null {
    if (RETURN.has(keysym)) return this.take()
    if (keysym === BACKSPACE) this.#line = this.#line.slice(0, -1)
    else this.#line += NAMED.get(keysym) ?? characterOf(keysym)
    return this.#line.length < MAX_LINE ? null : this.take()
  }

  take(): string {
    const line = this.#line
    this.#line = ''
    return line
  }
}

/** Latin-1 keysyms are their characters; others begin at 0x1000000 and are code points of Unicode. */
function characterOf(keysym: number): string {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return String.fromCharCode(keysym)
  const point = keysym - 0x1000000
  return point > 0xff && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : ''
}

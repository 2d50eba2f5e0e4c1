/** Clears the screen, rings, forges a line, hides and reorders what follows; C0, DEL, C1, bidi, zero width. */
export const HOSTILE = 'a\u001b[2J\u0007\r\nforged\t\u007f\u009b31m\u0085\u2028\u202e\u2066\u200b\u061c\ufeffb'
/** How it is to be shown. */
export const ESCAPED =
  'a\\x1b[2J\\x07\\x0d\\x0aforged\\x09\\x7f\\x9b31m\\x85\\u{2028}\\u{202e}\\u{2066}\\u{200b}\\u{61c}\\u{feff}b'
/** What must not reach a terminal; a line feed may. */
export const HAZARD = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

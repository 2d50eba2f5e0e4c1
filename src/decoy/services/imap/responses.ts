/** Pieces of responses (RFC 3501 section 9) as Dovecot writes them. */

/** An atom that needs no quotes. */
const PLAIN = /^[^\x00-\x20\x7f-\xff(){%*"\\\]]+$/
const QUOTABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** astring: a name as an atom, quoted, or a literal. */
export function astring(text: string): string {
  return PLAIN.test(text) && text.toUpperCase() !== 'NIL' ? text : nstring(text)
}

/** nstring: what cannot be quoted plainly goes as a literal. Text is Latin-1. */
export function nstring(text: string | null): string {
  if (text === null) return 'NIL'
  return QUOTABLE.test(text) ? `"${text}"` : literal(text)
}

export const literal = (text: string): string => `{${text.length}}\r\n${text}`

/** UTF-8 as the octets that a response carries. */
export const octets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/**
 * Distinguished names as text (RFC 4514), as far as a search needs them.
 *
 *   dn = [rdn *("," rdn)]      rdn = ava *("+" ava)      ava = type "=" value      "\" escapes
 */

const TYPE = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*$/
const MAX_LENGTH = 4096

/** The relative names, most specific first, in a form that compares; null for what is no DN. */
export function parseDn(text: string): readonly string[] | null {
  if (text.length > MAX_LENGTH) return null
  if (text.trim() === '') return []
  const parts: string[] = []
  for (const part of split(text)) {
    const equals = part.indexOf('=')
    const type = TYPE.exec(part.slice(0, Math.max(0, equals)))?.[1]
    const value = part.slice(equals + 1).trim()
    if (type === undefined || value === '') return null
    parts.push(`${type}=${value.replace(/\s+/g, ' ')}`.toLowerCase())
  }
  return parts
}

/** What two spellings of a DN have in common. */
export const dnKey = (parts: readonly string[]): string => parts.join(',')

export function keyOf(dn: string): string {
  return dnKey(parseDn(dn) ?? [dn.toLowerCase()])
}

function split(text: string): string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === ',' || character === ';') {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

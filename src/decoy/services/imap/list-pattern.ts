/** Patterns of LIST (RFC 3501 section 6.3.8): `*` is anything, `%` anything within one level. */
import {SEPARATOR} from '../../mailbox/folders.ts'

/** Longer patterns match nothing. */
const MAX_PATTERN = 120

/** Whether a name fits; linear in both lengths but for the last wildcards. INBOX is compared without case. */
export function matches(pattern: string, name: string): boolean {
  if (pattern.length > MAX_PATTERN) return false
  const wanted = name === 'INBOX' && pattern.toUpperCase() === 'INBOX' ? 'INBOX' : pattern
  // One row of reachable places in the name for each character of the pattern.
  let row = new Set([0])
  for (const character of wanted) {
    const next = new Set<number>()
    for (const at of row) step(character, name, at, next)
    if (next.size === 0) return false
    row = next
  }
  return row.has(name.length)
}

function step(character: string, name: string, at: number, next: Set<number>): void {
  if (character !== '*' && character !== '%') {
    if (name[at] === character) next.add(at + 1)
    return
  }
  for (let end = at; end <= name.length && !next.has(end); end++) {
    next.add(end)
    if (character === '%' && name[end] === SEPARATOR) return
  }
}

/** The server's glob: `*`, `?`, `[a-z]`, `[^a]` and a backslash for itself. */

/** Work of one match is bounded: every `*` remembers only where it last stood. */
export function globMatches(pattern: string, text: string): boolean {
  const tokens = tokenize(pattern)
  let token = 0
  let at = 0
  let star = -1
  let mark = 0
  while (at < text.length) {
    const current = tokens[token]
    if (current === '*') {
      star = token++
      mark = at
    } else if (current !== undefined && matchesOne(current, text[at] ?? '')) {
      token++
      at++
    } else if (star !== -1) {
      token = star + 1
      at = ++mark
    } else return false
  }
  while (tokens[token] === '*') token++
  return token === tokens.length
}

type Token = '*' | {readonly any: true} | {readonly char: string} | CharacterClass

interface CharacterClass {
  readonly not: boolean
  readonly ranges: readonly (readonly [string, string])[]
}

function matchesOne(token: Token, char: string): boolean {
  if (token === '*') return false
  if ('any' in token) return true
  if ('char' in token) return token.char === char
  return token.ranges.some(([from, to]) => char >= from && char <= to) !== token.not
}

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? ''
    if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*')
    } else if (char === '?') tokens.push({any: true})
    else if (char === '[') at = readClass(pattern, at + 1, tokens)
    else if (char === '\\' && at + 1 < pattern.length) tokens.push({char: pattern[++at] ?? ''})
    else tokens.push({char})
  }
  return tokens
}

/** Returns where the class ends; one that is not closed ends with the pattern. */
function readClass(pattern: string, start: number, tokens: Token[]): number {
  const not = pattern[start] === '^'
  const ranges: [string, string][] = []
  let at = not ? start + 1 : start
  for (; at < pattern.length && pattern[at] !== ']'; at++) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) at++
    const from = pattern[at] ?? ''
    const isRange = pattern[at + 1] === '-' && at + 2 < pattern.length
    const to = isRange ? (pattern[at + 2] ?? '') : from
    if (isRange) at += 2
    ranges.push(from <= to ? [from, to] : [to, from])
  }
  tokens.push({not, ranges})
  return at
}

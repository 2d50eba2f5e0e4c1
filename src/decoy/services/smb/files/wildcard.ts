/** Patterns of file names (MS-FSCC §2.1.4.4), without regard to case. */

/** What DOS clients send for `*`, `?` and `.`, of which the distinction matters to names that end in dots only. */
const DOS: Readonly<Record<string, string>> = {'<': '*', '>': '?', '"': '.'}

/** Takes time in proportion to pattern and name multiplied, whatever the pattern. */
export function matcher(pattern: string): (name: string) => boolean {
  const plain = pattern.replace(/[<>"]/g, (mark) => DOS[mark] ?? mark).toLowerCase()
  if (plain === '*' || plain === '*.*') return () => true
  return (name) => matches(plain, name.toLowerCase())
}

function matches(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resumed = 0
  let index = 0
  while (index < name.length) {
    const mark = pattern[at]
    if (mark === '*') {
      star = at++
      resumed = index
    } else if (mark === '?' || mark === name[index]) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resumed
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

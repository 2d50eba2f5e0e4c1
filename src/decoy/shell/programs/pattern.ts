/**
 * Regular expressions that an attacker writes, in an engine that backtracks: no group is repeated, which leaves
 * polynomial patterns; the length of a line follows the degree; and one pattern may run only so long in all.
 */

const MAX_PATTERN = 256
/** Longest line that is looked at, by the number of repetitions in the pattern. */
const LINE_LIMITS = [65_536, 4096, 300, 80] as const
const BUDGET_MS = 200

/** Whether lines fit. What is no pattern, or one that could take long, is looked for as it stands. */
export function safePattern(text: string, flags: string): (line: string) => boolean {
  const literal = (line: string): boolean => line.includes(text)
  const repetitions = text.match(/[*+?{]/g)?.length ?? 0
  const limit = LINE_LIMITS[repetitions]
  if (limit === undefined || text.length > MAX_PATTERN || /\)[*+?{]/.test(text)) return literal
  const expression = compiled(text, flags)
  if (expression === null) return literal
  let left = BUDGET_MS
  return (line) => {
    if (left <= 0) return literal(line)
    const begin = performance.now()
    const fits = expression.test(line.slice(0, limit))
    left -= performance.now() - begin
    return fits
  }
}

function compiled(text: string, flags: string): RegExp | null {
  try {
    return new RegExp(text, flags)
  } catch {
    return null
  }
}

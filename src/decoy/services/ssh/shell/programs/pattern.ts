/** Regular expressions that an attacker writes. */

const MAX_PATTERN = 256

/** Patterns come from an attacker: only those that a backtracking engine decides in linear time are compiled. */
export function safePattern(text: string, flags: string): (line: string) => boolean {
  const risky =
    text.length > MAX_PATTERN ||
    /[*+}?]\)?[*+{]|\([^)]*[*+|{][^)]*\)[*+{]/.test(text) ||
    (text.match(/[*+{]/g) ?? []).length > 3
  if (!risky) {
    try {
      const expression = new RegExp(text, flags)
      return (line) => expression.test(line.slice(0, 4096))
    } catch {
      // Falls through: what is no pattern is looked for as it stands.
    }
  }
  return (line) => line.includes(text)
}

import {DecnetError} from '../../fleet/errors.ts'
import {decodeName} from '../../fleet/names.ts'
import {quote} from '../../fleet/quote.ts'

/** What deckies without an archetype are named by. */
const PLAIN = 'decky'
export const DEFAULT_PATTERN = '{archetype}-{nn}'
const RULE = '{n}, {nn} and {nnn} are the number, {archetype} is the kind of machine; e.g. web-{nn}'
const PLACEHOLDER = /\{([^{}]*)\}/g

/**
 * Names for deckies of these kinds, in order. Numbers count up within what the rest of the pattern makes equal. Throws
 * USAGE for a pattern that gives no names, or one name twice.
 */
export function deckyNames(kinds: readonly (string | null)[], pattern: string = DEFAULT_PATTERN): string[] {
  const counters = new Map<string, number>()
  const names = kinds.map((kind) => {
    const stem = kind ?? PLAIN
    const key = pattern.includes('{archetype}') ? stem : ''
    const number = (counters.get(key) ?? 0) + 1
    counters.set(key, number)
    return expandPattern(pattern, {archetype: stem}, number)
  })
  const first = names.find((name) => !decodeName(name).ok)
  const bad = first === undefined ? undefined : decodeName(first)
  if (bad?.ok === false) throw refusal(pattern, bad.summary, bad.hint ?? RULE)
  const twice = duplicate(names)
  if (twice !== undefined) throw refusal(pattern, `it names two deckies ${quote(twice)}`, RULE)
  return names
}

/** The pattern with a number and words put in. Throws USAGE for a placeholder that is none of these. */
export function expandPattern(pattern: string, words: Readonly<Record<string, string>>, number: number): string {
  const text = pattern.replace(PLACEHOLDER, (whole, key: string) => {
    if (/^n{1,6}$/.test(key)) return String(number).padStart(key.length, '0')
    if (Object.hasOwn(words, key)) return words[key] ?? ''
    throw refusal(pattern, `it has the placeholder ${quote(whole)}`, RULE)
  })
  if (/[{}]/.test(text)) throw refusal(pattern, 'a brace is not paired', RULE)
  return text
}

function duplicate(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.toLowerCase())) return name
    seen.add(name.toLowerCase())
  }
  return undefined
}

function refusal(pattern: string, why: string, hint: string): DecnetError {
  return new DecnetError('USAGE', `the pattern ${quote(pattern)} cannot be used: ${why}`, {hint})
}

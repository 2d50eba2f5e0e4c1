/**
 * Flags of the meta commands (protocol.txt of memcached 1.6, "Meta Commands"): one letter and, behind it, an argument
 * where it has one. Each may stand there once.
 */
import {MAX_KEY} from './item.ts'
import {signed, unsigned32, unsigned64} from './numbers.ts'

/** Letters that 1.6.18 knows, whatever the command makes of them. */
const KNOWN = /^[bcfhklqstuvCDFIJLMNOPRT]$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export interface MetaFlags {
  /** In the order in which they came: that of the answer. */
  readonly tokens: readonly string[]
  readonly key: string
  /** As it was sent, which differs in base64. */
  readonly shownKey: string
  readonly binaryKey: boolean
  has(letter: string): boolean
  /** What stands behind the letter; null where the flag is not there. */
  argument(letter: string): string | null
  /** Of a flag whose number was checked; null where it is not there. */
  number(letter: string): number | null
}

/** The flags, or what is wrong with them. */
export function parseFlags(word: string, tokens: readonly string[]): MetaFlags | string {
  const byLetter = new Map<string, string>()
  for (const token of tokens) {
    const letter = token.charAt(0)
    if (byLetter.has(letter)) return 'duplicate flag'
    if (!KNOWN.test(letter)) return 'invalid flag'
    const problem = argumentProblem(letter, token.slice(1))
    if (problem !== null) return problem
    byLetter.set(letter, token.slice(1))
  }
  const binaryKey = byLetter.has('b')
  const key = binaryKey ? decoded(word) : word
  if (key === null) return 'error decoding key'
  const argument = (letter: string) => byLetter.get(letter) ?? null
  return {
    tokens,
    key,
    shownKey: word,
    binaryKey,
    has: (letter) => byLetter.has(letter),
    argument,
    number: (letter) => {
      const text = argument(letter)
      return text === null ? null : signed(text)
    },
  }
}

function argumentProblem(letter: string, argument: string): string | null {
  switch (letter) {
    case 'C':
      return unsigned64(argument) === null ? 'bad token in command line format' : null
    case 'N':
    case 'R':
    case 'T':
      return signed(argument) === null ? 'bad token in command line format' : null
    case 'D':
      return unsigned64(argument) === null ? 'invalid numeric delta value' : null
    case 'J':
      return unsigned64(argument) === null ? 'invalid numeric initial value' : null
    case 'F':
      return unsigned32(argument) === null ? 'bad command line format' : null
    case 'M':
      return argument === '' ? 'incorrect length for M token' : null
    default:
      return null
  }
}

function decoded(word: string): string | null {
  if (word === '' || !BASE64.test(word)) return null
  const key = Buffer.from(word, 'base64').toString('latin1')
  return key.length <= MAX_KEY ? key : null
}

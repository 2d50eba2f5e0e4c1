import {accept, type Decoded, refuse} from './decoded.ts'
import {CUSTOM_PREFIX} from './keys.ts'
import {quote, unicodeName} from './quote.ts'

const MAX_NAME_LENGTH = 128
const RULE = 'a name is letters, digits, - _ and . and starts with a letter or digit'

/** Names of what a section expands to: itself, or `NAME-01`, `NAME-02` … */
export function memberNames(name: string, amount: number): string[] {
  if (amount === 1) return [name]
  return Array.from({length: amount}, (_, index) => `${name}-${String(index + 1).padStart(2, '0')}`)
}

/** A decky's or a host's name. Names become container names, labels and file names: no other characters. */
export function decodeName(name: string): Decoded<string> {
  const offset = name.search(/[^A-Za-z0-9._-]/)
  if (offset !== -1) {
    const character = String.fromCodePoint(name.codePointAt(offset) ?? 0)
    const shown = /[!-~]/.test(character) ? quote(character) : unicodeName(character)
    return refuse('bad-name', `${quote(name)} is no name: it contains ${shown}`, RULE, offset)
  }
  if (!/^[A-Za-z0-9]/.test(name)) return refuse('bad-name', `${quote(name)} is no name`, RULE)
  if (name.endsWith('.') || name.includes('..')) {
    return refuse('bad-name', `${quote(name)} is no name: nothing stands beside a dot`, RULE, name.search(/\.(?:\.|$)/))
  }
  if (name.length > MAX_NAME_LENGTH) {
    const summary = `${quote(name)} has ${name.length} characters; a name has at most ${MAX_NAME_LENGTH}`
    return refuse('name-too-long', summary, 'shorten it; amount adds up to 4 characters')
  }
  return accept(name)
}

/** A custom service's name, without its prefix: the last part of an option section's header, so it has no dot. */
export function decodeCustomName(header: string): Decoded<string> {
  const name = header.slice(CUSTOM_PREFIX.length).toLowerCase()
  const rule = 'write [custom-NAME]; NAME is 1 to 63 letters, digits, - and _ and starts with a letter or digit'
  if (name === '') return refuse('bad-name', 'the custom service has no name', rule)
  if (/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) return accept(name)
  return refuse('bad-name', `${quote(name)} is no name of a custom service`, rule, CUSTOM_PREFIX.length)
}

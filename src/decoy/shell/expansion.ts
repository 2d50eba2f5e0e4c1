/** Words to fields (XCU 2.6): tilde, variables, command substitution, field splitting, pathnames. */
import {expandPattern, isPattern} from './glob.ts'
import type {Shell} from './shell.ts'
import type {Word, WordPart} from './syntax.ts'

/** Runs a command text and returns what it wrote. */
export type Substitute = (source: string) => Promise<string>

const MAX_FIELDS = 4096
const MAX_FIELD_BYTES = 256 * 1024

/** The fields of a word in a command. */
export async function expandFields(shell: Shell, word: Word, substitute: Substitute): Promise<string[]> {
  const fields: {text: string; pattern: boolean}[] = []
  let current: {text: string; pattern: boolean} | null = null
  for (const [index, part] of word.entries()) {
    const value = await partValue(shell, part, index === 0, substitute)
    if (part.kind === 'text' || part.quoted) {
      current ??= {text: '', pattern: false}
      current.text = (current.text + value).slice(0, MAX_FIELD_BYTES)
      current.pattern ||= !part.quoted && isPattern(value)
      continue
    }
    for (const [position, piece] of value.split(/[ \t\n]+/).entries()) {
      if (position > 0 && current !== null) {
        fields.push(current)
        current = null
      }
      if (piece === '') continue
      current ??= {text: '', pattern: false}
      current.text += piece
      current.pattern ||= isPattern(piece)
    }
  }
  if (current !== null) fields.push(current)
  return fields.slice(0, MAX_FIELDS).flatMap(({text, pattern}) => {
    const paths = pattern ? expandPattern(shell.machine.files, shell.account, shell.cwd, text) : []
    return paths.length > 0 ? paths : [text]
  })
}

/** The value of a word where no splitting happens: assignments, redirections, here-documents. */
export async function expandText(shell: Shell, word: Word, substitute: Substitute): Promise<string> {
  let text = ''
  for (const [index, part] of word.entries()) text += await partValue(shell, part, index === 0, substitute)
  return text.slice(0, MAX_FIELD_BYTES)
}

async function partValue(shell: Shell, part: WordPart, first: boolean, substitute: Substitute): Promise<string> {
  if (part.kind === 'text') return first && !part.quoted ? tilde(shell, part.text) : part.text
  if (part.kind === 'substitution') return (await substitute(part.source)).replace(/\n+$/, '')
  const value = parameter(shell, part.name)
  return value === '' ? part.fallback : value
}

function tilde(shell: Shell, text: string): string {
  const match = /^~([a-z_][a-z0-9_-]*)?(?=\/|$)/.exec(text)
  if (match === null) return text
  const name = match[1]
  const home =
    name === undefined ? shell.get('HOME') : shell.machine.accounts.find((account) => account.name === name)?.home
  return home === undefined ? text : home + text.slice(match[0].length)
}

function parameter(shell: Shell, name: string): string {
  switch (name) {
    case '?':
      return String(shell.status)
    case '$':
      return '1893'
    case '!':
      return ''
    case '#':
      return String(shell.positional.length)
    case '@':
    case '*':
      return shell.positional.join(' ')
    case '0':
      return shell.options.name
    case 'UID':
    case 'EUID':
      return String(shell.account.uid)
    case 'HOSTNAME':
      return shell.machine.persona.hostname
    case 'RANDOM':
      return String(Math.floor(Math.random() * 32_768))
    default:
      return /^\d+$/.test(name) ? (shell.positional[Number(name) - 1] ?? '') : shell.get(name)
  }
}

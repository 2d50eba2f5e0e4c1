/** Names of folders: which can be, and what is said of those that are not there. */
import {SEPARATOR} from '../../mailbox/folders.ts'

const MAX_NAME = 100
const MAX_LEVELS = 8

/** What is wrong with a name, or null. A modified UTF-7 name begins every shift with `&` and ends it with `-`. */
export function nameProblem(name: string): string | null {
  if (name === '') return '[CANNOT] Invalid mailbox name: Name is empty'
  if (/[\x00-\x1f\x7f-\xff]|&(?![A-Za-z0-9+,]*-)/.test(name)) return 'Mailbox name is not valid mUTF-7'
  if (name.includes('/')) return "[CANNOT] Invalid mailbox name: Name must not have '/' characters"
  if (name.includes(`${SEPARATOR}${SEPARATOR}`))
    return '[CANNOT] Invalid mailbox name: Has adjacent hierarchy separators'
  if (name.startsWith(SEPARATOR)) return '[CANNOT] Invalid mailbox name: Begins with hierarchy separator'
  const long = name.length > MAX_NAME || name.split(SEPARATOR).length > MAX_LEVELS
  return long ? '[CANNOT] Invalid mailbox name: Name is too long' : null
}

/** There is no such folder. */
export function missing(name: string, create = false): string {
  const problem = nameProblem(name)
  if (problem !== null) return problem
  return `${create ? '[TRYCREATE] ' : ''}Mailbox doesn't exist: ${name}`
}

/** Options that several services have, each said once. Data like the definitions that are made of them. */
import type {IntegerOption, ListOption, TextOption} from './definition.ts'

/** The option that moves a port from where the service usually is. */
export const portOption = (port: number, summary = 'Port it listens on.'): IntegerOption => ({
  type: 'integer',
  summary,
  default: port,
  min: 1,
  max: 65_535,
})

/** The option `users`: `name:password` entries that match `pattern`; none by default. `honey-users.ts` reads them. */
export const honeyUsers = (
  pattern: RegExp,
  summary = 'Honey credentials: the only ones that succeed.',
  expected = 'a user name and a password as `name:password`',
): ListOption => ({type: 'list', secret: true, summary, default: [], maxItems: 32, pattern, expected})

/** An account of a Unix system. */
export const UNIX_USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}:.{1,256}$/

/** An account of a mail server, which may be an address. */
export const MAIL_USER = /^[A-Za-z_][A-Za-z0-9_.@-]{0,63}:.{1,256}$/

/** A user of a directory. */
export const DIRECTORY_USER = /^[A-Za-z0-9_.-]{1,64}:.{1,127}$/

/** An account of Windows; those of machines end in `$`. */
export const WINDOWS_USER = /^[A-Za-z0-9_.$-]{1,64}:.{1,127}$/

/** A user of a server that has accounts of its own and takes names of any characters, up to `longest`. */
export const serverUser = (longest = 64): RegExp => new RegExp(`^[^:,\\s]{1,${longest}}:[^,]{1,128}$`)

/** A text that goes out in a line of a protocol; by default the service decides. */
export const printableText = (summary: string, maxLength: number): TextOption => ({
  type: 'text',
  summary,
  default: null,
  maxLength,
  pattern: /^[\x20-\x7e]+$/,
  expected: 'printable ASCII',
})

/** A password that has no user, or what serves as one; by default the service decides. */
export const secretWord = (summary: string, maxLength: number): TextOption => ({
  type: 'text',
  secret: true,
  summary,
  default: null,
  maxLength,
  pattern: /^[\x21-\x7e]+$/,
  expected: 'printable characters without spaces',
})

/** Text of unknown origin (paths, file contents, row values) made safe for a one-line message. */

const LIMIT = 120

/** Printable ASCII as is, everything else as `\u{…}`, cut to a readable length. */
export function shown(text: string): string {
  const cut = text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text
  return cut.replace(/[^\x20-\x7e…]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** A path as one word of a POSIX shell command line. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

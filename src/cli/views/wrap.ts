/** Lines wider than this are hard to read, whatever the terminal. */
const WIDEST = 100
const NARROWEST = 20

/** Text broken at spaces to lines of `width`, each indented; a word that is longer stays whole, because it is copied. */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(NARROWEST, Math.min(width, WIDEST) - indent.length)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => `${indent}${each}`).join('\n')
}

/** How the lines of a message after its first are set off. */
const HANGING = '    '

/**
 * A message of one line that begins with `lead`, broken where a terminal would break it within a word; in a pipe, where
 * the width is unlimited, it stays the one line that scripts look for.
 */
export function message(lead: string, text: string, width: number, paint = (plain: string) => plain): string {
  if (!Number.isFinite(width)) return `${paint(lead)}${text}`
  const [first = '', ...rest] = wrap(`${lead}${text}`, width - HANGING.length).split('\n')
  const begun = first.startsWith(lead) ? `${paint(lead)}${first.slice(lead.length)}` : first
  return [begun, ...rest.map((line) => `${HANGING}${line}`)].join('\n')
}

/** Every line of a text indented. */
export function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent)
}

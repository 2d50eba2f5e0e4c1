/**
 * Structured fields of MIME (RFC 2045 section 5.1, RFC 2183): value *(";" attribute "=" value), with comments in
 * parentheses and quoted strings.
 */
export interface MimeValue {
  readonly value: string
  /** In the order and the case of the source. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

const MAX_PARAMETERS = 20
const TOKEN = /[^\s;=",()<>\\]+/y

export function parseMimeField(text: string): MimeValue {
  let at = 0
  const skipBlank = (): void => {
    while (at < text.length) {
      if (text[at] === '(') at = endOfComment(text, at)
      else if (/\s/.test(text[at] ?? '')) at++
      else return
    }
  }
  const token = (): string => {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  skipBlank()
  const value = token()
  const parameters: [string, string][] = []
  while (parameters.length < MAX_PARAMETERS) {
    at = text.indexOf(';', at)
    if (at < 0) break
    at++
    skipBlank()
    const name = token()
    skipBlank()
    if (name === '' || text[at] !== '=') continue
    at++
    skipBlank()
    if (text[at] === '"') {
      const {content, end} = quoted(text, at)
      parameters.push([name, content])
      at = end
    } else parameters.push([name, token()])
  }
  return {value, parameters}
}

export function endOfComment(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at + 1
  }
  return text.length
}

/** Reads a quoted string that begins at `from`. */
export function quoted(text: string, from: number): {readonly content: string; readonly end: number} {
  let content = ''
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"') return {content, end: at + 1}
    if (character === '\\') at++
    content += text[at] ?? ''
  }
  return {content, end: text.length}
}

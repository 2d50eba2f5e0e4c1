import {accept, type Decoded, refuse} from './decoded.ts'

/**
 * A command line → its arguments, as a shell would split it and nothing more: no variables, globs or operators.
 * Single quotes keep everything, double quotes keep all but `\"` and `\\`, elsewhere a backslash keeps what follows.
 */
export function splitArguments(line: string): Decoded<readonly string[]> {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; ) {
    const character = line[at] ?? ''
    if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
      at++
      continue
    }
    const part = character === '"' || character === "'" ? readQuotes(line, at) : readBare(line, at)
    if (part === undefined) {
      const hint = 'close it; a value with a space before ; or # needs quotes around the whole of it'
      return refuse('open-quote', `the quote ${character} is never closed`, hint, at)
    }
    word = (word ?? '') + part.text
    at = part.next
  }
  if (word !== undefined) words.push(word)
  return accept(words)
}

interface Part {
  readonly text: string
  readonly next: number
}

function readBare(line: string, at: number): Part {
  const escaped = line[at] === '\\' && at + 1 < line.length
  const text = line[escaped ? at + 1 : at] ?? ''
  return {text, next: escaped ? at + 2 : at + 1}
}

function readQuotes(line: string, open: number): Part | undefined {
  const mark = line[open]
  let text = ''
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] === mark) return {text, next: at + 1}
    const escaped = mark === '"' && line[at] === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')
    if (escaped) at++
    text += line[at]
  }
  return undefined
}

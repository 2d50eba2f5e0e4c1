/** Pathname patterns (XCU 2.13): `*`, `?`, `[…]`. */
import type {FileSystem} from '../files/file-system.ts'
import type {Actor} from '../files/nodes.ts'
import {absolutePath} from '../files/paths.ts'

const MAX_MATCHES = 2000

export function isPattern(text: string): boolean {
  return /[*?[]/.test(text)
}

/** Whether a name fits. Two pointers and one way back: never exponential. */
export function matches(pattern: string, name: string): boolean {
  let p = 0
  let n = 0
  let star = -1
  let mark = 0
  while (n < name.length) {
    const width = p < pattern.length ? fits(pattern, p, name.charAt(n)) : 0
    if (pattern[p] === '*') {
      star = p++
      mark = n
    } else if (width > 0) {
      p += width
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** How many characters of the pattern this character used up; 0: it does not fit. */
function fits(pattern: string, at: number, character: string): number {
  if (pattern[at] === '?') return 1
  if (pattern[at] !== '[') return pattern[at] === character ? 1 : 0
  const end = pattern.indexOf(']', at + 2)
  if (end === -1) return character === '[' ? 1 : 0
  const body = pattern.slice(at + 1, end)
  const negated = body.startsWith('!') || body.startsWith('^')
  return inClass(negated ? body.slice(1) : body, character) === negated ? 0 : end + 1 - at
}

function inClass(body: string, character: string): boolean {
  for (let at = 0; at < body.length; at++) {
    if (body[at + 1] === '-' && at + 2 < body.length) {
      if (body.charAt(at) <= character && character <= body.charAt(at + 2)) return true
      at += 2
    } else if (body[at] === character) return true
  }
  return false
}

/** The paths a pattern stands for, as written; none where nothing fits. */
export function expandPattern(files: FileSystem, actor: Actor, cwd: string, pattern: string): string[] {
  const absolute = pattern.startsWith('/')
  const parts = pattern.split('/').filter((part) => part !== '')
  let found = [absolute ? '/' : '']
  for (const part of parts) {
    const next: string[] = []
    for (const base of found) {
      for (const name of namesIn(files, actor, absolutePath(cwd, base), part)) {
        if (next.length >= MAX_MATCHES) break
        next.push(base === '' || base === '/' ? `${base}${name}` : `${base}/${name}`)
      }
    }
    found = next
  }
  return parts.length === 0 ? [] : found
}

function namesIn(files: FileSystem, actor: Actor, directory: string, part: string): string[] {
  try {
    if (!isPattern(part)) return files.exists(absolutePath(directory, part), actor) ? [part] : []
    const names = files.list(directory, actor).map(([name]) => name)
    return names.filter((name) => (!name.startsWith('.') || part.startsWith('.')) && matches(part, name))
  } catch {
    return []
  }
}

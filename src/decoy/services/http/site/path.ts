/** From a request-target (RFC 9112 §3.2) to the path of a document. */

const HEX_PAIR = /^[0-9a-f]{2}$/i

/** `scheme "://" authority path`, the absolute form; the authority wins over the Host header (RFC 9112 §3.2.2). */
const ABSOLUTE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is

export interface Target {
  /** Still percent-encoded, without query and fragment. */
  readonly path: string
  readonly query: string | null
  readonly fragment: boolean
  /** Of the absolute form. */
  readonly authority: string | null
}

export function splitTarget(target: string): Target {
  const absolute = ABSOLUTE.exec(target)
  const local = absolute === null ? target : (absolute[3] ?? '')
  const hash = local.indexOf('#')
  const bare = hash < 0 ? local : local.slice(0, hash)
  const mark = bare.indexOf('?')
  const path = mark < 0 ? bare : bare.slice(0, mark)
  return {
    path: absolute !== null && path === '' ? '/' : path,
    query: mark < 0 ? null : bare.slice(mark + 1),
    fragment: hash >= 0,
    authority: absolute?.[2] ?? null,
  }
}

/** Percent-decodes into latin1 text; null where a `%` is not followed by two hex digits. */
export function decodePath(path: string): string | null {
  let decoded = ''
  for (let index = 0; index < path.length; index++) {
    const character = path.charAt(index)
    if (character !== '%') {
      decoded += character
      continue
    }
    const digits = path.slice(index + 1, index + 3)
    if (!HEX_PAIR.test(digits)) return null
    decoded += String.fromCharCode(Number.parseInt(digits, 16))
    index += 2
  }
  return decoded
}

/** Removes `.`, `..` and empty segments (RFC 3986 §5.2.4); null where the path leads out of the root. */
export function normalisePath(path: string): string | null {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const segment of segments) {
    if (segment === '..') {
      if (kept.pop() === undefined) return null
    } else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const last = segments.at(-1)
  const directory = last === '' || last === '.' || last === '..'
  return `/${kept.join('/')}${directory && kept.length > 0 ? '/' : ''}`
}

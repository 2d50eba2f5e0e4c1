/**
 * The arguments of MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3, §4.1.2) as lenient servers read them.
 *
 *   argument  = ("FROM:" / "TO:") *SP path *(SP parameter)
 *   path      = "<" [route ":"] mailbox ">" / mailbox
 *   mailbox   = local-part ["@" domain]
 *   parameter = keyword ["=" value]
 */
export interface Parameter {
  readonly key: string
  readonly value: string | null
  readonly raw: string
}

/** What is wrong with an address. */
export type Fault = 'unclosed' | 'space' | 'no local part' | 'no domain' | 'bad domain'

export interface Path {
  /** As written, brackets included. */
  readonly raw: string
  /** Without brackets and without its route. */
  readonly address: string
  readonly local: string
  /** Null: there is no `@`. */
  readonly domain: string | null
  readonly fault: Fault | null
}

export interface Given {
  readonly path: Path
  readonly parameters: readonly Parameter[]
}

/** Null: there is no such keyword, or nothing behind it. */
export function parseArgument(argument: string, keyword: 'FROM' | 'TO'): Given | null {
  const match = /^(FROM|TO)[ \t]*:[ \t]*/i.exec(argument)
  if (match === null || match[1]?.toUpperCase() !== keyword) return null
  const rest = argument.slice(match[0].length).trimEnd()
  if (rest === '') return null
  const end = rest.startsWith('<') ? closing(rest) : firstSpace(rest)
  if (end === -1)
    return {path: {raw: rest, address: rest.slice(1), local: '', domain: null, fault: 'unclosed'}, parameters: []}
  const words = rest
    .slice(end)
    .split(/[ \t]+/)
    .filter(Boolean)
  return {path: parsePath(rest.slice(0, end)), parameters: words.map(parameter)}
}

function parameter(raw: string): Parameter {
  const at = raw.indexOf('=')
  return at === -1
    ? {key: raw.toUpperCase(), value: null, raw}
    : {key: raw.slice(0, at).toUpperCase(), value: raw.slice(at + 1), raw}
}

/** Behind the `>`, or -1. A quoted string may have one of its own. */
function closing(text: string): number {
  let quoted = false
  for (let at = 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === '"') quoted = !quoted
    else if (character === '>' && !quoted) return at + 1
  }
  return -1
}

function firstSpace(text: string): number {
  const at = text.search(/[ \t]/)
  return at === -1 ? text.length : at
}

export function parsePath(raw: string): Path {
  const inner = raw.startsWith('<') && raw.endsWith('>') ? raw.slice(1, -1).trim() : raw
  const address = inner.startsWith('@') && inner.includes(':') ? inner.slice(inner.indexOf(':') + 1) : inner
  const at = address.lastIndexOf('@')
  const local = unquoted(at === -1 ? address : address.slice(0, at))
  const domain = at === -1 ? null : address.slice(at + 1)
  return {raw, address, local, domain, fault: faultOf(address, local, domain)}
}

function unquoted(local: string): string {
  return /^"(?:[^"\\]|\\.)*"$/.test(local) ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local
}

function faultOf(address: string, local: string, domain: string | null): Fault | null {
  if (address === '') return null
  if (/[\s\0]/.test(address) && !address.startsWith('"')) return 'space'
  if (domain === '') return 'no domain'
  if (domain !== null && !isDomain(domain)) return 'bad domain'
  return local === '' ? 'no local part' : null
}

function isDomain(domain: string): boolean {
  return (
    /^\[[^[\]\s]{1,64}\]$/.test(domain) ||
    (!domain.includes('..') && /^[^\s@<>()[\],;:"\\.][^\s@<>()[\],;:"\\]*$/.test(domain))
  )
}

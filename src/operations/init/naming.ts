import {decodeDomain, decodeHostname} from '../../fleet/values.ts'
import type {Draw} from './draw.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DIGITS = '0123456789'
/** So many names are tried before a host goes without. */
const ATTEMPTS = 200

/** The part of a name that names the machine itself; undefined: it is no host name, or only an address in words. */
export function hostLabel(name: string): string | undefined {
  const [label = ''] = name.split('.')
  if (!decodeHostname(label).ok || label.toLowerCase() === 'localhost') return undefined
  // `dhcp-192-168-1-34`, `ip-10-0-0-5`: names that a name server made up.
  if ((label.match(/\d+/g) ?? []).length >= 3 && serialOf(label) === undefined) return undefined
  return label
}

/** What most of the names have behind their first dot; undefined: none is more than a single word. */
export function commonDomain(names: Iterable<string>): string | undefined {
  const counts = new Map<string, number>()
  for (const name of names) {
    const domain = name.slice(name.indexOf('.') + 1).toLowerCase()
    if (!name.includes('.') || !/[a-z]/.test(domain) || !decodeDomain(domain).ok) continue
    counts.set(domain, (counts.get(domain) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return most?.[0]
}

/**
 * A name of the same making as `label` that nobody has: the next number of its kind, or another serial. Remembers it in
 * `taken`, which holds names in lower case.
 */
export function similarName(label: string, taken: Set<string>, draw: Draw, purpose: string): string | undefined {
  const serial = serialOf(label)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const name = serial === undefined ? numbered(label, attempt) : redrawn(label, serial, draw, `${purpose}/${attempt}`)
    if (!decodeHostname(name).ok) return undefined
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
  return undefined
}

/** Where the random part starts in names such as `DESKTOP-4F7K2QX`; undefined: there is none. */
function serialOf(label: string): number | undefined {
  const match = /[A-Za-z0-9]{7,}$/.exec(label)
  if (match === null || !/\d/.test(match[0]) || !/[A-Za-z]/.test(match[0])) return undefined
  // `fileserver01` is a word and its number.
  return /^[A-Za-z]+\d{1,4}$/.test(match[0]) ? undefined : match.index
}

/** The name with the `attempt`-th number above its own, as wide as it was; one without a number counts from 2. */
function numbered(label: string, attempt: number): string {
  const match = /^(.*?)(\d+)(\D*)$/.exec(label)
  if (match === null) return `${label}${attempt + 2}`
  const [, before = '', digits = '', after = ''] = match
  const number = Number(digits.slice(-MAX_DIGITS)) + attempt + 1
  return `${before}${digits.slice(0, -MAX_DIGITS)}${String(number).padStart(Math.min(digits.length, MAX_DIGITS), '0')}${after}`
}

const MAX_DIGITS = 9

function redrawn(label: string, start: number, draw: Draw, purpose: string): string {
  const serial = [...label.slice(start)].map((character, index) => {
    const alphabet = /\d/.test(character) ? DIGITS : /[a-z]/.test(character) ? LETTERS.toLowerCase() : LETTERS
    return draw.pick([...alphabet], `${purpose}/${index}`)
  })
  return `${label.slice(0, start)}${serial.join('')}`
}

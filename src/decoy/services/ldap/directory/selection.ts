/** Which attributes of an entry a search gets to see (RFC 4511 §4.5.1.8). */
import type {ReplyAttribute} from '../wire/replies.ts'
import type {Entry} from './tree.ts'

const ALL = '*'
const OPERATIONAL = '+'
/** MS-ADTS §3.1.1.3.1.3.3: `member;range=0-*`. */
const RANGE = /^(.+);range=(\d{1,9})-(\d{1,9}|\*)$/i

export interface Selection {
  readonly wanted: readonly string[]
  readonly typesOnly: boolean
  /** Whether `+` means anything: Active Directory knows it not. */
  readonly plus: boolean
}

/** In the order of the entry, whatever the order of the question. */
export function select(entry: Entry, {wanted, typesOnly, plus}: Selection): ReplyAttribute[] {
  const asked = wanted.length === 0 ? [ALL] : wanted
  const names = new Set(asked.filter((name) => !RANGE.test(name)).map(bareName))
  const [users, operational] = [names.has(ALL), plus && names.has(OPERATIONAL)]
  const plain = entry.attributes.filter((attribute) => {
    if (names.has(attribute.name.toLowerCase())) return true
    return attribute.operational === true ? operational : users
  })
  const ranged = asked.flatMap((name) => rangeOf(entry, name))
  return [...plain, ...ranged].map(({name, values}) => ({name, values: typesOnly ? [] : values}))
}

/** Without options, such as `;binary`. */
const bareName = (name: string): string => (name.split(';', 1)[0] ?? name).toLowerCase()

/** All values are in the first range: no group here has 1500 members. */
function rangeOf(entry: Entry, name: string): ReplyAttribute[] {
  const match = RANGE.exec(name)
  const attribute = match === null ? undefined : entry.get(match[1] ?? '')
  if (attribute === undefined) return []
  const first = Number(match?.[2])
  return [{name: `${attribute.name};range=${first}-*`, values: attribute.values.slice(first)}]
}

/** Orders of SORT (RFC 5256 section 3), and subjects without what answers and forwards put before them. */
import {parseAddresses} from '../../mailbox/addresses.ts'
import type {Message} from '../../mailbox/folder.ts'
import {fieldValue} from '../../mailbox/header-fields.ts'
import {parseMailDate} from '../../mailbox/mail-dates.ts'
import {decodeWords} from '../../mailbox/mail-text.ts'
import {partsOf} from '../../mailbox/mime.ts'

type Key = (message: Message) => string | number

/** Prefixes that are taken off. */
const MAX_PREFIXES = 10

const field = ({raw}: Message, name: string): string => fieldValue(partsOf(raw).header.fields, name) ?? ''

/** RFC 5256 section 2.1, in upper case. */
export function baseSubject(message: Message): string {
  let subject = decodeWords(field(message, 'Subject')).replace(/\s+/g, ' ').trim()
  for (let count = 0; count < MAX_PREFIXES; count++) {
    const shorter = subject
      .replace(/^(?:\[[^\][]{0,100}\] ?)?(?:re|fwd?) ?(?:\[[^\][]{0,100}\])?: ?/i, '')
      .replace(/ ?\(fwd\)$/i, '')
    if (shorter === subject) break
    subject = shorter
  }
  return subject.toUpperCase()
}

/** When it was sent; without a date, when it came. */
export const sentAt = (message: Message): number => parseMailDate(field(message, 'Date'))?.at ?? message.at

const mailbox = (message: Message, name: string): string =>
  (parseAddresses(field(message, name))[0]?.mailbox ?? '').toUpperCase()

const display = (message: Message, name: string): string => {
  const [first] = parseAddresses(field(message, name))
  return decodeWords(first?.name ?? first?.mailbox ?? '').toUpperCase()
}

const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['ARRIVAL', ({at}) => at],
  ['CC', (message) => mailbox(message, 'Cc')],
  ['DATE', sentAt],
  ['DISPLAYFROM', (message) => display(message, 'From')],
  ['DISPLAYTO', (message) => display(message, 'To')],
  ['FROM', (message) => mailbox(message, 'From')],
  ['SIZE', ({raw}) => raw.length],
  ['SUBJECT', baseSubject],
  ['TO', (message) => mailbox(message, 'To')],
])
/** More orders say nothing more. */
const MAX_KEYS = 10

export interface Order {
  readonly key: Key
  readonly reverse: boolean
}

/** A string says which name is unknown. */
export function parseOrder(names: readonly string[]): readonly Order[] | string {
  const orders: Order[] = []
  let reverse = false
  for (const name of names.slice(0, MAX_KEYS)) {
    if (name === 'REVERSE') {
      reverse = true
      continue
    }
    const key = KEYS.get(name)
    if (key === undefined) return name
    orders.push({key, reverse})
    reverse = false
  }
  return orders
}

/** Messages in that order; equal ones stay as they were. */
export function sorted(messages: readonly Message[], orders: readonly Order[]): Message[] {
  const keyed = messages.map((message) => ({message, keys: orders.map(({key}) => key(message))}))
  keyed.sort((one, other) => {
    for (const [index, {reverse}] of orders.entries()) {
      const order = compare(one.keys[index], other.keys[index])
      if (order !== 0) return reverse ? -order : order
    }
    return 0
  })
  return keyed.map(({message}) => message)
}

function compare(one: string | number | undefined, other: string | number | undefined): number {
  if (one === other || one === undefined || other === undefined) return 0
  return one < other ? -1 : 1
}

/**
 * Search filters (RFC 4511 §4.5.1.7), and their text (RFC 4515).
 *
 *   Filter = [0] and SET OF Filter | [1] or SET OF Filter | [2] not Filter | [3] equalityMatch | [4] substrings
 *          | [5] greaterOrEqual | [6] lessOrEqual | [7] present | [8] approxMatch | [9] extensibleMatch
 */
import type {BerReader} from '../../../codecs/ber/reader.ts'
import {context, contextPrimitive, TAG} from '../../../codecs/ber/tags.ts'
import {CodecError} from '../../../codecs/codec-error.ts'

export type Comparison = '=' | '>=' | '<=' | '~='

export type Filter =
  | {readonly type: 'and' | 'or'; readonly filters: readonly Filter[]}
  | {readonly type: 'not'; readonly filter: Filter}
  | {readonly type: 'present'; readonly attribute: string}
  | {readonly type: 'compare'; readonly operator: Comparison; readonly attribute: string; readonly value: Buffer}
  | {
      readonly type: 'substrings'
      readonly attribute: string
      readonly initial: Buffer | null
      readonly any: readonly Buffer[]
      readonly final: Buffer | null
    }
  | {
      readonly type: 'extensible'
      readonly rule: string | null
      readonly attribute: string | null
      readonly value: Buffer
      readonly dnAttributes: boolean
    }

/** More than any tool's filter has, and few enough to try on every entry. */
const MAX_NODES = 2000

const COMPARISONS: ReadonlyMap<number, Comparison> = new Map([
  [context(3), '='],
  [context(5), '>='],
  [context(6), '<='],
  [context(8), '~='],
])

export function readFilter(reader: BerReader): Filter {
  const budget = {left: MAX_NODES}
  return read(reader, budget)
}

function read(reader: BerReader, budget: {left: number}): Filter {
  if (budget.left-- <= 0) throw new CodecError(`a filter of more than ${MAX_NODES} parts`)
  const tag = reader.peek()
  if (tag === undefined) throw new CodecError('a filter that ends')
  const operator = COMPARISONS.get(tag)
  if (operator !== undefined) {
    const inside = reader.enter(tag)
    return {type: 'compare', operator, attribute: inside.text(TAG.OCTET_STRING), value: inside.octetString()}
  }
  switch (tag) {
    case context(0):
      return {type: 'and', filters: readAll(reader.enter(tag), budget)}
    case context(1):
      return {type: 'or', filters: readAll(reader.enter(tag), budget)}
    case context(2):
      return {type: 'not', filter: read(reader.enter(tag), budget)}
    case context(4):
      return readSubstrings(reader.enter(tag))
    case contextPrimitive(7):
      return {type: 'present', attribute: reader.text(tag)}
    case context(9):
      return readExtensible(reader.enter(tag))
    default:
      throw new CodecError('a filter of no known kind')
  }
}

function readAll(reader: BerReader, budget: {left: number}): Filter[] {
  const filters: Filter[] = []
  while (reader.more) filters.push(read(reader, budget))
  return filters
}

function readSubstrings(reader: BerReader): Filter {
  const attribute = reader.text(TAG.OCTET_STRING)
  const list = reader.sequence()
  const initial = list.optional(contextPrimitive(0)) ?? null
  const any: Buffer[] = []
  while (list.peek() === contextPrimitive(1)) any.push(list.next().content)
  const final = list.optional(contextPrimitive(2)) ?? null
  list.end()
  return {type: 'substrings', attribute, initial, any, final}
}

function readExtensible(reader: BerReader): Filter {
  const rule = reader.optional(contextPrimitive(1))?.toString('utf8') ?? null
  const attribute = reader.optional(contextPrimitive(2))?.toString('utf8') ?? null
  const value = reader.expect(contextPrimitive(3))
  const dnAttributes = reader.peek() === contextPrimitive(4) && reader.boolean(contextPrimitive(4))
  return {type: 'extensible', rule, attribute, value, dnAttributes}
}

/** As an administrator would write it. Whatever is no printable ASCII is `\NN`. */
export function filterText(filter: Filter): string {
  switch (filter.type) {
    case 'and':
      return `(&${filter.filters.map(filterText).join('')})`
    case 'or':
      return `(|${filter.filters.map(filterText).join('')})`
    case 'not':
      return `(!${filterText(filter.filter)})`
    case 'present':
      return `(${name(filter.attribute)}=*)`
    case 'compare':
      return `(${name(filter.attribute)}${filter.operator}${escaped(filter.value)})`
    case 'substrings': {
      const parts = [filter.initial ?? Buffer.alloc(0), ...filter.any, filter.final ?? Buffer.alloc(0)]
      return `(${name(filter.attribute)}=${parts.map(escaped).join('*')})`
    }
    case 'extensible': {
      const dn = filter.dnAttributes ? ':dn' : ''
      const rule = filter.rule === null ? '' : `:${name(filter.rule)}`
      return `(${name(filter.attribute ?? '')}${dn}${rule}:=${escaped(filter.value)})`
    }
    default:
      return filter satisfies never
  }
}

const name = (text: string): string => escaped(Buffer.from(text, 'utf8'))

function escaped(bytes: Buffer): string {
  let text = ''
  for (const byte of bytes) {
    const plain = byte > 0x1f && byte < 0x7f && !'()*\\'.includes(String.fromCharCode(byte))
    text += plain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

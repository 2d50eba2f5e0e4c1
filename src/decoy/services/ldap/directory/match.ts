/** Whether an entry is what a filter asks for (RFC 4511 §4.5.1.7, MS-ADTS §3.1.1.3.1.3). */

import type {Comparison, Filter} from '../wire/filter.ts'
import {keyOf} from './dn.ts'
import {encodeSid} from './identifiers.ts'
import type {Entry, Tree, Value} from './tree.ts'

/** Extended matching rules of Active Directory (MS-ADTS §3.1.1.3.4.4). */
export const RULE = {
  BIT_AND: '1.2.840.113556.1.4.803',
  BIT_OR: '1.2.840.113556.1.4.804',
  IN_CHAIN: '1.2.840.113556.1.4.1941',
} as const

/** Names that `anr` looks at (ambiguous name resolution). */
const ANR = ['displayname', 'givenname', 'sn', 'samaccountname', 'name', 'mail']
const INTEGER = /^-?\d{1,20}$/
const MAX_CHAIN = 8

export function matches(filter: Filter, entry: Entry, tree: Tree): boolean {
  switch (filter.type) {
    case 'and':
      return filter.filters.every((each) => matches(each, entry, tree))
    case 'or':
      return filter.filters.some((each) => matches(each, entry, tree))
    case 'not':
      return !matches(filter.filter, entry, tree)
    case 'present':
      return entry.get(filter.attribute) !== undefined
    case 'compare':
      return compares(entry, filter.attribute, filter.operator, filter.value)
    case 'substrings':
      return valuesOf(entry, filter.attribute).some((value) => contains(value.toString().toLowerCase(), filter))
    case 'extensible':
      return extensible(filter, entry, tree)
    default:
      return filter satisfies never
  }
}

const valuesOf = (entry: Entry, name: string): readonly Value[] => entry.get(name)?.values ?? []

function compares(entry: Entry, attribute: string, operator: Comparison, wanted: Buffer): boolean {
  if (operator === '>=' || operator === '<=') return ordered(valuesOf(entry, attribute), operator, wanted.toString())
  const name = attribute.toLowerCase()
  if (name === 'anr') {
    const prefix = wanted.toString('utf8').toLowerCase()
    return ANR.some((each) => entry.text(each)?.toLowerCase().startsWith(prefix) === true)
  }
  return valuesOf(entry, name).some((value) => equal(name, value, wanted))
}

function equal(attribute: string, value: Value, wanted: Buffer): boolean {
  if (typeof value !== 'string') {
    if (value.equals(wanted)) return true
    const sid = attribute === 'objectsid' ? encodeSid(wanted.toString('latin1')) : null
    return sid?.equals(value) === true
  }
  const text = wanted.toString('utf8')
  const [left, right] = [value.toLowerCase(), text.toLowerCase()]
  if (left === right) return true
  // A class is named by its DN or by its name.
  if (attribute === 'objectcategory') return left.startsWith(`cn=${right},`)
  return left.includes('=') && right.includes('=') && keyOf(value) === keyOf(text)
}

function ordered(values: readonly Value[], operator: '>=' | '<=', wanted: string): boolean {
  return values.some((each) => {
    const value = each.toString()
    const order =
      INTEGER.test(value) && INTEGER.test(wanted)
        ? compare(BigInt(value), BigInt(wanted))
        : compare(value.toLowerCase(), wanted.toLowerCase())
    return operator === '>=' ? order >= 0 : order <= 0
  })
}

function compare<T extends bigint | string>(left: T, right: T): number {
  return left === right ? 0 : left < right ? -1 : 1
}

function contains(value: string, {initial, any, final}: Extract<Filter, {type: 'substrings'}>): boolean {
  const text = (bytes: Buffer | null): string => bytes?.toString('utf8').toLowerCase() ?? ''
  const [head, tail] = [text(initial), text(final)]
  if (!value.startsWith(head) || !value.endsWith(tail) || value.length < head.length + tail.length) return false
  let at = head.length
  for (const each of any) {
    const found = value.indexOf(text(each), at)
    if (found < 0) return false
    at = found + text(each).length
  }
  return at <= value.length - tail.length
}

function extensible(
  {rule, attribute, value}: Extract<Filter, {type: 'extensible'}>,
  entry: Entry,
  tree: Tree,
): boolean {
  if (attribute === null) return false
  switch (rule) {
    case RULE.BIT_AND:
    case RULE.BIT_OR:
      return bits(valuesOf(entry, attribute), rule, value.toString('latin1'))
    case RULE.IN_CHAIN:
      return inChain(entry, attribute, keyOf(value.toString('utf8')), tree, MAX_CHAIN)
    case null:
      return compares(entry, attribute, '=', value)
    default:
      return false
  }
}

function bits(values: readonly Value[], rule: string, text: string): boolean {
  if (!INTEGER.test(text)) return false
  const mask = BigInt.asUintN(64, BigInt(text))
  return values.some((each) => {
    const value = each.toString()
    if (!INTEGER.test(value)) return false
    const common = BigInt.asUintN(64, BigInt(value)) & mask
    return rule === RULE.BIT_AND ? common === mask : common !== 0n
  })
}

/** Whether following the attribute from entry to entry leads to that DN. */
function inChain(entry: Entry, attribute: string, wanted: string, tree: Tree, left: number): boolean {
  return valuesOf(entry, attribute).some((value) => {
    if (keyOf(value.toString()) === wanted) return true
    const next = left > 0 ? tree.find(value.toString()) : undefined
    return next !== undefined && inChain(next, attribute, wanted, tree, left - 1)
  })
}

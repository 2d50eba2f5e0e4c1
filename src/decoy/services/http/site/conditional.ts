/** Conditional requests, RFC 9110 §13: what the preconditions of a request make of a document. */
import {type Header, header} from '../request/message.ts'

export interface Validators {
  /** Quoted. */
  readonly etag: string
  /** Seconds since the epoch. */
  readonly modified: number
}

/** Where the products read the same rules differently. */
export interface ConditionalRules {
  /** nginx by default: a date is a match only if it is the very same. */
  readonly exactDates: boolean
  /** Apache ignores a date that lies after this moment (ms); null: any date counts. */
  readonly now: number | null
}

export type Precondition = 'send' | 'not-modified' | 'failed'

export function precondition(
  headers: readonly Header[],
  validators: Validators,
  rules: ConditionalRules,
): Precondition {
  return required(headers, validators) ? cached(headers, validators, rules) : 'failed'
}

/** RFC 9110 §13.1.1 and §13.1.4. */
function required(headers: readonly Header[], validators: Validators): boolean {
  const match = header(headers, 'if-match')
  if (match !== undefined) return matches(match, validators.etag, false)
  const since = dateHeader(headers, 'if-unmodified-since')
  return since === null || validators.modified <= since
}

/** RFC 9110 §13.1.2 and §13.1.3. */
function cached(headers: readonly Header[], validators: Validators, rules: ConditionalRules): Precondition {
  const match = header(headers, 'if-none-match')
  if (match !== undefined) return matches(match, validators.etag, true) ? 'not-modified' : 'send'
  const since = dateHeader(headers, 'if-modified-since')
  if (since === null || (rules.now !== null && since * 1000 > rules.now)) return 'send'
  const unchanged = rules.exactDates ? validators.modified === since : validators.modified <= since
  return unchanged ? 'not-modified' : 'send'
}

/** RFC 9110 §13.1.5: whether a Range header counts. */
export function rangeApplies(headers: readonly Header[], validators: Validators): boolean {
  const condition = header(headers, 'if-range')
  if (condition === undefined) return true
  if (condition.startsWith('"') || condition.startsWith('W/')) return condition === validators.etag
  return seconds(condition) === validators.modified
}

function matches(list: string, etag: string, weak: boolean): boolean {
  if (list.trim() === '*') return true
  return list.split(',').some((item) => {
    const candidate = item.trim()
    return candidate === etag || (weak && candidate === `W/${etag}`)
  })
}

function dateHeader(headers: readonly Header[], name: string): number | null {
  const value = header(headers, name)
  return value === undefined ? null : seconds(value)
}

function seconds(value: string): number | null {
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}

import type {DiagnosticCode} from './diagnostic-codes.ts'

/** What a value turned out to be, or why it is refused. */
export type Decoded<T> = {readonly ok: true; readonly value: T} | Refusal

export interface Refusal {
  readonly ok: false
  readonly code: DiagnosticCode
  readonly summary: string
  readonly hint?: string | undefined
  /** Offset in the value of what is wrong with it. */
  readonly offset: number
}

export function accept<T>(value: T): Decoded<T> {
  return {ok: true, value}
}

export function refuse(code: DiagnosticCode, summary: string, hint?: string, offset = 0): Refusal {
  return {ok: false, code, summary, hint, offset}
}

/** Numbers written in plain decimal digits, without sign or exponent. */
export function parseDigits(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

type Defined<T> = {[K in keyof T as undefined extends T[K] ? never : K]: T[K]} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The object without its undefined fields: an absent key and one that holds `undefined` are told apart in JSON. */
export function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}

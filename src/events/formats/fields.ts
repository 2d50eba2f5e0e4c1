/** The facts of an event as flat names and texts, for formats that know nothing else. */
import type {Credential, Sample} from '../event.ts'
import {visible} from './text.ts'

export type Field = readonly [name: string, value: string]

/** Deeper facts are left out: no service reports any. */
const MAX_DEPTH = 4
const MAX_ITEMS = 50
/** Bulk that is of no use in a line of a log; whoever needs it takes `json`. */
const BULK: ReadonlySet<string> = new Set(['content', 'frames'])

/** `data` of an event; of a sample the text, and its bytes as `NAME_b64`. */
export function dataFields(data: Readonly<Record<string, unknown>> = {}): Field[] {
  return Object.entries(data).flatMap(([name, value]) => fieldsOf(fieldName(name), value, 0))
}

/** The names that the original uses for credentials, so that what reads its lines reads ours. */
export function credentialFields(credential: Credential | undefined): Field[] {
  if (credential === undefined) return []
  const {principal, domain, method, secret, hash, fingerprint, outcome} = credential
  const optional = (name: string, value: string | undefined): Field[] =>
    value === undefined ? [] : [[name, visible(value)]]
  return [
    ['username', visible(principal)],
    ...optional('domain', domain),
    ['method', visible(method)],
    ['outcome', outcome],
    ...optional('secret_printable', secret?.text),
    ...optional('secret_b64', secret?.base64),
    ...optional('hash', hash?.line),
    ...optional('hash_format', hash?.format),
    ...optional('hashcat_mode', hash?.hashcatMode === undefined ? undefined : String(hash.hashcatMode)),
    ...optional('fingerprint', fingerprint),
  ]
}

export function isSample(value: unknown): value is Sample {
  return isRecord(value) && typeof value.text === 'string' && typeof value.base64 === 'string'
}

function fieldsOf(name: string, value: unknown, depth: number): Field[] {
  if (BULK.has(name) || value === null || value === undefined) return []
  if (isSample(value))
    return [
      [name, visible(value.text)],
      [`${name}_b64`, visible(value.base64)],
    ]
  if (Array.isArray(value)) return listFields(name, value)
  if (isRecord(value)) {
    if (depth >= MAX_DEPTH) return []
    return Object.entries(value).flatMap(([key, inner]) => fieldsOf(`${name}_${fieldName(key)}`, inner, depth + 1))
  }
  return [[name, visible(String(value))]]
}

function listFields(name: string, values: readonly unknown[]): Field[] {
  const texts = values.slice(0, MAX_ITEMS).map((value) => (isSample(value) ? value.text : plainText(value)))
  return [[name, visible(texts.join(', '))]]
}

function plainText(value: unknown): string {
  return isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)
}

/** RFC 5424 §6.3.3 and CEF take ASCII letters, digits and underscores; what we call fields is no more than that. */
function fieldName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 32)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** What stands between the brackets of BODY[…] and BINARY[…] (RFC 3501 section 6.4.5, RFC 3516), and what it names. */
import type {HeaderField} from '../../mailbox/header-fields.ts'
import {type Part, partsOf} from '../../mailbox/mime.ts'

type Kind = 'ALL' | 'HEADER' | 'TEXT' | 'MIME' | 'FIELDS' | 'FIELDS.NOT'

export interface Section {
  /** As the response repeats it. */
  readonly shown: string
  /** Numbers of parts, from the outermost on; empty: the message. */
  readonly path: readonly number[]
  readonly kind: Kind
  /** Names of header fields, lower case. */
  readonly fields: readonly string[]
}

const MAX_PATH = 20
const MAX_FIELDS = 100
const EMPTY = Buffer.alloc(0)
const END_OF_HEADER = Buffer.from('\r\n')

/** Null: it is none. */
export function parseSection(text: string): Section | null {
  const match = /^((?:\d{1,5}\.)*\d{1,5})?\.?(.*)$/s.exec(text)
  const path = match?.[1] === undefined ? [] : match[1].split('.').map(Number)
  const rest = (match?.[2] ?? '').toUpperCase()
  if (path.length > MAX_PATH) return null
  const shown = text.toUpperCase()
  if (rest === '') return text.endsWith('.') ? null : {shown, path, kind: 'ALL', fields: []}
  if (path.length > 0 && !text.slice(match?.[1]?.length ?? 0).startsWith('.')) return null
  if (rest === 'HEADER' || rest === 'TEXT') return {shown, path, kind: rest, fields: []}
  if (rest === 'MIME') return path.length === 0 ? null : {shown, path, kind: 'MIME', fields: []}
  const list = /^HEADER\.FIELDS(\.NOT)? \(([^()]*)\)$/.exec(rest)
  if (list === null) return null
  const fields = (list[2] ?? '').split(' ', MAX_FIELDS).flatMap((name) => {
    const bare = name.replace(/^"(.*)"$/, '$1').toLowerCase()
    return bare === '' ? [] : [bare]
  })
  if (fields.length === 0) return null
  return {shown, path, kind: list[1] === undefined ? 'FIELDS' : 'FIELDS.NOT', fields}
}

/** Whether somebody who has it has read more than what a list of mails shows. */
export const isContent = ({kind}: Section): boolean => kind === 'ALL' || kind === 'TEXT'

/** The part that a path leads to; null: there is none. */
export function partAt(raw: Buffer, path: readonly number[]): Part | null {
  let part: Part | null = partsOf(raw)
  let whole = true
  for (const number of path) {
    if (part === null) return null
    const within: Part = whole ? part : (part.inner ?? part)
    if (within.multipart) part = within.children[number - 1] ?? null
    else part = number === 1 ? within : null
    whole = false
  }
  return part
}

/** The octets of a section; what does not exist is empty. */
export function sectionOf(raw: Buffer, section: Section): Buffer {
  const {path, kind} = section
  const part = partAt(raw, path)
  if (part === null) return EMPTY
  if (path.length === 0) return ofMessage(raw, part, section, kind === 'ALL')
  if (kind === 'ALL') return raw.subarray(part.from, part.to)
  if (kind === 'MIME') return raw.subarray(part.headerFrom, part.from)
  return part.inner === null ? EMPTY : ofMessage(raw, part.inner, section, false)
}

function ofMessage(raw: Buffer, part: Part, {kind, fields}: Section, whole: boolean): Buffer {
  if (whole) return raw
  if (kind === 'HEADER') return raw.subarray(part.headerFrom, part.from)
  if (kind === 'TEXT') return raw.subarray(part.from, part.to)
  const wanted = (field: HeaderField): boolean => fields.includes(field.name.toLowerCase()) === (kind === 'FIELDS')
  const chosen = part.header.fields.filter(wanted).map(({from, to}) => raw.subarray(from, to))
  return Buffer.concat([...chosen, END_OF_HEADER])
}

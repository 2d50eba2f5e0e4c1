/**
 * Header fields of a message (RFC 5322 section 2.2): name ":" value, folded over lines that begin with white space. What
 * is no field is passed over, as Dovecot does.
 */
import {LF} from './lines.ts'

export interface HeaderField {
  readonly name: string
  /** Unfolded, Latin-1. */
  readonly value: string
  /** The octets of it, line ends included. */
  readonly from: number
  readonly to: number
}

/** More than mails have; what is beyond is not looked at. */
const MAX_FIELDS = 200
const COLON = 0x3a

export interface Header {
  readonly fields: readonly HeaderField[]
  /** Where the body begins: after the empty line, or where there is none at the end. */
  readonly bodyAt: number
}

/** Reads a header that begins at `from`. */
export function readHeader(raw: Buffer, from: number, to: number): Header {
  const fields: HeaderField[] = []
  let begun = -1
  let at = from
  const finish = (end: number): void => {
    const field = begun < 0 || fields.length >= MAX_FIELDS ? null : fieldOf(raw, begun, end)
    if (field !== null) fields.push(field)
    begun = -1
  }
  while (at < to) {
    const feed = raw.indexOf(LF, at)
    const next = feed < 0 || feed >= to ? to : feed + 1
    if (isEmptyLine(raw, at, next)) {
      finish(at)
      return {fields, bodyAt: next}
    }
    if (raw[at] !== 0x20 && raw[at] !== 0x09) {
      finish(at)
      begun = at
    }
    at = next
  }
  finish(to)
  return {fields, bodyAt: to}
}

function isEmptyLine(raw: Buffer, at: number, next: number): boolean {
  return raw[at] === LF || (raw[at] === 0x0d && next === at + 2)
}

function fieldOf(raw: Buffer, from: number, to: number): HeaderField | null {
  const colon = raw.indexOf(COLON, from)
  if (colon < 0 || colon >= to) return null
  const name = raw.toString('latin1', from, colon).trimEnd()
  const value = raw
    .toString('latin1', colon + 1, to)
    .replace(/\r?\n(?=[ \t])/g, '')
    .replace(/\t/g, ' ')
    .trim()
  return {name, value, from, to}
}

/** The value of the first field of that name, ignoring case. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | null {
  const wanted = name.toLowerCase()
  return fields.find((field) => field.name.toLowerCase() === wanted)?.value ?? null
}

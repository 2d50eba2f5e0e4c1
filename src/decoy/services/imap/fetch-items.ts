/**
 * Items of FETCH (RFC 3501 section 6.4.5; RFC 3516 BINARY, RFC 7162 MODSEQ, RFC 8970 PREVIEW, RFC 8514 SAVEDATE). Dovecot
 * sends the short ones first, whatever the order in which they were asked for.
 */
import {type Folder, type Message, shownFlags} from '../../mailbox/folder.ts'
import {internalDate} from '../../mailbox/mail-dates.ts'
import {decodedBody, previewOf} from '../../mailbox/mail-text.ts'
import {partsOf} from '../../mailbox/mime.ts'
import {utcOffset} from '../../persona/place.ts'
import type {Persona} from '../../persona.ts'
import type {Argument} from './arguments.ts'
import {nstring, octets} from './responses.ts'
import {isContent, parseSection, partAt, sectionOf} from './sections.ts'
import {bodyStructure, envelope} from './structure.ts'

export interface Shown {
  readonly folder: Folder
  readonly message: Message
  readonly persona: Persona
}

export interface Item {
  readonly name: string
  /** Sent before the others. */
  readonly short: boolean
  /** Marks the mail as read. */
  readonly sees: boolean
  /** Tells what is in the mail. */
  readonly content: boolean
  render(shown: Shown): Buffer | string
}

const MACROS: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
}

type Render = Item['render']

const SHORT: Readonly<Record<string, Render>> = {
  FLAGS: ({folder, message}) => `FLAGS (${shownFlags(folder, message)})`,
  INTERNALDATE: ({persona, message}) => `INTERNALDATE "${dated(persona, message.at)}"`,
  MODSEQ: ({message}) => `MODSEQ (${message.modseq})`,
  PREVIEW: ({message}) => `PREVIEW ${nstring(octets(previewOf(message.raw)))}`,
  'RFC822.SIZE': ({message}) => `RFC822.SIZE ${message.raw.length}`,
  SAVEDATE: ({persona, message}) => `SAVEDATE "${dated(persona, message.at)}"`,
  SNIPPET: ({message}) => `SNIPPET (FUZZY ${nstring(octets(previewOf(message.raw)))})`,
  UID: ({message}) => `UID ${message.uid}`,
}
const LONG: Readonly<Record<string, Render>> = {
  BODY: ({message: {raw}}) => `BODY ${bodyStructure(raw, partsOf(raw), false)}`,
  BODYSTRUCTURE: ({message: {raw}}) => `BODYSTRUCTURE ${bodyStructure(raw, partsOf(raw), true)}`,
  ENVELOPE: ({message: {raw}}) => `ENVELOPE ${envelope(partsOf(raw).header.fields)}`,
}
/** Names of sections from before BODY[…]. */
const OLD: Readonly<Record<string, {readonly section: string; readonly sees: boolean}>> = {
  RFC822: {section: '', sees: true},
  'RFC822.HEADER': {section: 'HEADER', sees: false},
  'RFC822.TEXT': {section: 'TEXT', sees: true},
}
/** Those that the caller may give a list of modifiers to. */
const WITH_MODIFIERS: ReadonlySet<string> = new Set(['PREVIEW', 'SNIPPET'])

const dated = (persona: Persona, at: number): string => internalDate(at, utcOffset(persona, at))

/** What was wrong with a list of items. */
export class ItemError extends Error {}

/** More than any client asks for; each may send a whole mail. */
const MAX_ITEMS = 32

/** @throws ItemError */
export function parseItems(argument: Argument): Item[] {
  if (argument.type === 'atom') return (MACROS[argument.text.toUpperCase()] ?? [argument.text]).map(itemOf)
  if (argument.type === 'string') throw new ItemError('Invalid arguments')
  const items: Item[] = []
  for (const [index, each] of argument.items.entries()) {
    if (each.type === 'atom') items.push(itemOf(each.text))
    else if (each.type !== 'list' || !WITH_MODIFIERS.has(items.at(-1)?.name ?? '') || index === 0) {
      throw new ItemError('FETCH list contains non-atoms')
    }
  }
  if (items.length > MAX_ITEMS) throw new ItemError('Invalid arguments')
  return items
}

function itemOf(text: string): Item {
  const name = text.toUpperCase()
  const short = Object.hasOwn(SHORT, name) ? SHORT[name] : undefined
  if (short !== undefined) return {name, short: true, sees: false, content: false, render: short}
  const long = Object.hasOwn(LONG, name) ? LONG[name] : undefined
  if (long !== undefined) return {name, short: false, sees: false, content: false, render: long}
  if (Object.hasOwn(OLD, name)) return oldItem(name)
  if (name.startsWith('BODY[') || name.startsWith('BODY.PEEK[')) return bodyItem(text)
  if (/^BINARY(?:\.PEEK|\.SIZE)?\[/.test(name)) return binaryItem(text)
  throw new ItemError(`Unknown parameter: ${name.slice(0, 200)}`)
}

function oldItem(name: string): Item {
  const {section = '', sees = false} = OLD[name] ?? {}
  const parsed = parseSection(section)
  return {
    name,
    short: false,
    sees,
    content: sees,
    render: ({message}) => counted(name, parsed === null ? Buffer.alloc(0) : sectionOf(message.raw, parsed)),
  }
}

interface Bracketed {
  readonly head: string
  readonly inside: string
  readonly offset: number | null
  readonly size: number
}

/** `BODY.PEEK[1.2]<0.100>`. */
function bracketed(text: string, what: string): Bracketed {
  const open = text.indexOf('[')
  const close = text.lastIndexOf(']')
  if (close < open) throw new ItemError(`Invalid ${what}[..] parameter: Missing ']'`)
  const partial = text.slice(close + 1)
  const match = /^(?:<(\d{1,10})(?:\.(\d{1,10}))?>)?$/.exec(partial)
  if (match === null) throw new ItemError(`Invalid ${what}[..] parameter: Invalid partial`)
  const [, offset, size] = match
  return {
    head: text.slice(0, open).toUpperCase(),
    inside: text.slice(open + 1, close),
    offset: offset === undefined ? null : Number(offset),
    size: size === undefined ? Number.MAX_SAFE_INTEGER : Number(size),
  }
}

function cut(data: Buffer, {offset, size}: Bracketed): Buffer {
  return offset === null ? data : data.subarray(offset, Math.min(data.length, offset + size))
}

function bodyItem(text: string): Item {
  const parts = bracketed(text, 'BODY')
  const section = parseSection(parts.inside)
  if (section === null) throw new ItemError('Invalid BODY[..] section')
  const name = `BODY[${section.shown}]${parts.offset === null ? '' : `<${parts.offset}>`}`
  const sees = !parts.head.endsWith('.PEEK')
  const render: Render = ({message}) => counted(name, cut(sectionOf(message.raw, section), parts))
  return {name, short: false, sees, content: isContent(section), render}
}

function binaryItem(text: string): Item {
  const parts = bracketed(text, 'BINARY')
  const section = parseSection(parts.inside)
  if (section === null || section.kind !== 'ALL') throw new ItemError('Invalid BINARY[..] section')
  const decoded = (raw: Buffer): Buffer => {
    const part = partAt(raw, section.path)
    if (section.path.length === 0) return raw
    return part === null ? Buffer.alloc(0) : decodedBody(raw, part)
  }
  if (parts.head === 'BINARY.SIZE') {
    const render: Render = ({message}) => `BINARY.SIZE[${section.shown}] ${decoded(message.raw).length}`
    return {name: parts.head, short: false, sees: false, content: false, render}
  }
  const name = `BINARY[${section.shown}]${parts.offset === null ? '' : `<${parts.offset}>`}`
  const render: Render = ({message}) => {
    const data = cut(decoded(message.raw), parts)
    return counted(name, data, data.includes(0) || section.path.length > 0 ? '~' : '')
  }
  return {name, short: false, sees: parts.head === 'BINARY', content: true, render}
}

const counted = (name: string, data: Buffer, mark = ''): Buffer =>
  Buffer.concat([Buffer.from(`${name} ${mark}{${data.length}}\r\n`, 'latin1'), data])

/** Search keys (RFC 3501 section 6.4.4; RFC 5032 WITHIN, RFC 7162 MODSEQ) as conditions on a message. */
import type {Folder, Message} from '../../mailbox/folder.ts'
import {fieldValue} from '../../mailbox/header-fields.ts'
import {DAY_MS, dayOf, parseDay, parseMailDate} from '../../mailbox/mail-dates.ts'
import {decodeWords, folded, searchable} from '../../mailbox/mail-text.ts'
import {partsOf} from '../../mailbox/mime.ts'
import type {Argument} from './arguments.ts'
import {type Range, searchSet, within} from './sequence-set.ts'

export interface Candidate {
  readonly message: Message
  /** Its place in the folder, from 1 on. */
  readonly place: number
}

export type Condition = (candidate: Candidate) => boolean

export interface SearchContext {
  readonly folder: Folder
  readonly saved: ReadonlySet<number>
  readonly now: number
  /** Minutes east of Greenwich, of the server. */
  readonly offset: number
}

export class SearchError extends Error {}

/** More keys than anybody writes: each costs a look at every mail. */
const MAX_KEYS = 64
const MAX_DEPTH = 150
/** What Dovecot says of a key is cut. */
const MAX_SHOWN = 200

const FLAG_KEYS: Readonly<Record<string, readonly [flag: string, set: boolean]>> = {
  ANSWERED: ['\\Answered', true],
  DELETED: ['\\Deleted', true],
  DRAFT: ['\\Draft', true],
  FLAGGED: ['\\Flagged', true],
  SEEN: ['\\Seen', true],
  UNANSWERED: ['\\Answered', false],
  UNDELETED: ['\\Deleted', false],
  UNDRAFT: ['\\Draft', false],
  UNFLAGGED: ['\\Flagged', false],
  UNSEEN: ['\\Seen', false],
}
const HEADER_KEYS: ReadonlySet<string> = new Set(['BCC', 'CC', 'FROM', 'SUBJECT', 'TO'])
const DATE_KEYS: ReadonlySet<string> = new Set(['BEFORE', 'ON', 'SINCE', 'SENTBEFORE', 'SENTON', 'SENTSINCE'])
const NUMBER_KEYS: ReadonlySet<string> = new Set(['LARGER', 'SMALLER', 'OLDER', 'YOUNGER', 'MODSEQ'])

export interface Parsed {
  readonly condition: Condition
  /** MODSEQ was one of the keys. */
  readonly modseq: boolean
  /** Keywords that were asked for: Dovecot knows them from then on. */
  readonly keywords: readonly string[]
}

/** @throws SearchError */
export function parseSearch(args: readonly Argument[], context: SearchContext): Parsed {
  const parser = new KeyParser(context)
  return {condition: parser.all(args, 0), modseq: parser.modseq, keywords: parser.keywords}
}

class KeyParser {
  modseq = false
  readonly keywords: string[] = []
  readonly #context: SearchContext
  #keys = 0

  constructor(context: SearchContext) {
    this.#context = context
  }

  all(args: readonly Argument[], depth: number): Condition {
    const rest = [...args].reverse()
    const conditions: Condition[] = []
    while (rest.length > 0) conditions.push(this.#key(rest, depth))
    return (candidate) => conditions.every((condition) => condition(candidate))
  }

  /** Takes one key off the end of what is left. */
  #key(rest: Argument[], depth: number): Condition {
    const argument = rest.pop()
    if (argument === undefined) throw new SearchError('Missing argument')
    if (++this.#keys > MAX_KEYS + depth || depth > MAX_DEPTH) throw new SearchError('Too many search keys')
    if (argument.type === 'list') return this.all(argument.items, depth + 1)
    const name = argument.text.toUpperCase()
    if (argument.type === 'atom' && /[\x80-\xff]/.test(name)) throw new SearchError('8bit data in atom')
    return this.#flag(name) ?? this.#logic(name, rest, depth) ?? this.#valued(name, rest) ?? this.#set(argument.text)
  }

  #flag(name: string): Condition | null {
    if (name === 'ALL') return () => true
    if (name === 'RECENT') return ({message}) => message.recent
    if (name === 'OLD') return ({message}) => !message.recent
    if (name === 'NEW') return ({message}) => message.recent && !message.flags.has('\\Seen')
    const known = Object.hasOwn(FLAG_KEYS, name) ? FLAG_KEYS[name] : undefined
    return known === undefined ? null : ({message}) => message.flags.has(known[0]) === known[1]
  }

  #logic(name: string, rest: Argument[], depth: number): Condition | null {
    if (name === 'NOT') {
      const inner = this.#key(rest, depth + 1)
      return (candidate) => !inner(candidate)
    }
    if (name !== 'OR') return null
    const [left, right] = [this.#key(rest, depth + 1), this.#key(rest, depth + 1)]
    return (candidate) => left(candidate) || right(candidate)
  }

  #valued(name: string, rest: Argument[]): Condition | null {
    if (HEADER_KEYS.has(name)) return header(name, this.#text(name, rest))
    if (name === 'HEADER') return header(this.#text(name, rest), this.#text(name, rest))
    if (DATE_KEYS.has(name)) return this.#date(name, this.#text(name, rest))
    if (NUMBER_KEYS.has(name)) return this.#number(name, this.#text(name, rest))
    if (name === 'BODY' || name === 'TEXT') return body(this.#text(name, rest), name === 'TEXT')
    if (name === 'UID') return this.#uids(this.#text(name, rest))
    if (name !== 'KEYWORD' && name !== 'UNKEYWORD') return null
    const keyword = this.#text(name, rest).slice(0, MAX_SHOWN)
    this.keywords.push(keyword)
    return ({message}) => message.flags.has(keyword) === (name === 'KEYWORD')
  }

  #text(name: string, rest: Argument[]): string {
    const argument = rest.pop()
    if (argument === undefined || argument.type === 'list') {
      throw new SearchError(`Missing parameter for search key (for search key: ${name})`)
    }
    if (argument.type === 'atom' && /[\x80-\xff]/.test(argument.text)) throw new SearchError('8bit data in atom')
    return argument.text
  }

  #date(name: string, text: string): Condition {
    const day = parseDay(text)
    if (day === null) throw new SearchError('Invalid search date parameter')
    const {offset} = this.#context
    const sent = name.startsWith('SENT')
    const compare = (found: number | null): boolean => {
      if (found === null) return false
      if (name.endsWith('BEFORE')) return found < day
      return name.endsWith('ON') ? found === day : found >= day
    }
    return ({message}) => compare(sent ? sentDay(message) : dayOf(message.at, offset))
  }

  #number(name: string, text: string): Condition {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : null
    if (value === null) throw new SearchError(NUMBER_PROBLEMS[name] ?? 'Invalid search size parameter')
    const {now} = this.#context
    if (name === 'LARGER') return ({message}) => message.raw.length > value
    if (name === 'SMALLER') return ({message}) => message.raw.length < value
    if (name === 'OLDER') return ({message}) => message.at <= now - value * 1000
    if (name === 'YOUNGER') return ({message}) => message.at > now - value * 1000
    this.modseq = true
    return ({message}) => message.modseq >= value
  }

  #uids(text: string): Condition {
    const {folder, saved} = this.#context
    if (text === '$') return ({message}) => saved.has(message.uid)
    const ranges = searchSet(text, folder.messages.at(-1)?.uid ?? folder.uidNext)
    if (ranges === null) throw new SearchError('Invalid UID messageset')
    return ({message}) => within(ranges, message.uid)
  }

  #set(text: string): Condition {
    const {folder, saved} = this.#context
    if (text === '$') return ({message}) => saved.has(message.uid)
    const ranges: readonly Range[] | null = searchSet(text, folder.messages.length)
    if (ranges === null) throw new SearchError(`Unknown argument ${text.toUpperCase().slice(0, MAX_SHOWN)}`)
    return ({place}) => within(ranges, place)
  }
}

const NUMBER_PROBLEMS: Readonly<Record<string, string>> = {
  OLDER: 'Invalid search interval parameter',
  YOUNGER: 'Invalid search interval parameter',
  MODSEQ: 'Invalid MODSEQ value',
}

/** Text of the client's is UTF-8. */
const wanted = (text: string): string => folded(Buffer.from(text, 'latin1').toString('utf8'))

function header(name: string, text: string): Condition {
  const value = wanted(text)
  return ({message}) => {
    const found = fieldValue(partsOf(message.raw).header.fields, name)
    return found !== null && folded(decodeWords(found)).includes(value)
  }
}

function body(text: string, headerToo: boolean): Condition {
  const value = wanted(text)
  return ({message}) => {
    const found = searchable(message.raw)
    return found.body.includes(value) || (headerToo && found.header.includes(value))
  }
}

/** The day on which its sender wrote it, on the sender's clock. */
function sentDay({raw}: Message): number | null {
  const date = parseMailDate(fieldValue(partsOf(raw).header.fields, 'Date') ?? '')
  return date === null ? null : Math.floor((date.at + date.offset * 60_000) / DAY_MS)
}

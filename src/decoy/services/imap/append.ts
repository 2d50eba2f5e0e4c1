/** APPEND (RFC 3501 section 6.3.11, RFC 3502 MULTIAPPEND): what an intruder leaves is evidence. */
import {captureOf} from '../../capture.ts'
import {withCrlf} from '../../mailbox/lines.ts'
import {parseInternalDate} from '../../mailbox/mail-dates.ts'
import {report} from '../../service.ts'
import {safe} from '../../shell/evidence.ts'
import {type Argument, ArgumentError, parseArguments, textOf} from './arguments.ts'
import {KEPT, type LiteralSegment, type Segment} from './command-reader.ts'
import {flagsOf} from './commands-folder.ts'
import {missing} from './folder-names.ts'
import {reportSize} from './folder-report.ts'
import {shownSet} from './sequence-set.ts'
import type {Call, Handler, Inside} from './state.ts'

/** Why a literal of APPEND is not wanted. */
export interface AppendRefusal {
  readonly status: 'NO' | 'BAD'
  readonly text: string
  /** The literal is read over, where the client sends it unasked. */
  readonly swallow: boolean
}

interface Draft {
  readonly flags: readonly string[]
  /** Null: when it comes. */
  readonly at: number | null
}

const refused = (status: 'NO' | 'BAD', text: string, swallow = false): AppendRefusal => ({status, text, swallow})

/** What stands before one literal: flags and a date, both optional. */
function draftOf(args: readonly Argument[]): Draft | AppendRefusal {
  const rest = [...args]
  let flags: readonly string[] = []
  if (rest[0]?.type === 'list') {
    const parsed = flagsOf([rest[0]])
    if (typeof parsed === 'string') return refused('BAD', parsed)
    flags = parsed
    rest.shift()
  }
  const [date] = rest
  if (date === undefined) return {flags, at: null}
  const at = date.type === 'string' ? parseInternalDate(date.text) : null
  if (rest.length > 1 || date.type !== 'string') return refused('BAD', 'Invalid arguments')
  return at === null ? refused('BAD', 'Invalid internal date') : {flags, at}
}

/** Looks at the command up to the announcement of a literal; null: it may come. */
export function appendRefusal(segments: readonly Segment[], inside: Inside): AppendRefusal | null {
  try {
    const args = parseArguments(segments, {announces: true})
    // The name itself is announced as a literal.
    const name = textOf(args[0])
    if (name === null) return null
    if (inside.folders.find(name) === undefined) return refused('NO', missing(name, true), true)
    const last = segments.findLastIndex(({type}) => type === 'literal')
    const since = parseArguments(segments.slice(last + 1), {announces: true})
    // A name that was not a literal comes before the first one.
    const draft = draftOf(last < 0 ? since.slice(1) : since)
    return 'text' in draft ? draft : null
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
    return refused('BAD', error.message)
  }
}

interface Mail extends Draft {
  readonly literal: LiteralSegment
}

interface Whole {
  readonly name: string
  readonly mails: readonly Mail[]
}

/** The mails of a whole command; a string says what is wrong with it. */
function mailsOf(segments: readonly Segment[]): Whole | string {
  const literals = segments.filter((segment) => segment.type === 'literal')
  const [first] = segments
  const before = first === undefined ? [] : parseArguments([first], {announces: literals.length > 0})
  const name = textOf(parseArguments(segments.slice(0, 2))[0])
  if (name === null) return 'Missing arguments'
  // The name may be a literal itself.
  const mails = segments.slice(before.length === 0 ? 2 : 0)
  const parsed = literalsOf(mails, before.length === 0 ? 0 : 1)
  if (typeof parsed === 'string' || parsed.length > 0)
    return typeof parsed === 'string' ? parsed : {name, mails: parsed}
  return before.length > 1 ? 'Invalid arguments' : 'Missing message size'
}

/** `skipped`: arguments before those of the first mail. */
function literalsOf(segments: readonly Segment[], skipped: number): Mail[] | string {
  const mails: Mail[] = []
  for (const [index, literal] of segments.entries()) {
    const text = segments[index - 1]
    if (literal.type !== 'literal') continue
    const args = text === undefined ? [] : parseArguments([text], {announces: true})
    const draft = draftOf(mails.length === 0 ? args.slice(skipped) : args)
    if ('text' in draft) return draft.text
    mails.push({...draft, literal})
  }
  return mails
}

export const append: Handler = (call) => {
  const parsed = mailsOf(call.segments)
  if (typeof parsed === 'string') return call.bad(parsed)
  const {inside} = call
  const folder = inside.folders.find(parsed.name)
  if (folder === undefined) return call.no(missing(parsed.name, true))
  if (parsed.mails.some(({literal}) => literal.size === 0)) return call.no("Can't save a zero byte message")
  for (const {literal} of parsed.mails) evidence(call, folder.name, literal)
  const uids: number[] = []
  for (const {flags, at, literal} of parsed.mails) {
    const raw = withCrlf(literal.data)
    inside.retained += raw.length
    if (literal.size > literal.data.length || inside.retained > KEPT || folder.full) {
      inside.retained -= raw.length
      return call.no('[OVERQUOTA] Quota exceeded (mailbox for user is full)')
    }
    uids.push(folder.add({at: at ?? call.connection.now(), raw, flags}))
  }
  if (inside.selected === folder) reportSize(call, folder)
  call.ok(`[APPENDUID ${folder.uidValidity} ${shownSet(uids)}] Append completed`)
}

function evidence({actions, connection, inside}: Call, folder: string, {data, size, sha256}: LiteralSegment): void {
  if (++inside.uploads > connection.limits.uploadsPerSession) return
  const {fields, parts} = captureOf(data, connection.limits, {sha256, size})
  actions.push(report({event: 'file.write', data: {path: safe(folder), ...fields}}), ...parts.map(report))
}

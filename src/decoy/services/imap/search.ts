/** SEARCH, SORT and THREAD (RFC 3501 section 6.4.4, RFC 4731 ESEARCH, RFC 5182 SEARCHRES, RFC 5256, RFC 5267). */
import type {Folder, Message} from '../../mailbox/folder.ts'
import {utcOffset} from '../../persona/place.ts'
import {type Argument, atomOf, textOf} from './arguments.ts'
import {enableCondstore, reportFlags} from './folder-report.ts'
import {type Parsed, parseSearch, SearchError} from './search-keys.ts'
import {shownSet} from './sequence-set.ts'
import {parseOrder, sorted} from './sort.ts'
import type {Call, FolderHandler} from './state.ts'
import {THREAD_KINDS, threads} from './thread.ts'

const RETURN_OPTIONS: ReadonlySet<string> = new Set([
  'MIN',
  'MAX',
  'ALL',
  'COUNT',
  'SAVE',
  'CONTEXT',
  'UPDATE',
  'PARTIAL',
])
const CHARSETS: ReadonlySet<string> = new Set(['UTF-8', 'US-ASCII', 'ISO-8859-1', 'ASCII', 'UTF8'])
const UNKNOWN_CHARSET = '[BADCHARSET] Unknown charset'

interface Found {
  readonly messages: readonly Message[]
  readonly parsed: Parsed
}

/** Null: that has been answered. */
function find(call: Call, folder: Folder, keys: readonly Argument[]): Found | null {
  if (keys.length === 0) {
    call.bad('Missing search parameters')
    return null
  }
  const {connection, inside, server} = call
  const now = connection.now()
  try {
    const parsed = parseSearch(keys, {folder, saved: inside.saved, now, offset: utcOffset(server.persona, now)})
    if (parsed.modseq) enableCondstore(call, folder)
    const messages = folder.messages.filter((message, index) => parsed.condition({message, place: index + 1}))
    return {messages, parsed}
  } catch (error) {
    if (!(error instanceof SearchError)) throw error
    call.bad(error.message)
    return null
  }
}

/** A keyword that was searched for is one of the folder's from then on. */
function learn(call: Call, folder: Folder, {keywords}: Parsed): void {
  const known = folder.keywords.length
  for (const keyword of keywords) folder.accepts(keyword)
  if (folder.keywords.length > known) reportFlags(call, folder)
}

function numbersOf(call: Call, folder: Folder, messages: readonly Message[]): number[] {
  if (call.uid) return messages.map(({uid}) => uid)
  const places = new Map(folder.messages.map((message, index) => [message, index + 1]))
  return messages.map((message) => places.get(message) ?? 0)
}

/** RETURN (…), or null where there is none; undefined: that has been answered. */
function returnOptions(call: Call, args: Argument[]): ReadonlySet<string> | null | undefined {
  if (atomOf(args[0]) !== 'RETURN' || args[1]?.type !== 'list') return null
  const names = args[1].items.flatMap((item) => atomOf(item) ?? [])
  args.splice(0, 2)
  if (names.some((name) => !RETURN_OPTIONS.has(name))) {
    call.bad('Unknown SEARCH return option')
    return undefined
  }
  return new Set(names.length === 0 ? ['ALL'] : names)
}

export const search: FolderHandler = (call, folder) => {
  const args = call.args()
  const returns = returnOptions(call, args)
  if (returns === undefined) return
  if (atomOf(args[0]) === 'CHARSET') {
    if (!CHARSETS.has(textOf(args[1])?.toUpperCase() ?? '')) return call.no(UNKNOWN_CHARSET)
    args.splice(0, 2)
  }
  const found = find(call, folder, args)
  if (found === null) return
  const numbers = numbersOf(call, folder, found.messages)
  if (returns?.has('SAVE') === true) call.inside.saved = new Set(found.messages.map(({uid}) => uid))
  const highest = Math.max(0, ...found.messages.map(({modseq}) => modseq))
  const modseq = found.parsed.modseq && numbers.length > 0 ? highest : null
  if (returns === null) {
    const tail = modseq === null ? '' : ` (MODSEQ ${modseq})`
    call.untagged(`SEARCH${numbers.map((number) => ` ${number}`).join('')}${tail}`)
  } else if ([...returns].some((name) => name !== 'SAVE')) {
    call.untagged(`ESEARCH (TAG "${call.tag}")${call.uid ? ' UID' : ''}${extended(numbers, returns, modseq)}`)
  }
  learn(call, folder, found.parsed)
  call.ok('Search completed')
}

function extended(numbers: readonly number[], returns: ReadonlySet<string>, modseq: number | null): string {
  const [first, last] = [numbers[0], numbers.at(-1)]
  return [
    ...(returns.has('MIN') && first !== undefined ? [` MIN ${first}`] : []),
    ...(returns.has('MAX') && last !== undefined ? [` MAX ${last}`] : []),
    ...(returns.has('ALL') && first !== undefined ? [` ALL ${shownSet(numbers)}`] : []),
    ...(returns.has('COUNT') ? [` COUNT ${numbers.length}`] : []),
    ...(modseq === null ? [] : [` MODSEQ ${modseq}`]),
  ].join('')
}

export const sort: FolderHandler = (call, folder) => {
  const [program, charset, ...keys] = call.args()
  if (program?.type !== 'list') return call.bad('Missing sort program')
  const names = program.items.flatMap((item) => atomOf(item) ?? [])
  const orders = parseOrder(names)
  if (typeof orders === 'string') return call.bad(`Unknown sort argument: ${orders.slice(0, 200)}`)
  if (orders.length === 0) return call.bad('Empty sort program.')
  if (!CHARSETS.has(textOf(charset)?.toUpperCase() ?? '')) return call.no(UNKNOWN_CHARSET)
  const found = find(call, folder, keys)
  if (found === null) return
  const numbers = numbersOf(call, folder, sorted(found.messages, orders))
  call.untagged(`SORT${numbers.map((number) => ` ${number}`).join('')}`)
  learn(call, folder, found.parsed)
  call.ok('Sort completed')
}

export const thread: FolderHandler = (call, folder) => {
  const [kind, charset, ...keys] = call.args()
  const name = atomOf(kind)
  if (name === null || !THREAD_KINDS.has(name)) return call.bad('Unknown thread algorithm.')
  if (!CHARSETS.has(textOf(charset)?.toUpperCase() ?? '')) return call.no(UNKNOWN_CHARSET)
  const found = find(call, folder, keys)
  if (found === null) return
  const places = new Map(folder.messages.map((message, index) => [message, index + 1]))
  const number = (message: Message): number => (call.uid ? message.uid : (places.get(message) ?? 0))
  call.untagged(`THREAD ${threads(name, found.messages, number)}`)
  learn(call, folder, found.parsed)
  call.ok('Thread completed')
}

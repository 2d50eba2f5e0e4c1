/** LIST and LSUB (RFC 3501 section 6.3.8; RFC 5258 LIST-EXTENDED, RFC 5819 LIST-STATUS, RFC 6154 SPECIAL-USE). */
import {SEPARATOR} from '../../mailbox/folders.ts'
import {type Argument, atomOf, textOf} from './arguments.ts'
import {reportStatus, unknownStatusItem} from './folder-report.ts'
import {matches} from './list-pattern.ts'
import {astring} from './responses.ts'
import type {Call, Handler} from './state.ts'

const SELECTIONS: ReadonlySet<string> = new Set(['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'])
const RETURNS: ReadonlySet<string> = new Set(['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'STATUS'])
const MAX_PATTERNS = 10

interface Wanted {
  readonly patterns: readonly string[]
  readonly select: ReadonlySet<string>
  /** Null: the plain form of RFC 3501. */
  readonly returns: ReadonlySet<string> | null
  readonly status: readonly string[]
}

/** Names of options; null: there is an unknown one, or what is none. */
function options(items: readonly Argument[], known: ReadonlySet<string>): Set<string> | null {
  const names = items.map(atomOf)
  return names.every((name) => name !== null && known.has(name)) ? new Set(names.flatMap((name) => name ?? [])) : null
}

/** Null: that has been answered. */
function wantedBy(call: Call): Wanted | null {
  const args = call.args()
  const selection = args[0]?.type === 'list' ? args.shift() : undefined
  const selected = selection?.type === 'list' ? selection.items : []
  if (selected.some(({type}) => type !== 'atom')) return refuse(call, 'List options contains non-atoms')
  const select = options(selected, SELECTIONS)
  if (select === null) return refuse(call, 'Unknown select options')
  const [reference, pattern, ...rest] = args
  if (textOf(reference) === null) return refuse(call, 'Invalid reference')
  if (pattern === undefined) return refuse(call, 'Invalid pattern')
  const list = pattern.type === 'list' ? pattern.items : [pattern]
  const patterns = list.slice(0, MAX_PATTERNS).map((each) => `${textOf(reference) ?? ''}${textOf(each) ?? ''}`)
  const returned = returnsOf(call, rest)
  if (returned === null) return null
  const extended = selection !== undefined || pattern.type === 'list' || rest.length > 0
  return {patterns, select, returns: extended ? returned.names : null, status: returned.status}
}

function returnsOf(call: Call, rest: readonly Argument[]): {names: Set<string>; status: readonly string[]} | null {
  if (rest.length === 0) return {names: new Set(), status: []}
  const [word, list] = rest
  if (atomOf(word) !== 'RETURN' || list?.type !== 'list') return refuse(call, 'Extra arguments')
  const at = list.items.findIndex((item) => item.type === 'list')
  const inner = at < 0 ? undefined : list.items[at]
  const names = options(
    list.items.filter((_, index) => index !== at),
    RETURNS,
  )
  if (names === null || (at >= 0 && atomOf(list.items[at - 1]) !== 'STATUS')) {
    return refuse(call, 'Unknown return options')
  }
  const status = inner?.type === 'list' ? inner.items.flatMap((item) => atomOf(item) ?? []) : []
  const unknown = unknownStatusItem(status)
  return unknown === null ? {names, status} : refuse(call, `Invalid status item ${unknown.slice(0, 200)}`)
}

function refuse(call: Call, text: string): null {
  call.bad(text)
  return null
}

export const list: Handler = (call) => {
  const wanted = wantedBy(call)
  if (wanted === null) return
  const {folders} = call.inside
  if (wanted.returns === null && wanted.patterns.every((pattern) => pattern === '' || isRoot(call))) {
    call.untagged(`LIST (\\Noselect) "${SEPARATOR}" ""`)
  } else {
    const names = wanted.select.has('SUBSCRIBED') ? folders.subscribed.map(({name}) => name) : folders.names()
    for (const name of names) {
      if (wanted.patterns.some((pattern) => matches(pattern, name))) listOne(call, wanted, name)
    }
  }
  call.ok('List completed')
}

/** `LIST ref ""` asks for the separator only. */
function isRoot(call: Call): boolean {
  return textOf(call.args()[1]) === ''
}

function listOne(call: Call, {select, returns, status}: Wanted, name: string): void {
  const {folders} = call.inside
  const folder = folders.find(name)
  if (select.has('SPECIAL-USE') && (folder?.use ?? null) === null) return
  const plain = returns === null
  const children = folders.hasChildren(name) ? '\\HasChildren' : '\\HasNoChildren'
  const listed = folder !== undefined && folder.subscription !== null
  const subscribed = listed && (select.has('SUBSCRIBED') || returns?.has('SUBSCRIBED') === true)
  const special = plain || select.has('SPECIAL-USE') || returns.has('SPECIAL-USE')
  const attributes = [
    ...(subscribed ? ['\\Subscribed'] : []),
    ...(folder === undefined ? [plain ? '\\Noselect' : '\\NonExistent'] : []),
    ...(plain || returns.has('CHILDREN') ? [children] : []),
    ...(special && folder?.use !== undefined && folder.use !== null ? [folder.use] : []),
  ]
  call.untagged(`LIST (${attributes.join(' ')}) "${SEPARATOR}" ${astring(name)}`)
  if (returns?.has('STATUS') === true && folder !== undefined) reportStatus(call, folder, status)
}

export const lsub: Handler = (call) => {
  const [reference, pattern] = call.args().map(textOf)
  if (reference === undefined || reference === null) return call.bad('Invalid reference')
  if (pattern === undefined || pattern === null) return call.bad('Invalid pattern')
  for (const {name, use} of call.inside.folders.subscribed) {
    if (matches(`${reference}${pattern}`, name)) {
      call.untagged(`LSUB (${use ?? ''}) "${SEPARATOR}" ${astring(name)}`)
    }
  }
  call.ok('Lsub completed')
}

/** Commands of an open folder that change it: STORE, COPY, MOVE, EXPUNGE, CLOSE. */
import {type Folder, type Message, SYSTEM_FLAGS} from '../../mailbox/folder.ts'
import {type Argument, atomOf, textOf} from './arguments.ts'
import {chosen} from './fetch.ts'
import {missing} from './folder-names.ts'
import {enableCondstore, expunge, reportChanged, reportFlags, reportSize} from './folder-report.ts'
import {byUid, shownSet} from './sequence-set.ts'
import type {Call, FolderHandler} from './state.ts'

const MAX_KEYWORD = 50

/** Flags as they are kept; a string says what is wrong with them. */
export function flagsOf(args: readonly Argument[]): readonly string[] | string {
  const list = args.length === 1 && args[0]?.type === 'list' ? args[0].items : args
  const flags: string[] = []
  for (const each of list) {
    const text = each.type === 'atom' ? each.text : null
    if (text === null) return 'Flags list contains non-atoms.'
    const known = SYSTEM_FLAGS.find((flag) => flag.toLowerCase() === text.toLowerCase())
    if (known === undefined && text.startsWith('\\')) return `Invalid system flag ${text.toUpperCase().slice(0, 200)}`
    flags.push(known ?? text.slice(0, MAX_KEYWORD))
  }
  return flags
}

const MODES: ReadonlyMap<string, (before: ReadonlySet<string>, flags: readonly string[]) => string[]> = new Map([
  ['FLAGS', (_, flags) => [...flags]],
  ['+FLAGS', (before, flags) => [...before, ...flags]],
  ['-FLAGS', (before, flags) => [...before].filter((flag) => !flags.includes(flag))],
])

/** (UNCHANGEDSINCE 12) of RFC 7162, or null. */
function unchangedSince(argument: Argument | undefined): number | null {
  if (argument?.type !== 'list') return null
  const [name, value] = argument.items
  return atomOf(name) === 'UNCHANGEDSINCE' ? Number(textOf(value)) : null
}

export const store: FolderHandler = (call, folder) => {
  const [set, ...rest] = call.args()
  const since = unchangedSince(rest[0])
  const [mode, ...values] = since === null ? rest : rest.slice(1)
  const match = /^([+-]?FLAGS)(\.SILENT)?$/.exec(atomOf(mode) ?? '')
  const apply = MODES.get(match?.[1] ?? '')
  if (set === undefined || apply === undefined || values.length === 0) {
    call.bad('Invalid arguments')
    return
  }
  const flags = flagsOf(values)
  if (typeof flags === 'string') {
    call.bad(flags)
    return
  }
  const messages = chosen(call, folder, set)
  if (messages === null) return
  if (call.inside.readOnly) {
    call.ok('Store ignored with read-only mailbox')
    return
  }
  if (since !== null) enableCondstore(call, folder)
  const stale = since === null ? [] : messages.filter(({modseq}) => modseq > since)
  const changed = change(call, folder, messages, (message) =>
    stale.includes(message) ? null : apply(message.flags, flags),
  )
  for (const message of changed) reportChanged(call, folder, message, match?.[2] !== undefined)
  if (stale.length === 0) call.ok('Store completed')
  else
    call.ok(
      `[MODIFIED ${shownSet(stale.map(({uid}) => (call.uid ? uid : folder.messages.findIndex((each) => each.uid === uid) + 1)))}] Conditional store failed`,
    )
}

/** Sets flags where they differ; the messages that changed. */
function change(
  call: Call,
  folder: Folder,
  messages: readonly Message[],
  flagsFor: (message: Message) => readonly string[] | null,
): Message[] {
  const known = folder.keywords.length
  const changed = messages.filter((message) => {
    const after = flagsFor(message)
    if (after === null) return false
    const kept = new Set(after.filter((flag) => folder.accepts(flag)))
    if (kept.size === message.flags.size && [...kept].every((flag) => message.flags.has(flag))) return false
    folder.change(message, kept)
    return true
  })
  if (folder.keywords.length > known) reportFlags(call, folder)
  return changed
}

const OVER_QUOTA = '[OVERQUOTA] Quota exceeded (mailbox for user is full)'

/** Copies messages; null: that has been answered. */
function copyTo(
  call: Call,
  folder: Folder,
): {readonly text: string; readonly messages: readonly Message[]; readonly target: Folder} | null {
  const [set, name] = call.args()
  const target = textOf(name)
  if (set === undefined || target === null) {
    call.bad('Missing arguments')
    return null
  }
  const messages = chosen(call, folder, set)
  if (messages === null) return null
  const found = call.inside.folders.find(target)
  if (found === undefined) {
    call.no(missing(target, true))
    return null
  }
  if (messages.length === 0) {
    call.ok('No messages found')
    return null
  }
  const sources = messages.map(({uid}) => uid)
  const copies: number[] = []
  for (const {at, raw, flags} of messages) {
    if (found.full) {
      call.no(OVER_QUOTA)
      return null
    }
    copies.push(found.add({at, raw, flags}))
  }
  return {text: `[COPYUID ${found.uidValidity} ${shownSet(sources)} ${shownSet(copies)}]`, messages, target: found}
}

export const copy: FolderHandler = (call, folder) => {
  const copied = copyTo(call, folder)
  if (copied === null) return
  if (copied.target === folder) reportSize(call, folder)
  call.ok(`${copied.text} Copy completed`)
}

export const move: FolderHandler = (call, folder) => {
  if (call.inside.readOnly) {
    call.no('[READ-ONLY] Mailbox is read-only')
    return
  }
  const moved = copyTo(call, folder)
  if (moved === null) return
  call.untagged(`OK ${moved.text} Moved UIDs.`)
  expunge(call, folder, moved.messages)
  if (moved.target === folder) reportSize(call, folder)
  call.ok('Move completed')
}

const deleted = ({messages}: Folder): Message[] => messages.filter(({flags}) => flags.has('\\Deleted'))

export const expungeFolder: FolderHandler = (call, folder) => {
  let messages = deleted(folder)
  if (call.uid) {
    const set = textOf(call.args()[0])
    const named = set === null ? null : byUid(folder, set)
    if (named === null) {
      call.bad(set === null ? 'Missing arguments' : 'Invalid UID messageset')
      return
    }
    messages = messages.filter((message) => named.includes(message))
  }
  if (call.inside.readOnly) messages = []
  expunge(call, folder, messages)
  const told = call.inside.qresync && messages.length > 0
  call.ok(`${told ? `[HIGHESTMODSEQ ${folder.modseq}] ` : ''}Expunge completed`)
}

export const close: FolderHandler = (call, folder) => {
  if (!call.inside.readOnly) folder.remove(new Set(deleted(folder).map(({uid}) => uid)))
  call.inside.selected = null
  call.ok('Close completed')
}

/** What is told of a folder: when it is opened, when something in it changed, and by STATUS. */
import {type Folder, type Message, SYSTEM_FLAGS, shownFlags} from '../../mailbox/folder.ts'
import {astring} from './responses.ts'
import {shownSet} from './sequence-set.ts'
import type {Call} from './state.ts'

export function reportFlags(call: Call, folder: Folder): void {
  const flags = [...SYSTEM_FLAGS, ...folder.keywords].join(' ')
  call.untagged(`FLAGS (${flags})`)
  if (call.inside.readOnly) call.untagged('OK [PERMANENTFLAGS ()] Read-only mailbox.')
  else call.untagged(`OK [PERMANENTFLAGS (${flags} \\*)] Flags permitted.`)
}

export function reportOpened(call: Call, folder: Folder): void {
  reportFlags(call, folder)
  reportSize(call, folder)
  const unseen = folder.messages.findIndex(({flags}) => !flags.has('\\Seen'))
  if (unseen >= 0) call.untagged(`OK [UNSEEN ${unseen + 1}] First unseen.`)
  call.untagged(`OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid`)
  call.untagged(`OK [UIDNEXT ${folder.uidNext}] Predicted next UID`)
  if (folder.tracked || call.inside.condstore) call.untagged(`OK [HIGHESTMODSEQ ${folder.modseq}] Highest`)
}

export function reportSize(call: Call, folder: Folder): void {
  call.untagged(`${folder.messages.length} EXISTS`)
  call.untagged(`${folder.recent} RECENT`)
}

/** A command asked for modification numbers: from now on changes are told with them (RFC 7162 section 3.1). */
export function enableCondstore(call: Call, folder: Folder): void {
  if (call.inside.condstore) return
  call.inside.condstore = true
  call.untagged(`OK [HIGHESTMODSEQ ${folder.modseq}] Highest`)
}

export function reportChanged(call: Call, folder: Folder, message: Message, silent: boolean): void {
  const {condstore, qresync} = call.inside
  const parts = [
    ...(call.uid || qresync ? [`UID ${message.uid}`] : []),
    ...(condstore ? [`MODSEQ (${message.modseq})`] : []),
    ...(silent ? [] : [`FLAGS (${shownFlags(folder, message)})`]),
  ]
  if (silent && !condstore) return
  call.untagged(`${folder.messages.indexOf(message) + 1} FETCH (${parts.join(' ')})`)
}

/** Takes messages out and tells of it, the last first. */
export function expunge(call: Call, folder: Folder, messages: readonly Message[]): void {
  const uids = messages.map(({uid}) => uid)
  const places = messages.map((message) => folder.messages.indexOf(message) + 1)
  folder.remove(new Set(uids))
  if (messages.length === 0) return
  if (call.inside.qresync) call.untagged(`VANISHED ${shownSet(uids)}`)
  else for (const place of places.reverse()) call.untagged(`${place} EXPUNGE`)
}

/** In the order of Dovecot's answers. */
const STATUS_ITEMS: Readonly<Record<string, (folder: Folder) => number>> = {
  MESSAGES: ({messages}) => messages.length,
  RECENT: ({recent}) => recent,
  UIDNEXT: ({uidNext}) => uidNext,
  UIDVALIDITY: ({uidValidity}) => uidValidity,
  UNSEEN: ({unseen}) => unseen,
  HIGHESTMODSEQ: ({modseq}) => modseq,
  SIZE: ({size}) => size,
}

/** Null where all of them are known, else the first that is not. */
export const unknownStatusItem = (items: readonly string[]): string | null =>
  items.find((item) => !Object.hasOwn(STATUS_ITEMS, item)) ?? null

export function reportStatus(call: Call, folder: Folder, items: readonly string[]): void {
  const parts = Object.entries(STATUS_ITEMS).flatMap(([name, value]) =>
    items.includes(name) ? [`${name} ${value(folder)}`] : [],
  )
  call.untagged(`STATUS ${astring(folder.name)} (${parts.join(' ')})`)
}

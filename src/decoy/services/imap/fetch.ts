/** FETCH and UID FETCH. */
import type {Folder, Message} from '../../mailbox/folder.ts'
import {type Argument, atomOf, textOf} from './arguments.ts'
import {type Item, ItemError, parseItems} from './fetch-items.ts'
import {enableCondstore} from './folder-report.ts'
import {bySequence, byUid} from './sequence-set.ts'
import type {Call, FolderHandler} from './state.ts'

/** The messages that a command is about; null: that has been answered. */
export function chosen(call: Call, folder: Folder, argument: Argument | undefined): Message[] | null {
  const text = textOf(argument)
  if (text === '$') return folder.messages.filter(({uid}) => call.inside.saved.has(uid))
  const messages = text === null ? null : call.uid ? byUid(folder, text) : bySequence(folder, text)
  if (messages === null) call.bad(text === null ? 'Invalid arguments' : 'Invalid messageset')
  return messages
}

interface Since {
  readonly modseq: number
}

/** (CHANGEDSINCE 123) of RFC 7162; undefined: that is none. */
function changedSince(argument: Argument | undefined): Since | undefined {
  if (argument?.type !== 'list') return undefined
  const [name, value] = argument.items
  const modseq = Number(textOf(value))
  return atomOf(name) === 'CHANGEDSINCE' && Number.isSafeInteger(modseq) ? {modseq} : undefined
}

function itemsOf(call: Call, argument: Argument): Item[] | null {
  try {
    return parseItems(argument)
  } catch (error) {
    if (!(error instanceof ItemError)) throw error
    call.bad(error.message)
    return null
  }
}

export const fetch: FolderHandler = (call, folder) => {
  const [set, what, modifiers] = call.args({brackets: true})
  if (set === undefined || what === undefined) {
    call.bad('Invalid arguments')
    return
  }
  const items = itemsOf(call, what)
  if (items === null) return
  const since = changedSince(modifiers)
  if (modifiers !== undefined && since === undefined) {
    call.bad('Unknown FETCH modifier')
    return
  }
  const messages = chosen(call, folder, set)
  if (messages === null) return
  if (since !== undefined || items.some(({name}) => name === 'MODSEQ')) enableCondstore(call, folder)
  const wanted = ordered(call, since === undefined ? items : [...items, ...parseItems({type: 'atom', text: 'MODSEQ'})])
  for (const message of messages) {
    if (call.full) break
    if (since === undefined || message.modseq > since.modseq) show(call, folder, message, wanted)
  }
  call.ok('Fetch completed')
}

/** Short items first, each once; the unique number where that is what the command was about. */
function ordered({uid}: Call, items: readonly Item[]): readonly Item[] {
  const all = uid ? [...parseItems({type: 'atom', text: 'UID'}), ...items] : items
  const short = all.filter((item, index) => item.short && all.findIndex(({name}) => name === item.name) === index)
  return [...short, ...all.filter((item) => !item.short)]
}

function show(call: Call, folder: Folder, message: Message, items: readonly Item[]): void {
  const sees = !call.inside.readOnly && items.some((item) => item.sees) && !message.flags.has('\\Seen')
  if (sees) folder.change(message, [...message.flags, '\\Seen'])
  const told = sees && !items.some(({name}) => name === 'FLAGS') ? parseItems({type: 'atom', text: 'FLAGS'}) : []
  const short = items.filter((item) => item.short)
  const all = [...short, ...told, ...items.filter((item) => !item.short)]
  const shown = {folder, message, persona: call.server.persona}
  call.raw(`* ${folder.messages.indexOf(message) + 1} FETCH (`)
  for (const [index, item] of all.entries()) {
    if (index > 0) call.raw(' ')
    call.raw(item.render(shown))
  }
  call.raw(')\r\n')
  if (items.some(({content}) => content)) call.read(folder, message)
}

/** Commands about folders as a whole (RFC 3501 section 6.3). */
import {type Folder, shownFlags} from '../../mailbox/folder.ts'
import {SEPARATOR} from '../../mailbox/folders.ts'
import {type Argument, atomOf, textOf} from './arguments.ts'
import {missing, nameProblem} from './folder-names.ts'
import {enableCondstore, reportOpened, reportStatus, unknownStatusItem} from './folder-report.ts'
import type {Call, Handler} from './state.ts'

/** That many strings; null: that has been answered. */
function strings(call: Call, count: number): string[] | null {
  const args = call.args()
  const texts = args.slice(0, count).flatMap((argument) => textOf(argument) ?? [])
  if (texts.length === count) return texts
  call.bad(args.length < count ? 'Missing arguments' : 'Invalid arguments')
  return null
}

/** The folder of that name; undefined: that has been answered. */
function found(call: Call, name: string): Folder | undefined {
  const folder = call.inside.folders.find(name)
  if (folder === undefined) call.no(missing(name))
  return folder
}

const select =
  (readOnly: boolean): Handler =>
  (call) => {
    const {inside} = call
    const [name, parameters] = call.args()
    const text = textOf(name)
    if (text === null) return call.bad('Invalid arguments')
    const words = parameters?.type === 'list' ? parameters.items.flatMap((item) => atomOf(item) ?? []) : []
    if (inside.selected !== null) call.untagged('OK [CLOSED] Previous mailbox closed.')
    inside.selected = null
    if (words.some((word) => word !== 'CONDSTORE' && word !== 'QRESYNC')) return call.bad('Unknown FETCH modifier')
    const folder = found(call, text)
    if (folder === undefined) return
    if (words.length > 0) inside.condstore = true
    inside.selected = folder
    inside.readOnly = readOnly
    inside.saved = new Set()
    reportOpened(call, folder)
    if (parameters?.type === 'list') resynchronize(call, folder, parameters.items)
    call.ok(readOnly ? '[READ-ONLY] Examine completed' : '[READ-WRITE] Select completed')
  }

/** QRESYNC (uid-validity mod-sequence …) of RFC 7162 section 3.2.5: tells what has changed since. */
function resynchronize(call: Call, folder: Folder, parameters: readonly Argument[]): void {
  const at = parameters.findIndex((item) => atomOf(item) === 'QRESYNC')
  const known = parameters[at + 1]
  if (at < 0 || known?.type !== 'list') return
  const [validity, modseq] = known.items.map((item) => Number(textOf(item)))
  if (validity !== folder.uidValidity || modseq === undefined) return
  for (const [index, message] of folder.messages.entries()) {
    if (message.modseq <= modseq) continue
    const facts = `UID ${message.uid} FLAGS (${shownFlags(folder, message)}) MODSEQ (${message.modseq})`
    call.untagged(`${index + 1} FETCH (${facts})`)
  }
}

const status: Handler = (call) => {
  const [name, items] = call.args()
  const text = textOf(name)
  if (text === null || items === undefined) return call.bad('Missing arguments')
  if (items.type !== 'list') return call.bad('Invalid arguments')
  const names = items.items.flatMap((item: Argument) => atomOf(item) ?? [])
  const unknown = unknownStatusItem(names)
  if (unknown !== null) return call.bad(`Invalid status item ${unknown.slice(0, 200)}`)
  const folder = found(call, text)
  if (folder === undefined) return
  reportStatus(call, folder, names)
  if (names.includes('HIGHESTMODSEQ')) call.inside.condstore = true
  const open = call.inside.selected === folder
  call.ok(open ? '[CLIENTBUG] Status on selected mailbox completed' : 'Status completed')
}

/** Limits are none of Dovecot's; what it says when something of its own went wrong. */
function trouble(call: Call): void {
  const at = new Date(call.connection.now()).toISOString().replace('T', ' ').slice(0, 19)
  call.no(`[SERVERBUG] Internal error occurred. Refer to server log for more information. [${at}]`)
}

const create: Handler = (call) => {
  const [written] = strings(call, 1) ?? []
  if (written === undefined) return
  const name = written.endsWith(SEPARATOR) ? written.slice(0, -1) : written
  const problem = nameProblem(name)
  const {folders} = call.inside
  if (problem !== null) call.no(problem)
  else if (folders.find(name) !== undefined) call.no('[ALREADYEXISTS] Mailbox already exists')
  else if (folders.full) trouble(call)
  else {
    folders.create(name, Math.floor(call.connection.now() / 1000))
    call.ok('Create completed')
  }
}

const remove: Handler = (call) => {
  const [name] = strings(call, 1) ?? []
  if (name === undefined) return
  const {inside} = call
  const folder = inside.folders.find(name)
  if (folder?.name === 'INBOX') return call.no("INBOX can't be deleted")
  if (folder === undefined) return call.no(nameProblem(name) ?? `[NONEXISTENT] ${missing(name)}`)
  inside.folders.delete(folder)
  call.ok('Delete completed')
  if (inside.selected !== folder) return
  call.untagged('BYE Selected mailbox was deleted, have to disconnect.')
  call.close()
}

const rename: Handler = (call) => {
  const [from, to] = strings(call, 2) ?? []
  if (from === undefined || to === undefined) return
  const {folders} = call.inside
  const folder = folders.find(from)
  const problem = nameProblem(to)
  if (folder === undefined) call.no(nameProblem(from) ?? `[NONEXISTENT] ${missing(from)}`)
  else if (problem !== null) call.no(problem)
  else if (folder.name === 'INBOX') call.no("[CANNOT] Renaming INBOX isn't supported")
  else if (folders.find(to) !== undefined) call.no('[ALREADYEXISTS] Target mailbox already exists')
  else if (to.startsWith(`${folder.name}${SEPARATOR}`)) {
    call.no("[CANNOT] Can't rename mailbox to its own child")
  } else {
    folders.rename(folder.name, to)
    call.ok('Rename completed')
  }
}

const subscription =
  (subscribed: boolean): Handler =>
  (call) => {
    const [name] = strings(call, 1) ?? []
    if (name === undefined) return
    const folder = subscribed ? found(call, name) : call.inside.folders.find(name)
    if (folder !== undefined && subscribed) call.inside.folders.subscribe(folder)
    else if (folder !== undefined) folder.subscription = null
    if (folder !== undefined || !subscribed) call.ok(`${subscribed ? 'Subscribe' : 'Unsubscribe'} completed`)
  }

const ENABLED: ReadonlySet<string> = new Set(['CONDSTORE', 'QRESYNC'])

const enable: Handler = (call) => {
  const names = call.args().flatMap((argument) => atomOf(argument) ?? [])
  const known = names.filter((name) => ENABLED.has(name))
  const {inside} = call
  if (known.length > 0) {
    if (inside.selected !== null) enableCondstore(call, inside.selected)
    inside.condstore = true
    inside.qresync ||= known.includes('QRESYNC')
    call.untagged(`ENABLED ${[...new Set(known)].join(' ')}`)
  }
  call.ok('Enabled')
}

export const FOLDERS_COMMANDS: Readonly<Record<string, Handler>> = {
  SELECT: select(false),
  EXAMINE: select(true),
  STATUS: status,
  CREATE: create,
  DELETE: remove,
  RENAME: rename,
  SUBSCRIBE: subscription(true),
  UNSUBSCRIBE: subscription(false),
  ENABLE: enable,
}
